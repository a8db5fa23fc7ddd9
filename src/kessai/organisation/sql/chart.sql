-- Every unit of a ministry on a day, each before the units below it, with how many posts it has and hold a person.
WITH RECURSIVE down AS (
    SELECT uv.unit_id, 1 AS depth, ARRAY[uv.position, 0] || u.id::int AS place
    FROM organisation_unitversion uv JOIN organisation_unit u ON u.id = uv.unit_id
    WHERE u.tenant_id = %(tenant)s AND uv.parent_id IS NULL AND (uv.period @> %(day)s::date) IS TRUE
  UNION ALL
    SELECT uv.unit_id, down.depth + 1, down.place || uv.position || uv.unit_id::int
    FROM organisation_unitversion uv JOIN down ON uv.parent_id = down.unit_id
    WHERE (uv.period @> %(day)s::date) IS TRUE
)
SELECT u.id AS unit_id, u.code, p.code AS parent_code, uv.name, uv.name_en, uv.kind, uv.symbol, uv.functions,
       down.depth, lower(uv.period) AS since, upper(uv.period) AS ends,
       COALESCE(s.posts, 0) AS posts, COALESCE(s.held, 0) AS held
FROM down
JOIN organisation_unit u ON u.id = down.unit_id
JOIN organisation_unitversion uv ON uv.unit_id = u.id AND (uv.period @> %(day)s::date) IS TRUE
LEFT JOIN organisation_unit p ON p.id = uv.parent_id
LEFT JOIN (
    SELECT pv.unit_id, count(DISTINCT pv.post_id) AS posts, count(DISTINCT a.post_id) AS held
    FROM organisation_postversion pv
    JOIN organisation_post post ON post.id = pv.post_id AND post.tenant_id = %(tenant)s
    LEFT JOIN organisation_appointment a ON a.post_id = pv.post_id AND (a.period @> %(day)s::date) IS TRUE
    WHERE (pv.period @> %(day)s::date) IS TRUE
    GROUP BY pv.unit_id
) s ON s.unit_id = u.id
ORDER BY down.place
