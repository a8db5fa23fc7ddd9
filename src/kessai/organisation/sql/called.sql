-- Posts and units of a ministry that texts may call on a day: whose code the text is, or whose name it ends in.
-- ``above``: the names of the units it is in, the nearest first; a unit's own is not among them.
WITH RECURSIVE hit AS (
    SELECT asked.text, 'unit' AS kind, u.id, u.code, uv.name, uv.parent_id AS up
    FROM unnest(%(texts)s::text[]) AS asked(text)
    JOIN organisation_unit u ON u.tenant_id = %(tenant)s
    JOIN organisation_unitversion uv ON uv.unit_id = u.id AND (uv.period @> %(day)s::date) IS TRUE
    WHERE u.code = asked.text OR right(asked.text, length(replace(uv.name, ' ', ''))) = replace(uv.name, ' ', '')
  UNION ALL
    SELECT asked.text, 'post', p.id, p.code, pv.title, pv.unit_id
    FROM unnest(%(texts)s::text[]) AS asked(text)
    JOIN organisation_post p ON p.tenant_id = %(tenant)s
    JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> %(day)s::date) IS TRUE
    WHERE p.code = asked.text OR right(asked.text, length(replace(pv.title, ' ', ''))) = replace(pv.title, ' ', '')
), path AS (
    SELECT hit.text, hit.kind, hit.id, hit.code, hit.name, hit.up, ARRAY[]::text[] AS above FROM hit
  UNION ALL
    SELECT path.text, path.kind, path.id, path.code, path.name, uv.parent_id, path.above || uv.name::text
    FROM path JOIN organisation_unitversion uv ON uv.unit_id = path.up AND (uv.period @> %(day)s::date) IS TRUE
)
SELECT text, kind, id, code, name, above FROM path WHERE up IS NULL ORDER BY text, kind, code
