-- How many tasks wait for the posts a person holds.
SELECT count(*) AS total
FROM decisions_step s
WHERE s.tenant_id = ANY(%(tenants)s) AND s.post_id = ANY(%(posts)s) AND s.state = 'open'
