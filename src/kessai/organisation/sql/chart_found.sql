-- Units and posts of a ministry on a day that hold every word: a unit in its name, symbol or code; a post in its
-- title or its holders, and at least one word there, the others may stand in its unit's name. Patterns come in NFKC
-- and lower case, and so is what is searched; names are also searched without the blank between their parts.
WITH here AS (
    SELECT u.id AS unit_id, u.code, uv.name, uv.name_en, uv.symbol,
           lower(normalize(concat_ws(E'\n', uv.name, uv.name_en, uv.symbol, u.code), NFKC)) AS says
    FROM organisation_unit u
    JOIN organisation_unitversion uv ON uv.unit_id = u.id AND (uv.period @> %(day)s::date) IS TRUE
    WHERE u.tenant_id = %(tenant)s
), seat AS (
    SELECT here.unit_id, here.name, here.name_en, here.says, p.id AS post_id, pv.title, pv.title_en, pv.level, h.holders,
           lower(normalize(concat_ws(E'\n', pv.title, pv.title_en, h.names, replace(h.names, ' ', '')), NFKC)) AS own
    FROM organisation_post p
    JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> %(day)s::date) IS TRUE
    JOIN here ON here.unit_id = pv.unit_id
    LEFT JOIN (
        SELECT a.post_id, string_agg(concat_ws(E'\n', n.name, n.name_en, n.staff_no), E'\n') AS names,
               jsonb_agg(jsonb_build_object('person_id', n.id, 'name', n.name, 'name_en', n.name_en,
                                            'kind', a.kind, 'since', lower(a.period)) ORDER BY a.place) AS holders
        FROM organisation_appointment a
        JOIN organisation_person n ON n.id = a.person_id AND n.tenant_id = %(tenant)s
        WHERE (a.period @> %(day)s::date) IS TRUE
        GROUP BY a.post_id
    ) h ON h.post_id = p.id
    WHERE p.tenant_id = %(tenant)s
)
(SELECT here.unit_id, here.name AS unit_name, here.name_en AS unit_name_en, NULL::bigint AS post_id, '' AS title,
        '' AS title_en, '[]'::jsonb AS holders
 FROM here WHERE here.says LIKE ALL(%(patterns)s)
 ORDER BY length(here.name), here.code LIMIT %(limit)s)
UNION ALL
(SELECT seat.unit_id, seat.name, seat.name_en, seat.post_id, seat.title, seat.title_en, coalesce(seat.holders, '[]')
 FROM seat WHERE seat.own LIKE ANY(%(patterns)s) AND (seat.own || E'\n' || seat.says) LIKE ALL(%(patterns)s)
 ORDER BY array_position(ARRAY['minister', 'vice_minister', 'director_general', 'councillor', 'director',
    'office_head', 'deputy_director', 'section_chief', 'officer'], seat.level::text), seat.post_id LIMIT %(limit)s)
