-- Which posts have their drafts kept by another post on the day.
SELECT k.post_id FROM organisation_draftkeeping k
WHERE k.post_id = ANY(%(posts)s) AND (k.period @> %(day)s::date) IS TRUE
