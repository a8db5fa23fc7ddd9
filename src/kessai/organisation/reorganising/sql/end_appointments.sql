-- Whoever holds one of some posts leaves it on a day.
UPDATE organisation_appointment
SET period = daterange(lower(period), %(day)s), ended_by = %(change)s, ended_from = upper(period)
WHERE post_id = ANY(%(posts)s) AND (period @> %(day)s::date) IS TRUE AND lower(period) < %(day)s
