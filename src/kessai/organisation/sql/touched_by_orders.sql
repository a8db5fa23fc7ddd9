-- The posts whose holders appointment orders change; one that is folded has the holders of the post it ends up in.
INSERT INTO organisation_touched
WITH RECURSIVE effects AS MATERIALIZED (
    SELECT e.post_id, coalesce(e.before_person_ids, '{}') AS before_ids, coalesce(e.after_person_ids, '{}') AS after_ids,
           e.folded_into
    FROM organisation_change_effects(%(change)s) e
), folds AS (
    SELECT e.post_id, e.folded_into AS last, 1 AS hops FROM effects e WHERE e.folded_into IS NOT NULL
  UNION ALL
    SELECT folds.post_id, e.folded_into, folds.hops + 1
    FROM folds JOIN effects e ON e.post_id = folds.last AND e.folded_into IS NOT NULL
    WHERE folds.hops < 50
), ends AS (
    SELECT DISTINCT ON (post_id) post_id, last FROM folds ORDER BY post_id, hops DESC
), after AS (
    SELECT e.post_id, e.before_ids, ends.last,
           CASE WHEN ends.last IS NULL THEN e.after_ids ELSE coalesce(into_.after_ids, (
               SELECT array_agg(a.person_id ORDER BY a.place) FROM organisation_appointment a
               WHERE a.post_id = ends.last AND (a.period @> %(day)s::date) IS TRUE), '{}') END AS after_ids
    FROM effects e
    LEFT JOIN ends ON ends.post_id = e.post_id
    LEFT JOIN effects into_ ON into_.post_id = ends.last
)
SELECT post_id, before_ids, after_ids, last, TRUE FROM after
WHERE last IS NOT NULL OR NOT (before_ids <@ after_ids AND before_ids @> after_ids)
