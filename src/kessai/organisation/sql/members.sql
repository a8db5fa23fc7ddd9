-- The posts of some units and of all units below them on a day, with their holders: of each unit the highest first.
-- ``of_unit``: which of the units asked for it belongs to; unit_depth: how far below that.
WITH RECURSIVE below AS (
    SELECT uv.unit_id AS of_unit, uv.unit_id, 0 AS depth FROM organisation_unitversion uv
    WHERE uv.unit_id = ANY(%(units)s) AND (uv.period @> %(day)s::date) IS TRUE
  UNION ALL
    SELECT b.of_unit, uv.unit_id, b.depth + 1 FROM organisation_unitversion uv JOIN below b ON uv.parent_id = b.unit_id
    WHERE (uv.period @> %(day)s::date) IS TRUE
)
SELECT b.of_unit, p.id AS post_id, p.tenant_id, pv.title, pv.title_en, pv.level, pv.in_line, pv.unit_id,
       uv.name AS unit_name, uv.name_en AS unit_name_en, uv.symbol AS unit_symbol,
       h.id AS holder_id, h.name AS holder_name, b.depth AS unit_depth
FROM below b
JOIN organisation_unitversion uv ON uv.unit_id = b.unit_id AND (uv.period @> %(day)s::date) IS TRUE
JOIN organisation_postversion pv ON pv.unit_id = b.unit_id AND (pv.period @> %(day)s::date) IS TRUE
JOIN organisation_post p ON p.id = pv.post_id
LEFT JOIN LATERAL (
    SELECT (array_agg(hp.id ORDER BY a.place))[1] AS id, string_agg(hp.name, '・' ORDER BY a.place) AS name
    FROM organisation_appointment a JOIN organisation_person hp ON hp.id = a.person_id
    WHERE a.post_id = p.id AND (a.period @> %(day)s::date) IS TRUE
) h ON TRUE
ORDER BY b.of_unit, b.depth, uv.unit_id, array_position(ARRAY['minister', 'vice_minister', 'director_general',
    'councillor', 'director', 'office_head', 'deputy_director', 'section_chief', 'officer'], pv.level::text), p.id
