-- What units are called on a day.
SELECT uv.unit_id, uv.name FROM organisation_unitversion uv
WHERE uv.unit_id = ANY(%(units)s) AND (uv.period @> %(day)s::date) IS TRUE
