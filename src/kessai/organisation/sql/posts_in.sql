-- The posts of some units on a day, held or not.
SELECT pv.post_id
FROM organisation_postversion pv
WHERE pv.unit_id = ANY(%(units)s) AND (pv.period @> %(day)s::date) IS TRUE
