-- What waits for the posts a person holds: overdue and urgent first, then by deadline, then the longest waiting.
SELECT c.tenant_id, c.id AS case_id, s.position, s.kind, c.title, c.question, c.matter_name, c.amount, c.deadline,
       c.urgent, s.opened_at, c.drafter_unit_name AS drafter_unit, c.drafter_name, s.post_id,
       s.post_title, s.unit_name AS post_unit, count(*) OVER () AS total
FROM decisions_step s
JOIN decisions_case c ON c.tenant_id = s.tenant_id AND c.id = s.case_id
WHERE s.tenant_id = ANY(%(tenants)s) AND s.post_id = ANY(%(posts)s) AND s.state = 'open'
ORDER BY s.kind = 'circulate', c.deadline < %(today)s DESC NULLS LAST, c.urgent DESC,
         c.deadline NULLS LAST, s.opened_at, c.id
LIMIT %(limit)s
