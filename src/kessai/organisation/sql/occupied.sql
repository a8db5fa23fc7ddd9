-- The seats of some levels in a ministry's units of some kinds that somebody holds on a day, by unit.
-- IS TRUE keeps the period out of the choice of index: a day selects nearly every row, an id one of them.
SELECT p.id AS post_id, p.tenant_id, pv.title, pv.title_en, pv.level, pv.in_line, pv.unit_id,
       uv.name AS unit_name, uv.name_en AS unit_name_en, uv.symbol AS unit_symbol,
       h.id AS holder_id, h.name AS holder_name, 0 AS unit_depth
FROM organisation_post p
JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> %(day)s::date) IS TRUE
JOIN organisation_unit u ON u.id = pv.unit_id
JOIN organisation_unitversion uv ON uv.unit_id = pv.unit_id AND (uv.period @> %(day)s::date) IS TRUE
JOIN LATERAL (
    SELECT (array_agg(hp.id ORDER BY a.place))[1] AS id, string_agg(hp.name, '・' ORDER BY a.place) AS name
    FROM organisation_appointment a JOIN organisation_person hp ON hp.id = a.person_id
    WHERE a.post_id = p.id AND (a.period @> %(day)s::date) IS TRUE
) h ON h.id IS NOT NULL
WHERE p.tenant_id = %(tenant)s AND pv.level = ANY(%(levels)s) AND uv.kind = ANY(%(kinds)s)
ORDER BY u.code, p.id
