-- Everybody who has the matters of some posts on a day, one row for each: the holders, of the post that succeeded an
-- abolished one.
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
SELECT last.asked_id, p.id AS person_id, p.name, pv.title, pv.title_en
FROM last
JOIN organisation_postversion pv ON pv.post_id = last.post_id AND (pv.period @> %(day)s::date) IS TRUE
JOIN organisation_appointment a ON a.post_id = last.post_id AND (a.period @> %(day)s::date) IS TRUE
JOIN organisation_person p ON p.id = a.person_id
ORDER BY last.asked_id, a.place
