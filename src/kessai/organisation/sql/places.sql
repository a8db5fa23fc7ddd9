-- The kind of place (organisation.rules.PLACES) in which some posts stand on a day, as line.sql has it for one unit.
WITH RECURSIVE up AS (
    SELECT pv.post_id, uv.parent_id, uv.kind, 0 AS depth
    FROM organisation_postversion pv
    JOIN organisation_unitversion uv ON uv.unit_id = pv.unit_id AND (uv.period @> %(day)s::date) IS TRUE
    WHERE pv.post_id = ANY(%(posts)s) AND (pv.period @> %(day)s::date) IS TRUE
  UNION ALL
    SELECT up.post_id, uv.parent_id, uv.kind, up.depth + 1 FROM organisation_unitversion uv
    JOIN up ON uv.unit_id = up.parent_id
    WHERE (uv.period @> %(day)s::date) IS TRUE
)
SELECT DISTINCT ON (up.post_id) up.post_id,
       CASE up.kind WHEN 'institution' THEN 'institution' ELSE 'regional' END AS place
FROM up WHERE up.kind IN ('institution', 'regional_bureau')
ORDER BY up.post_id, up.depth
