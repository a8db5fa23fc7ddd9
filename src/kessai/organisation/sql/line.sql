-- The seats of a unit and of every unit above it on a day: nearest unit first. Officers and chiefs of other
-- sections than the drafter's are no part of a line, so only seats in line or above section level come.
-- drafter_place: the kind of place the unit is (organisation.rules.PLACES), the same in every row.
-- own_decision, several_places: what the ministry has set on that day (organisation.settings), in every row too.
-- IS TRUE keeps the period out of the choice of index: a day selects nearly every row, an id one of them.
WITH RECURSIVE up AS (
    SELECT uv.unit_id, uv.parent_id, uv.kind, 0 AS depth FROM organisation_unitversion uv
    WHERE uv.unit_id = %(unit)s AND (uv.period @> %(day)s::date) IS TRUE
  UNION ALL
    SELECT uv.unit_id, uv.parent_id, uv.kind, up.depth + 1 FROM organisation_unitversion uv
    JOIN up ON uv.unit_id = up.parent_id
    WHERE (uv.period @> %(day)s::date) IS TRUE
)
SELECT p.id AS post_id, p.tenant_id, pv.title, pv.title_en, pv.level, pv.in_line, pv.unit_id,
       uv.name AS unit_name, uv.name_en AS unit_name_en, uv.symbol AS unit_symbol,
       h.id AS holder_id, h.name AS holder_name, up.depth AS unit_depth,
       CASE (SELECT near.kind FROM up near WHERE near.kind IN ('institution', 'regional_bureau')
             ORDER BY near.depth LIMIT 1)
           WHEN 'institution' THEN 'institution' WHEN 'regional_bureau' THEN 'regional' ELSE 'head_office'
       END AS drafter_place,
       (SELECT s.value #>> '{}' FROM organisation_setting s WHERE s.tenant_id = p.tenant_id
           AND s.key = 'own_decision' AND s.period @> %(day)s::date) AS own_decision,
       (SELECT s.value #>> '{}' FROM organisation_setting s WHERE s.tenant_id = p.tenant_id
           AND s.key = 'several_places' AND s.period @> %(day)s::date) AS several_places
FROM up
JOIN organisation_unitversion uv ON uv.unit_id = up.unit_id AND (uv.period @> %(day)s::date) IS TRUE
JOIN organisation_postversion pv ON pv.unit_id = up.unit_id AND (pv.period @> %(day)s::date) IS TRUE
    AND (pv.in_line OR pv.level NOT IN ('officer', 'section_chief'))
JOIN organisation_post p ON p.id = pv.post_id
LEFT JOIN LATERAL (
    SELECT (array_agg(hp.id ORDER BY a.place))[1] AS id, string_agg(hp.name, '・' ORDER BY a.place) AS name
    FROM organisation_appointment a JOIN organisation_person hp ON hp.id = a.person_id
    WHERE a.post_id = p.id AND (a.period @> %(day)s::date) IS TRUE
) h ON TRUE
ORDER BY up.depth, array_position(ARRAY['officer', 'section_chief', 'deputy_director', 'office_head', 'director',
    'councillor', 'director_general', 'vice_minister', 'minister'], pv.level::text), p.id
