-- Posts by id as they are on a day, with their holders.
-- IS TRUE keeps the period out of the choice of index: a day selects nearly every row, an id one of them.
SELECT p.id AS post_id, p.tenant_id, pv.title, pv.title_en, pv.level, pv.in_line, pv.unit_id,
       uv.name AS unit_name, uv.name_en AS unit_name_en, uv.symbol AS unit_symbol,
       h.id AS holder_id, h.name AS holder_name, 0 AS unit_depth
FROM organisation_post p
JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> %(day)s::date) IS TRUE
JOIN organisation_unitversion uv ON uv.unit_id = pv.unit_id AND (uv.period @> %(day)s::date) IS TRUE
LEFT JOIN organisation_appointment a ON a.post_id = p.id AND (a.period @> %(day)s::date) IS TRUE
LEFT JOIN organisation_person h ON h.id = a.person_id
WHERE p.id = ANY(%(posts)s)
