-- Posts whose tasks a touched post has by a succession of another set: they are touched as it is. Where the succession
-- begins on the day itself, it is their own holders who had the tasks before.
INSERT INTO organisation_touched
WITH RECURSIVE old AS (
    SELECT s.post_id, t.post_id AS via, lower(s.period) = %(day)s::date AS on_the_day
    FROM organisation_touched t
    JOIN organisation_postsuccession s ON s.successor_id = t.post_id AND (s.period @> %(day)s::date) IS TRUE
  UNION
    SELECT s.post_id, old.via, old.on_the_day OR lower(s.period) = %(day)s::date FROM old
    JOIN organisation_postsuccession s ON s.successor_id = old.post_id AND (s.period @> %(day)s::date) IS TRUE
)
SELECT old.post_id,
       CASE WHEN NOT old.on_the_day THEN t.before_ids ELSE coalesce((
           SELECT array_agg(a.person_id ORDER BY a.place) FROM organisation_appointment a
           WHERE a.post_id = old.post_id AND (a.period @> (%(day)s::date - 1)) IS TRUE), '{}') END,
       t.after_ids, coalesce(t.successor_id, t.post_id), TRUE
FROM old JOIN organisation_touched t ON t.post_id = old.via
ON CONFLICT DO NOTHING
