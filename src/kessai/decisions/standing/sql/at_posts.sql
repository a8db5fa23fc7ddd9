-- How many cases wait at each of some posts for an answer.
SELECT s.post_id, count(*) AS cases
FROM decisions_step s
WHERE s.tenant_id = %(tenant)s AND s.post_id = ANY(%(posts)s) AND s.state = 'open'
  AND s.kind IN ('review', 'consent', 'settle', 'decide')
GROUP BY s.post_id
ORDER BY count(*) DESC, s.post_id
