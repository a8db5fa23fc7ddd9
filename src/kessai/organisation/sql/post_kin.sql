-- The posts whose tasks a post took over and those that took over its own, as they were called on that day.
SELECT CASE WHEN s.post_id = %(post)s THEN 'became' ELSE 'from' END AS side, other.id AS post_id,
       lower(s.period) AS day, coalesce(pv.title, '') AS title, coalesce(pv.title_en, '') AS title_en
FROM organisation_postsuccession s
JOIN organisation_post other ON other.id = CASE WHEN s.post_id = %(post)s THEN s.successor_id ELSE s.post_id END
LEFT JOIN LATERAL (
    SELECT v.title, v.title_en FROM organisation_postversion v WHERE v.post_id = other.id
    ORDER BY (v.period @> (lower(s.period) - (s.post_id <> %(post)s)::int)) IS TRUE DESC, lower(v.period) DESC LIMIT 1
) pv ON TRUE
WHERE s.post_id = %(post)s OR s.successor_id = %(post)s
ORDER BY lower(s.period), other.id
