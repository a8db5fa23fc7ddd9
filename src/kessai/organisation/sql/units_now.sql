-- Units by id as they are on a day; one that has ended by then is the main one of its successors.
WITH RECURSIVE now AS (
    SELECT asked.id AS asked_id, asked.id AS unit_id, 0 AS hops FROM unnest(%(units)s::bigint[]) AS asked(id)
  UNION ALL
    SELECT now.asked_id, s.successor_id, now.hops + 1 FROM now
    JOIN organisation_unitsuccession s ON s.unit_id = now.unit_id AND s.main AND (s.period @> %(day)s::date) IS TRUE
    WHERE now.hops < 50
), last AS (
    SELECT DISTINCT ON (asked_id) asked_id, unit_id FROM now ORDER BY asked_id, hops DESC
)
SELECT last.asked_id, u.id AS unit_id, u.code, uv.name, uv.name_en, uv.symbol
FROM last
JOIN organisation_unit u ON u.id = last.unit_id
JOIN organisation_unitversion uv ON uv.unit_id = u.id AND (uv.period @> %(day)s::date) IS TRUE
