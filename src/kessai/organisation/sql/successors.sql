-- Those of some posts that are abolished by a day, with the post that has their tasks then, however many steps away.
WITH RECURSIVE now AS (
    SELECT s.post_id, s.successor_id AS acting_id, 1 AS hops
    FROM organisation_postsuccession s
    WHERE s.post_id = ANY(%(posts)s) AND (s.period @> %(day)s::date) IS TRUE
  UNION ALL
    SELECT now.post_id, s.successor_id, now.hops + 1 FROM now
    JOIN organisation_postsuccession s ON s.post_id = now.acting_id AND (s.period @> %(day)s::date) IS TRUE
    WHERE now.hops < 50
)
SELECT DISTINCT ON (post_id) post_id, acting_id FROM now ORDER BY post_id, hops DESC
