-- The posts that a rulebook names: those with given codes, and the seats in line of the units with given codes or
-- functions and of all units above these. ``name``: post:<code>, unit:<code> or the function.
-- IS TRUE keeps the period out of the choice of index: a day selects nearly every row, an id one of them.
WITH RECURSIVE up AS (
    SELECT asked.name, uv.unit_id, uv.parent_id, 0 AS depth
    FROM organisation_unit u
    JOIN organisation_unitversion uv ON uv.unit_id = u.id AND (uv.period @> %(day)s::date) IS TRUE
    CROSS JOIN LATERAL (
        SELECT 'unit:' || u.code AS name WHERE u.code = ANY(%(units)s)
        UNION ALL SELECT f.function FROM unnest(uv.functions) AS f(function) WHERE f.function = ANY(%(functions)s)
    ) asked
    WHERE u.tenant_id = %(tenant)s
  UNION ALL
    SELECT up.name, uv.unit_id, uv.parent_id, up.depth + 1 FROM organisation_unitversion uv
    JOIN up ON uv.unit_id = up.parent_id
    WHERE (uv.period @> %(day)s::date) IS TRUE
), found AS (
    SELECT up.name, pv.post_id, up.depth FROM up
    JOIN organisation_postversion pv ON pv.unit_id = up.unit_id AND (pv.period @> %(day)s::date) IS TRUE AND pv.in_line
  UNION ALL
    SELECT 'post:' || p.code, p.id, 0 FROM organisation_post p
    WHERE p.tenant_id = %(tenant)s AND p.code = ANY(%(posts)s)
)
SELECT found.name, p.id AS post_id, p.tenant_id, pv.title, pv.title_en, pv.level, pv.in_line, pv.unit_id,
       uv.name AS unit_name, uv.name_en AS unit_name_en, uv.symbol AS unit_symbol,
       h.id AS holder_id, h.name AS holder_name, found.depth AS unit_depth
FROM found
JOIN organisation_post p ON p.id = found.post_id
JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> %(day)s::date) IS TRUE
JOIN organisation_unitversion uv ON uv.unit_id = pv.unit_id AND (uv.period @> %(day)s::date) IS TRUE
LEFT JOIN LATERAL (
    SELECT (array_agg(hp.id ORDER BY a.place))[1] AS id, string_agg(hp.name, '・' ORDER BY a.place) AS name
    FROM organisation_appointment a JOIN organisation_person hp ON hp.id = a.person_id
    WHERE a.post_id = p.id AND (a.period @> %(day)s::date) IS TRUE
) h ON TRUE
ORDER BY found.name, found.depth, p.id
