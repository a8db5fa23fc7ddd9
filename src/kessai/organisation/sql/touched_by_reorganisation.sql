-- The posts that a reorganisation ends, with the holders of the post that succeeds each: nobody, where none does.
INSERT INTO organisation_touched
WITH RECURSIVE effects AS MATERIALIZED (
    SELECT e.post_id, e.successor_id, coalesce(e.successor_title, '') AS title
    FROM organisation_reorganisation_effects(%(change)s) e
), chain AS (
    SELECT e.post_id, e.successor_id AS last, e.title, 1 AS hops FROM effects e
  UNION ALL
    SELECT chain.post_id, e.successor_id, e.title, chain.hops + 1
    FROM chain JOIN effects e ON e.post_id = chain.last WHERE chain.hops < 50
), ends AS (
    SELECT DISTINCT ON (post_id) post_id, last, title FROM chain ORDER BY post_id, hops DESC
)
SELECT ends.post_id,
       coalesce((SELECT array_agg(a.person_id ORDER BY a.place) FROM organisation_appointment a
                 WHERE a.post_id = ends.post_id AND (a.period @> (%(day)s::date - 1)) IS TRUE), '{}'),
       coalesce((SELECT array_agg(a.person_id ORDER BY a.place) FROM organisation_appointment a
                 WHERE a.post_id = ends.last AND (a.period @> %(day)s::date) IS TRUE), '{}'),
       ends.last, TRUE, ends.title
FROM ends
