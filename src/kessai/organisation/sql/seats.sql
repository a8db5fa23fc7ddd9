-- Posts by id as they are on a day, with their holders; a post abolished by then is the one that succeeded it.
-- IS TRUE keeps the period out of the choice of index: a day selects nearly every row, an id one of them.
WITH RECURSIVE now AS (
    SELECT asked.id AS asked_id, asked.id AS post_id, 0 AS hops FROM unnest(%(posts)s::bigint[]) AS asked(id)
  UNION ALL
    SELECT now.asked_id, s.successor_id, now.hops + 1 FROM now
    JOIN organisation_postsuccession s ON s.post_id = now.post_id AND (s.period @> %(day)s::date) IS TRUE
    WHERE now.hops < 50
), last AS (
    SELECT DISTINCT ON (asked_id) asked_id, post_id FROM now ORDER BY asked_id, hops DESC
)
SELECT last.asked_id, p.id AS post_id, p.tenant_id, pv.title, pv.title_en, pv.level, pv.in_line, pv.unit_id,
       uv.name AS unit_name, uv.name_en AS unit_name_en, uv.symbol AS unit_symbol,
       h.id AS holder_id, h.name AS holder_name, 0 AS unit_depth
FROM last
JOIN organisation_post p ON p.id = last.post_id
JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> %(day)s::date) IS TRUE
JOIN organisation_unitversion uv ON uv.unit_id = pv.unit_id AND (uv.period @> %(day)s::date) IS TRUE
LEFT JOIN LATERAL (
    SELECT (array_agg(hp.id ORDER BY a.place))[1] AS id, string_agg(hp.name, '・' ORDER BY a.place) AS name
    FROM organisation_appointment a JOIN organisation_person hp ON hp.id = a.person_id
    WHERE a.post_id = p.id AND (a.period @> %(day)s::date) IS TRUE
) h ON TRUE
