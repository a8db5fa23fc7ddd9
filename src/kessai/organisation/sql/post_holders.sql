-- Everyone who held, holds or will hold a post, the latest first.
SELECT a.person_id, n.name, n.name_en, a.kind, a.place, lower(a.period) AS starts, upper(a.period) AS ends,
       coalesce(c.title, '') AS change_title
FROM organisation_appointment a
JOIN organisation_person n ON n.id = a.person_id
JOIN organisation_post p ON p.id = a.post_id AND p.tenant_id = %(tenant)s
LEFT JOIN organisation_changeset c ON c.id = a.change_id
WHERE a.post_id = %(post)s
ORDER BY lower(a.period) DESC, a.place
