-- Units and posts with given codes that have ended by a day and that nobody has succeeded, with their last names.
SELECT 'unit' AS what, u.id, u.code, v.name AS title, NULL::bigint AS unit_id
FROM organisation_unit u
CROSS JOIN LATERAL (SELECT name, upper(period) AS ends FROM organisation_unitversion
                    WHERE unit_id = u.id ORDER BY lower(period) DESC LIMIT 1) v
WHERE u.tenant_id = %(tenant)s AND u.code = ANY(%(units)s) AND v.ends <= %(day)s
  AND NOT EXISTS (SELECT 1 FROM organisation_unitsuccession s WHERE s.unit_id = u.id AND s.main)
UNION ALL
SELECT 'post', p.id, p.code, v.title, v.unit_id
FROM organisation_post p
CROSS JOIN LATERAL (SELECT title, unit_id, upper(period) AS ends FROM organisation_postversion
                    WHERE post_id = p.id ORDER BY lower(period) DESC LIMIT 1) v
WHERE p.tenant_id = %(tenant)s AND p.code = ANY(%(posts)s) AND v.ends <= %(day)s
  AND NOT EXISTS (SELECT 1 FROM organisation_postsuccession s WHERE s.post_id = p.id)
