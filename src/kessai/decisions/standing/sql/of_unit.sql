-- The cases under way that units drafted, and those that wait at posts, the longest untouched first.
SELECT c.tenant_id, c.id AS case_id, c.title, c.question, c.state, c.number, c.submitted_at, c.decided_at, c.round,
       c.deadline, c.needs, c.matter_code, c.updated_at, c.drafter_unit_id, c.drafter_unit_name, c.drafter_name,
       c.drafter_post_id
FROM decisions_case c
WHERE c.tenant_id = %(tenant)s AND c.state IN ('routed', 'returned', 'withdrawn') AND NOT c.only_read
  AND (c.drafter_unit_id = ANY(%(units)s)
       OR c.id IN (SELECT s.case_id FROM decisions_step s
                   WHERE s.tenant_id = %(tenant)s AND s.post_id = ANY(%(posts)s) AND s.state = 'open'
                     AND s.kind IN ('review', 'consent', 'settle', 'decide')))
ORDER BY c.updated_at, c.id
LIMIT %(limit)s
