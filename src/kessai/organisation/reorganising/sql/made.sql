-- Units and posts that a set makes: every version of them is the set's.
SELECT 'unit' AS what, u.code, u.id FROM organisation_unit u
WHERE EXISTS (SELECT 1 FROM organisation_unitversion v WHERE v.unit_id = u.id AND v.change_id = %(change)s)
  AND NOT EXISTS (SELECT 1 FROM organisation_unitversion v
                  WHERE v.unit_id = u.id AND v.change_id IS DISTINCT FROM %(change)s)
UNION ALL
SELECT 'post', p.code, p.id FROM organisation_post p
WHERE EXISTS (SELECT 1 FROM organisation_postversion v WHERE v.post_id = p.id AND v.change_id = %(change)s)
  AND NOT EXISTS (SELECT 1 FROM organisation_postversion v
                  WHERE v.post_id = p.id AND v.change_id IS DISTINCT FROM %(change)s)
