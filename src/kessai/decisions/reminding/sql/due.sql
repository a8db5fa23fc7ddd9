-- Cases of a ministry under way whose deadline reminds somebody today, a batch of them in the order of their ids.
SELECT c.tenant_id, c.id AS case_id, c.round, c.state, c.deadline, c.drafter_post_id, c.updated_at, c.only_read
FROM decisions_case c
WHERE c.tenant_id = %(tenant)s AND c.id > %(after)s AND c.state IN ('routed', 'returned', 'withdrawn')
  AND (c.deadline < %(today)s OR c.deadline = ANY(%(deadlines)s::date[]))
ORDER BY c.id
LIMIT %(limit)s
