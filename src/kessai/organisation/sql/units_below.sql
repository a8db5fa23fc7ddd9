-- A unit and all units below it on a day.
WITH RECURSIVE below AS (
    SELECT uv.unit_id FROM organisation_unitversion uv
    WHERE uv.unit_id = %(unit)s AND (uv.period @> %(day)s::date) IS TRUE
  UNION ALL
    SELECT uv.unit_id FROM organisation_unitversion uv
    JOIN below b ON uv.parent_id = b.unit_id
    WHERE (uv.period @> %(day)s::date) IS TRUE
)
SELECT unit_id FROM below
