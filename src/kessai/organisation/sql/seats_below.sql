-- The seats that somebody holds on a day in a unit and all units below it: the unit's own first, the highest first.
-- IS TRUE keeps the period out of the choice of index: a day selects nearly every row, an id one of them.
WITH RECURSIVE below AS (
    SELECT uv.unit_id, 0 AS depth FROM organisation_unitversion uv
    WHERE uv.unit_id = %(unit)s AND (uv.period @> %(day)s::date) IS TRUE
  UNION ALL
    SELECT uv.unit_id, b.depth + 1 FROM organisation_unitversion uv
    JOIN below b ON uv.parent_id = b.unit_id
    WHERE (uv.period @> %(day)s::date) IS TRUE
)
SELECT p.id AS post_id, p.tenant_id, pv.title, pv.title_en, pv.level, pv.in_line, pv.unit_id,
       uv.name AS unit_name, uv.name_en AS unit_name_en, uv.symbol AS unit_symbol,
       h.id AS holder_id, h.name AS holder_name, 0 AS unit_depth
FROM below b
JOIN organisation_unitversion uv ON uv.unit_id = b.unit_id AND (uv.period @> %(day)s::date) IS TRUE
JOIN organisation_postversion pv ON pv.unit_id = b.unit_id AND (pv.period @> %(day)s::date) IS TRUE
JOIN organisation_post p ON p.id = pv.post_id
JOIN LATERAL (
    SELECT (array_agg(hp.id ORDER BY a.place))[1] AS id, string_agg(hp.name, '・' ORDER BY a.place) AS name
    FROM organisation_appointment a JOIN organisation_person hp ON hp.id = a.person_id
    WHERE a.post_id = p.id AND (a.period @> %(day)s::date) IS TRUE
) h ON h.id IS NOT NULL
ORDER BY b.depth, uv.position, b.unit_id, array_position(%(levels)s::text[], pv.level::text) DESC, p.id
LIMIT %(limit)s
