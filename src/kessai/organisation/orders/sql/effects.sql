-- The posts that a set of orders touches, as they are called on its day, with who holds them without it and with it.
SELECT e.post_id, p.code, pv.title, pv.title_en, uv.name AS unit_name, uv.name_en AS unit_name_en,
       (SELECT COALESCE(json_agg(json_build_array(h.id, h.name) ORDER BY w.nth), '[]')
        FROM unnest(e.before_person_ids) WITH ORDINALITY AS w(id, nth) JOIN organisation_person h ON h.id = w.id) AS before,
       (SELECT COALESCE(json_agg(json_build_array(h.id, h.name) ORDER BY w.nth), '[]')
        FROM unnest(e.after_person_ids) WITH ORDINALITY AS w(id, nth) JOIN organisation_person h ON h.id = w.id) AS after,
       e.folded_into
FROM organisation_changeset c
CROSS JOIN LATERAL organisation_change_effects(c.id) e
JOIN organisation_post p ON p.id = e.post_id
LEFT JOIN LATERAL (
    SELECT v.title, v.title_en, v.unit_id FROM organisation_postversion v
    WHERE v.post_id = p.id AND lower(v.period) <= c.effective ORDER BY lower(v.period) DESC LIMIT 1) pv ON TRUE
LEFT JOIN LATERAL (
    SELECT v.name, v.name_en FROM organisation_unitversion v
    WHERE v.unit_id = pv.unit_id AND lower(v.period) <= c.effective ORDER BY lower(v.period) DESC LIMIT 1) uv ON TRUE
WHERE c.id = %(change)s AND (NOT %(vacated)s OR e.after_person_ids = '{}' AND e.folded_into IS NULL)
ORDER BY p.code
LIMIT %(limit)s OFFSET %(offset)s
