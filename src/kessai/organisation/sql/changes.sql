-- Sets of changes with who did what to them and how many lines they have, the latest day first.
SELECT c.id, c.tenant_id, c.kind, c.title, c.effective, c.state, c.version, c.source_name,
       CASE c.kind WHEN 'orders' THEN (SELECT count(*) FROM organisation_orderline l WHERE l.change_id = c.id)
                   ELSE (SELECT count(*) FROM organisation_reorganisationline l WHERE l.change_id = c.id) END AS lines,
       c.made_by, COALESCE(m.name, '') AS made_by_name, c.made_at,
       c.scheduled_by, COALESCE(s.name, '') AS scheduled_by_name, c.scheduled_at,
       c.taken_back_by, COALESCE(t.name, '') AS taken_back_by_name, c.taken_back_at
FROM organisation_changeset c
LEFT JOIN organisation_person m ON m.id = c.made_by
LEFT JOIN organisation_person s ON s.id = c.scheduled_by
LEFT JOIN organisation_person t ON t.id = c.taken_back_by
WHERE (%(tenant)s::int IS NULL OR c.tenant_id = %(tenant)s)
  AND (%(kind)s::text IS NULL OR c.kind = %(kind)s)
  AND (%(change)s::uuid IS NULL OR c.id = %(change)s)
ORDER BY c.effective DESC, c.made_at DESC
