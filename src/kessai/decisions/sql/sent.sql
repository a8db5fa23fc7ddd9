-- The cases that posts sent, in a set of states, the latest first.
SELECT c.tenant_id, c.id AS case_id, c.title, c.question, c.state, c.number, c.submitted_at, c.decided_at, c.round,
       c.deadline, c.needs, c.matter_code, c.updated_at, c.drafter_unit_id, c.drafter_unit_name, c.drafter_name,
       c.drafter_post_id
FROM decisions_case c
WHERE c.tenant_id = ANY(%(tenants)s) AND c.drafter_post_id = ANY(%(posts)s) AND c.state = ANY(%(states)s)
  AND (c.needs = '{}' OR organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s))
ORDER BY coalesce(c.decided_at, c.submitted_at) DESC, c.id
LIMIT %(limit)s
