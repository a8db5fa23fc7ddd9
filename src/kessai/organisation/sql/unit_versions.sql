-- The versions of the units of some ministries, each unit's in the order of time.
SELECT u.tenant_id, u.id AS unit_id, u.code, p.code AS parent_code, uv.id AS version_id, uv.name, uv.name_en,
       uv.kind, uv.symbol, uv.functions, lower(uv.period) AS starts, upper(uv.period) AS ends
FROM organisation_unit u
JOIN organisation_unitversion uv ON uv.unit_id = u.id
LEFT JOIN organisation_unit p ON p.id = uv.parent_id
WHERE u.tenant_id = ANY(%(tenants)s)
ORDER BY u.code, lower(uv.period)
