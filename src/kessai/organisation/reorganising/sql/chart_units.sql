-- A ministry's units on a day; ``other``: the set of changes by which the version begins or ends from that day on.
SELECT u.id AS unit_id, uv.id AS version_id, u.code, coalesce(p.code, '') AS parent, uv.name, uv.name_en, uv.kind,
       uv.symbol, uv.functions, uv.position, lower(uv.period) AS starts, upper(uv.period) AS ends,
       coalesce(c.title, '') AS other
FROM organisation_unit u
JOIN organisation_unitversion uv ON uv.unit_id = u.id AND (uv.period @> %(day)s::date) IS TRUE
LEFT JOIN organisation_unit p ON p.id = uv.parent_id
LEFT JOIN organisation_changeset c
    ON c.id = CASE WHEN lower(uv.period) >= %(day)s::date THEN uv.change_id ELSE uv.ended_by END
WHERE u.tenant_id = %(tenant)s
ORDER BY u.code
