-- The submissions of a period, each with the round it began, by case; where a case was submitted twice, the last.
SELECT DISTINCT ON (e.case_id) e.case_id, e.at, e.post_id, e.revision, (e.payload ->> 'table')::bigint AS table_id,
       e.payload ->> 'matter_name' AS matter_name
FROM decisions_event e
WHERE e.tenant_id = %(tenant)s AND e.kind = 'submitted' AND e.at >= %(from)s AND e.at < %(until)s
ORDER BY e.case_id, e.seq DESC
