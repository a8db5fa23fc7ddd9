-- The posts of a ministry's open tasks, readers left out, with the kinds of task.
SELECT DISTINCT s.post_id, s.kind
FROM decisions_step s
WHERE s.tenant_id = %(tenant)s AND s.state = 'open' AND s.kind NOT IN ('circulate', 'post_review')
