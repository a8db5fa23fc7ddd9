-- Who kept the drafts of a post gives way to who keeps them now.
UPDATE organisation_draftkeeping k
SET period = daterange(lower(k.period), %(day)s::date), ended_by = %(change)s, ended_from = upper(k.period)
FROM order_line l
WHERE l.good AND l.act = 'keep_drafts' AND k.post_id = l.post_id AND (k.period @> %(day)s::date) IS TRUE
