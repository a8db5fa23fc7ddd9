-- Those of some posts that the current round of a case asks, or asked, with the time the case was sent; and those that
-- were asked about it, with the time of that.
SELECT s.post_id, c.submitted_at
FROM decisions_case c
JOIN decisions_step s ON s.tenant_id = c.tenant_id AND s.case_id = c.id AND s.round = c.round
WHERE c.tenant_id = %(tenant)s AND c.id = %(case)s AND s.post_id = ANY(%(posts)s) AND s.state <> 'waiting'
  AND (c.needs = '{}' OR organisation_clears(c.needs, %(person)s, '{}', %(day)s, %(at)s))
UNION ALL
SELECT r.post_id, e.at
FROM decisions_request r
JOIN decisions_event e ON e.tenant_id = r.tenant_id AND e.case_id = r.case_id AND e.seq = r.seq
WHERE r.tenant_id = %(tenant)s AND r.case_id = %(case)s AND r.post_id = ANY(%(posts)s)
ORDER BY 2 DESC
