-- The posts a person holds on a day, the regular one first.
-- IS TRUE keeps the period out of the choice of index: a day selects nearly every row, an id one of them.
SELECT p.tenant_id, p.id AS post_id, pv.title, pv.title_en, pv.level, pv.unit_id,
       uv.name AS unit_name, uv.name_en AS unit_name_en, a.kind, lower(a.period) AS since
FROM organisation_appointment a
JOIN organisation_post p ON p.id = a.post_id
JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> %(day)s::date) IS TRUE
JOIN organisation_unitversion uv ON uv.unit_id = pv.unit_id AND (uv.period @> %(day)s::date) IS TRUE
WHERE a.person_id = %(person)s AND (a.period @> %(day)s::date) IS TRUE
ORDER BY a.kind <> 'regular', p.id
