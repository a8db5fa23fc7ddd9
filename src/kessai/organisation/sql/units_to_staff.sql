-- The units, on a day, of the ministries whose posts were all made by the simulation: by ministry, then by code.
SELECT u.tenant_id, u.id AS unit_id, u.code, uv.name, uv.kind,
       array_length(string_to_array(u.code, '.'), 1) AS depth,
       EXISTS (SELECT 1 FROM organisation_unitversion below
               WHERE below.parent_id = u.id AND (below.period @> %(day)s::date) IS TRUE AND below.kind = 'section') AS has_sections
FROM organisation_unit u
JOIN organisation_unitversion uv ON uv.unit_id = u.id AND (uv.period @> %(day)s::date) IS TRUE
WHERE (%(tenant)s::int IS NULL OR u.tenant_id = %(tenant)s)
  AND NOT EXISTS (SELECT 1 FROM organisation_post p WHERE p.tenant_id = u.tenant_id AND p.code NOT LIKE %(made_here)s)
ORDER BY u.tenant_id, u.code
