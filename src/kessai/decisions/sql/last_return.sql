-- By whom and why cases were last returned.
SELECT DISTINCT ON (e.case_id) e.case_id, e.post_title, e.person_name, e.remark
FROM decisions_event e
WHERE e.tenant_id = %(tenant)s AND e.case_id = ANY(%(cases)s) AND e.kind = 'returned'
ORDER BY e.case_id, e.seq DESC
