-- Cases of a ministry under way whose deadline, or the day asked for an answer at one of their steps, reminds somebody
-- today, a batch of them in the order of their ids.
SELECT c.tenant_id, c.id AS case_id, c.round, c.state, c.deadline, c.drafter_post_id, c.updated_at, c.only_read
FROM decisions_case c
WHERE c.tenant_id = %(tenant)s AND c.id > %(after)s AND c.state IN ('routed', 'returned', 'withdrawn')
  AND (c.deadline < %(today)s OR c.deadline = ANY(%(deadlines)s::date[])
       OR EXISTS (SELECT 1 FROM decisions_step s
                  WHERE s.tenant_id = c.tenant_id AND s.case_id = c.id AND s.round = c.round
                    AND s.state IN ('open', 'waiting')
                    AND (s.answer_by < %(today)s OR s.answer_by = ANY(%(deadlines)s::date[]))))
ORDER BY c.id
LIMIT %(limit)s
