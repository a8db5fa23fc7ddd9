-- The ministries in which a person holds, on a day, a post in a unit that has one of some functions, or below it.
WITH RECURSIVE up AS (
    SELECT pv.unit_id
    FROM organisation_appointment a
    JOIN organisation_postversion pv ON pv.post_id = a.post_id AND (pv.period @> %(day)s::date) IS TRUE
    WHERE a.person_id = %(person)s AND (a.period @> %(day)s::date) IS TRUE
  UNION
    SELECT uv.parent_id FROM up
    JOIN organisation_unitversion uv ON uv.unit_id = up.unit_id AND (uv.period @> %(day)s::date) IS TRUE
    WHERE uv.parent_id IS NOT NULL
)
SELECT DISTINCT u.tenant_id, f.function
FROM up
JOIN organisation_unit u ON u.id = up.unit_id
JOIN organisation_unitversion uv ON uv.unit_id = up.unit_id AND (uv.period @> %(day)s::date) IS TRUE
CROSS JOIN LATERAL unnest(uv.functions) AS f(function)
