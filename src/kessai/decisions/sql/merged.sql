-- The steps of the cases in which one of some posts is asked, now or later, and which are open at a post that has
-- been abolished: the only ones that may be open elsewhere today. Found from the abolished posts, which are few.
SELECT s.tenant_id, s.case_id, s.position, s.stage, s.kind, s.post_id, s.state, s.quorum
FROM decisions_step s
JOIN (
    SELECT DISTINCT o.tenant_id, o.case_id, o.round
    FROM organisation_abolished(%(tenants)s, %(day)s) a
    JOIN decisions_step o ON o.tenant_id = a.tenant_id AND o.post_id = a.post_id AND o.state = 'open'
    WHERE o.tenant_id = ANY(%(tenants)s) AND EXISTS (SELECT 1 FROM decisions_step m
                  WHERE m.tenant_id = o.tenant_id AND m.case_id = o.case_id AND m.round = o.round
                    AND m.post_id = ANY(%(posts)s) AND m.state IN ('open', 'waiting'))
) c ON c.tenant_id = s.tenant_id AND c.case_id = s.case_id AND c.round = s.round
WHERE s.tenant_id = ANY(%(tenants)s)
ORDER BY s.tenant_id, s.case_id, s.position
