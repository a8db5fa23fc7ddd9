-- The open tasks at some posts of a ministry, and all those of marked cases; readers left out.
SELECT s.tenant_id, s.case_id, s.round, s.position, s.kind, s.post_id, s.post_title, s.unit_name,
       coalesce(s.opened_at, c.updated_at) AS opened_at, c.drafter_post_id, c.drafter_person_id,
       c.drafter_unit_name, c.drafter_name, c.needs <> '{}' AS marked
FROM decisions_step s
JOIN decisions_case c ON c.tenant_id = s.tenant_id AND c.id = s.case_id AND c.round = s.round
WHERE s.tenant_id = %(tenant)s AND s.state = 'open'
  AND (s.post_id = ANY(%(posts)s) OR c.needs <> '{}')
  AND s.kind NOT IN ('circulate', 'post_review')
ORDER BY s.case_id, s.position
