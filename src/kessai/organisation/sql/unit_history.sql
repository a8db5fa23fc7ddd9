-- The versions of a unit with the parent as it was called when each began and the set of changes that began it.
SELECT u.code, lower(uv.period) AS starts, upper(uv.period) AS ends, uv.name, uv.name_en, uv.kind, uv.symbol, uv.parent_id,
       coalesce(pv.name, '') AS parent_name, coalesce(pv.name_en, '') AS parent_name_en,
       coalesce(c.title, '') AS change_title
FROM organisation_unitversion uv
JOIN organisation_unit u ON u.id = uv.unit_id AND u.tenant_id = %(tenant)s
LEFT JOIN organisation_unitversion pv ON pv.unit_id = uv.parent_id AND (pv.period @> lower(uv.period)) IS TRUE
LEFT JOIN organisation_changeset c ON c.id = uv.change_id
WHERE uv.unit_id = %(unit)s
ORDER BY lower(uv.period) DESC
