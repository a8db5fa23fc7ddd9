-- By whom and why cases were last returned, if they were; and the deadline of those that are with their drafter.
SELECT c.id AS case_id, CASE WHEN c.state IN ('returned', 'withdrawn') THEN c.deadline END AS deadline,
       e.post_title, e.person_name, e.remark
FROM decisions_case c
LEFT JOIN LATERAL (
    SELECT r.post_title, r.person_name, r.remark FROM decisions_event r
    WHERE r.tenant_id = c.tenant_id AND r.case_id = c.id AND r.kind = 'returned'
    ORDER BY r.seq DESC LIMIT 1
) e ON TRUE
WHERE c.tenant_id = %(tenant)s AND c.id = ANY(%(cases)s)
