-- The units whose head post, the highest in line on the day before, is touched: their files have another manager.
WITH units AS (
    SELECT DISTINCT pv.unit_id FROM organisation_touched t
    JOIN organisation_postversion pv ON pv.post_id = t.post_id AND (pv.period @> (%(day)s::date - 1)) IS TRUE
    WHERE t.moved
), heads AS (
    SELECT DISTINCT ON (pv.unit_id) pv.unit_id, pv.post_id
    FROM units JOIN organisation_postversion pv ON pv.unit_id = units.unit_id
        AND (pv.period @> (%(day)s::date - 1)) IS TRUE AND pv.in_line
    ORDER BY pv.unit_id, array_position(%(levels)s::text[], pv.level::text) DESC, pv.post_id
)
SELECT heads.unit_id, heads.post_id FROM heads JOIN organisation_touched t ON t.post_id = heads.post_id AND t.moved
