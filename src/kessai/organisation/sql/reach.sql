-- Every unit of a ministry that has posts on a day: what kind of place it is (organisation.rules.PLACES), and the
-- levels of the posts in line in it and in all units above it.
WITH RECURSIVE day AS MATERIALIZED (
    SELECT u.id, u.code, uv.parent_id, uv.name, uv.kind FROM organisation_unit u
    JOIN organisation_unitversion uv ON uv.unit_id = u.id AND (uv.period @> %(day)s::date) IS TRUE
    WHERE u.tenant_id = %(tenant)s
), own AS MATERIALIZED (
    SELECT pv.unit_id, coalesce(array_agg(DISTINCT pv.level::text) FILTER (WHERE pv.in_line), '{}') AS levels
    FROM organisation_postversion pv JOIN day ON day.id = pv.unit_id
    WHERE (pv.period @> %(day)s::date) IS TRUE
    GROUP BY pv.unit_id
), down AS (
    SELECT day.id, coalesce(own.levels, '{}') AS levels,
           CASE kind WHEN 'institution' THEN 'institution' WHEN 'regional_bureau' THEN 'regional'
           ELSE 'head_office' END AS place
    FROM day LEFT JOIN own ON own.unit_id = day.id
    WHERE parent_id IS NULL
  UNION ALL
    SELECT day.id, down.levels || coalesce(own.levels, '{}'),
           CASE day.kind WHEN 'institution' THEN 'institution' WHEN 'regional_bureau' THEN 'regional'
           ELSE down.place END
    FROM day JOIN down ON day.parent_id = down.id LEFT JOIN own ON own.unit_id = day.id
)
SELECT day.code, day.name, down.place, down.levels
FROM down JOIN day ON day.id = down.id
WHERE EXISTS (SELECT 1 FROM own WHERE own.unit_id = day.id)
ORDER BY day.code
