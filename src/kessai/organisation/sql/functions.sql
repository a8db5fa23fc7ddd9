-- The seats in line of the units of a ministry that have a function (accounting, documents, personnel …).
-- IS TRUE keeps the period out of the choice of index: a day selects nearly every row, an id one of them.
SELECT f.function, p.id AS post_id, p.tenant_id, pv.title, pv.title_en, pv.level, pv.in_line, pv.unit_id,
       uv.name AS unit_name, uv.name_en AS unit_name_en, uv.symbol AS unit_symbol,
       h.id AS holder_id, h.name AS holder_name, 0 AS unit_depth
FROM organisation_unit u
JOIN organisation_unitversion uv ON uv.unit_id = u.id AND (uv.period @> %(day)s::date) IS TRUE
CROSS JOIN LATERAL unnest(uv.functions) AS f(function)
JOIN organisation_postversion pv ON pv.unit_id = u.id AND (pv.period @> %(day)s::date) IS TRUE AND pv.in_line
JOIN organisation_post p ON p.id = pv.post_id
LEFT JOIN LATERAL (
    SELECT (array_agg(hp.id ORDER BY a.place))[1] AS id, string_agg(hp.name, '・' ORDER BY a.place) AS name
    FROM organisation_appointment a JOIN organisation_person hp ON hp.id = a.person_id
    WHERE a.post_id = p.id AND (a.period @> %(day)s::date) IS TRUE
) h ON TRUE
WHERE u.tenant_id = %(tenant)s AND uv.functions <> '{}'
ORDER BY u.code, p.id
