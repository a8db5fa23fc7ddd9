-- Posts that a planned set folds into others end.
UPDATE organisation_postversion v
SET period = daterange(lower(v.period), %(day)s::date), ended_by = %(change)s, ended_from = upper(v.period)
FROM order_line l
WHERE l.good AND l.act = 'fold' AND v.post_id = l.post_id AND (v.period @> %(day)s::date) IS TRUE
