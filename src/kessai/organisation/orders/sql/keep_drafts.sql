-- Who keeps the drafts of vacant posts.
INSERT INTO organisation_draftkeeping (post_id, keeper_id, period, change_id)
SELECT l.post_id, l.into_id, daterange(%(day)s::date, l.upto), %(change)s
FROM order_line l
WHERE l.good AND l.act = 'keep_drafts'
