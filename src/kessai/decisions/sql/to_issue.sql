-- Decided cases that a person's unit, or a unit that issues for a whole ministry, is still to issue: the planned day
-- first, then the longest decided.
SELECT i.tenant_id, i.case_id, c.title, c.number, i.state, i.planned_on, c.decided_at,
       c.drafter_unit_name AS drafter_unit, c.drafter_name, c.drafter_post_id = ANY(%(posts)s) AS mine
FROM decisions_issuing i
JOIN decisions_case c ON c.tenant_id = i.tenant_id AND c.id = i.case_id
WHERE i.tenant_id = ANY(%(tenants)s) AND i.state IN ('due', 'partly', 'sealing')
  AND (c.needs = '{}' OR organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s))
  AND (c.drafter_unit_id = ANY(%(units)s) OR c.drafter_post_id = ANY(%(posts)s)
       OR i.tenant_id = ANY(%(issues_for)s::int[]))
ORDER BY i.planned_on NULLS LAST, c.decided_at, c.id
LIMIT %(limit)s
