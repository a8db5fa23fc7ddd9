-- Which of some cases a person may see: holds a post that drafted it or stands on its route, acted on it, or holds
-- a post in the unit that drafted it.
SELECT c.id
FROM decisions_case c
WHERE c.tenant_id = %(tenant)s AND c.id = ANY(%(cases)s)
  AND (c.drafter_post_id = ANY(%(posts)s)
       OR c.drafter_unit_id = ANY(%(units)s)
       OR EXISTS (SELECT 1 FROM decisions_step s
                  WHERE s.tenant_id = c.tenant_id AND s.case_id = c.id AND s.post_id = ANY(%(posts)s))
       OR EXISTS (SELECT 1 FROM decisions_event e
                  WHERE e.tenant_id = c.tenant_id AND e.case_id = c.id AND e.person_id = %(person)s))
