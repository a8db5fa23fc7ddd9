-- The steps of the current round of several cases of one tenant, in order; of one on hold, since when and why.
SELECT s.case_id, s.position, s.stage, s.kind, s.state, s.post_id, s.post_title, s.unit_name, s.opened_at,
       s.quorum, s.answer_by, c.updated_at, h.at AS held_at, h.remark AS held_why
FROM decisions_step s
JOIN decisions_case c ON c.tenant_id = s.tenant_id AND c.id = s.case_id AND c.round = s.round
LEFT JOIN decisions_event h ON h.tenant_id = s.tenant_id AND h.case_id = s.case_id AND h.seq = s.held_seq
WHERE s.tenant_id = %(tenant)s AND s.case_id = ANY(%(cases)s)
ORDER BY s.case_id, s.position
