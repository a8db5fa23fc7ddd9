-- The codes of all posts of some ministries, with the staff number of the first holder.
SELECT DISTINCT ON (p.id) p.tenant_id, p.code, COALESCE(h.staff_no, '') AS staff_no
FROM organisation_post p
LEFT JOIN organisation_appointment a ON a.post_id = p.id
LEFT JOIN organisation_person h ON h.id = a.person_id
WHERE p.tenant_id = ANY(%(tenants)s)
ORDER BY p.id, lower(a.period)
