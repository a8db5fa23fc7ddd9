-- And have successors.
INSERT INTO organisation_postsuccession (post_id, successor_id, period, change_id)
SELECT l.post_id, l.into_id, daterange(%(day)s::date, NULL), %(change)s
FROM order_line l
WHERE l.good AND l.act = 'fold'
