-- What posts were asked about some cases of a ministry, or shown first by their heads, and have not answered.
SELECT q.case_id, q.round, q.kind, q.post_id, q.seq, e.at AS since
FROM decisions_request q
JOIN decisions_event e ON e.tenant_id = q.tenant_id AND e.case_id = q.case_id AND e.seq = q.seq
WHERE q.tenant_id = %(tenant)s AND q.case_id = ANY(%(cases)s) AND q.closed_seq IS NULL
ORDER BY q.case_id, q.seq
