-- The cases of a ministry of which anything happened since a time, with every step that the way to the decision had, in
-- every round, and when it was answered. Steps that were carried over from an earlier round have no time of their own.
SELECT c.id AS case_id, c.matter_code, c.submitted_at, CASE WHEN c.state = 'decided' THEN c.decided_at END AS decided_at,
       s.round, s.round = c.round AS last, s.stage, s.kind, s.post_id, s.quorum, s.opened_at,
       CASE WHEN e.at >= s.opened_at THEN e.at END AS answered_at
FROM decisions_case c
JOIN decisions_step s ON s.tenant_id = c.tenant_id AND s.case_id = c.id
LEFT JOIN decisions_event e ON e.tenant_id = s.tenant_id AND e.case_id = s.case_id AND e.seq = s.acted_seq
WHERE c.tenant_id = %(tenant)s AND c.updated_at >= %(since)s AND NOT c.only_read AND s.kind = ANY(%(kinds)s)
  AND s.state NOT IN ('own', 'merged', 'removed')
ORDER BY c.submitted_at, c.id, s.round, s.position
