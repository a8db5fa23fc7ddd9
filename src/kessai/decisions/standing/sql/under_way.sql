-- Some cases under way of a ministry that are decided, by id.
SELECT c.tenant_id, c.id AS case_id, c.title, c.question, c.state, c.number, c.submitted_at, c.decided_at, c.round,
       c.deadline, c.needs, c.matter_code, c.updated_at, c.drafter_unit_id, c.drafter_unit_name, c.drafter_name,
       c.drafter_post_id
FROM decisions_case c
WHERE c.tenant_id = %(tenant)s AND c.id > %(after)s AND c.state IN ('routed', 'returned', 'withdrawn')
  AND NOT c.only_read
ORDER BY c.id
LIMIT %(limit)s
