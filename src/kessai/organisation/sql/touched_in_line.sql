-- Those of some posts that are in line on the day before.
SELECT pv.post_id FROM organisation_postversion pv
WHERE pv.post_id = ANY(%(posts)s) AND (pv.period @> (%(day)s::date - 1)) IS TRUE AND pv.in_line
