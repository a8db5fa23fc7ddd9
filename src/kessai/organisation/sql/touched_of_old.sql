-- Posts abolished before, whose tasks a touched post has: they are touched as it is.
INSERT INTO organisation_touched
WITH RECURSIVE old AS (
    SELECT s.post_id, t.post_id AS via FROM organisation_touched t
    JOIN organisation_postsuccession s ON s.successor_id = t.post_id AND (s.period @> (%(day)s::date - 1)) IS TRUE
  UNION
    SELECT s.post_id, old.via FROM old
    JOIN organisation_postsuccession s ON s.successor_id = old.post_id AND (s.period @> (%(day)s::date - 1)) IS TRUE
)
SELECT old.post_id, t.before_ids, t.after_ids, coalesce(t.successor_id, t.post_id), TRUE
FROM old JOIN organisation_touched t ON t.post_id = old.via
ON CONFLICT DO NOTHING
