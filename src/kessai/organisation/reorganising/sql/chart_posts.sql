-- The posts of a ministry, on a day, that have given codes or are in units with given codes.
SELECT p.id AS post_id, pv.id AS version_id, p.code, u.code AS unit, pv.title, pv.title_en, pv.level, pv.in_line,
       pv.seats, lower(pv.period) AS starts, upper(pv.period) AS ends, coalesce(c.title, '') AS other
FROM organisation_post p
JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> %(day)s::date) IS TRUE
JOIN organisation_unit u ON u.id = pv.unit_id
LEFT JOIN organisation_changeset c
    ON c.id = CASE WHEN lower(pv.period) >= %(day)s::date THEN pv.change_id ELSE pv.ended_by END
WHERE p.tenant_id = %(tenant)s
  AND (p.code = ANY(%(posts)s)
       OR pv.unit_id = ANY(ARRAY(SELECT id FROM organisation_unit
                                 WHERE tenant_id = %(tenant)s AND code = ANY(%(units)s))))
ORDER BY p.code
