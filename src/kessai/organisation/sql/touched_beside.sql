-- Posts that the changes do not touch, put beside those that they do: whoever has their tasks keeps them.
INSERT INTO organisation_touched
WITH RECURSIVE now AS (
    SELECT asked.id AS asked_id, asked.id AS post_id, 0 AS hops FROM unnest(%(posts)s::bigint[]) AS asked(id)
  UNION ALL
    SELECT now.asked_id, s.successor_id, now.hops + 1 FROM now
    JOIN organisation_postsuccession s ON s.post_id = now.post_id AND (s.period @> (%(day)s::date - 1)) IS TRUE
    WHERE now.hops < 50
), last AS (
    SELECT DISTINCT ON (asked_id) asked_id, post_id FROM now ORDER BY asked_id, hops DESC
), held AS (
    SELECT last.asked_id, array_agg(a.person_id ORDER BY a.place) AS ids
    FROM last JOIN organisation_appointment a ON a.post_id = last.post_id AND (a.period @> %(day)s::date) IS TRUE
    GROUP BY last.asked_id
)
SELECT last.asked_id, coalesce(held.ids, '{}'), coalesce(held.ids, '{}'), NULL, FALSE
FROM last LEFT JOIN held ON held.asked_id = last.asked_id
ON CONFLICT DO NOTHING
