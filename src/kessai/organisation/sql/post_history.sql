-- The versions of a post with its unit as it was called when each began.
SELECT p.code, lower(pv.period) AS starts, upper(pv.period) AS ends, pv.title, pv.title_en, pv.level, pv.seats, pv.unit_id,
       coalesce(uv.name, '') AS unit_name, coalesce(uv.name_en, '') AS unit_name_en,
       coalesce(c.title, '') AS change_title
FROM organisation_postversion pv
JOIN organisation_post p ON p.id = pv.post_id AND p.tenant_id = %(tenant)s
LEFT JOIN organisation_unitversion uv ON uv.unit_id = pv.unit_id AND (uv.period @> lower(pv.period)) IS TRUE
LEFT JOIN organisation_changeset c ON c.id = pv.change_id
WHERE pv.post_id = %(post)s
ORDER BY lower(pv.period) DESC
