-- The units that a unit came from and those that it became, as they were called on the last day before and on the day.
SELECT CASE WHEN s.unit_id = %(unit)s THEN 'became' ELSE 'from' END AS side, other.id AS unit_id, s.main,
       lower(s.period) AS day, coalesce(uv.name, '') AS name, coalesce(uv.name_en, '') AS name_en
FROM organisation_unitsuccession s
JOIN organisation_unit other ON other.id = CASE WHEN s.unit_id = %(unit)s THEN s.successor_id ELSE s.unit_id END
LEFT JOIN LATERAL (
    SELECT v.name, v.name_en FROM organisation_unitversion v WHERE v.unit_id = other.id
    ORDER BY (v.period @> (lower(s.period) - (s.unit_id <> %(unit)s)::int)) IS TRUE DESC, lower(v.period) DESC LIMIT 1
) uv ON TRUE
WHERE s.unit_id = %(unit)s OR s.successor_id = %(unit)s
ORDER BY lower(s.period), s.main DESC, other.id
