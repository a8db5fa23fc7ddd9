-- Those of some posts that the current round of a case asks, or asked, with the time the case was sent.
SELECT s.post_id, c.submitted_at
FROM decisions_case c
JOIN decisions_step s ON s.tenant_id = c.tenant_id AND s.case_id = c.id AND s.round = c.round
WHERE c.tenant_id = %(tenant)s AND c.id = %(case)s AND s.post_id = ANY(%(posts)s) AND s.state <> 'waiting'
