-- How many tasks wait for the posts a person holds, with what arrived and was given to them, and what they are asked
-- about cases; merged posts as in the inbox.
SELECT (SELECT count(*) FROM decisions_step s
        WHERE s.tenant_id = ANY(%(tenants)s) AND s.post_id = ANY(%(posts)s) AND s.state = 'open'
          AND NOT EXISTS (SELECT 1 FROM unnest(%(hidden_tenants)s::int[], %(hidden_cases)s::uuid[],
                                               %(hidden_positions)s::int[]) AS h(tenant_id, case_id, position)
                          WHERE (h.tenant_id, h.case_id, h.position) = (s.tenant_id, s.case_id, s.position))
          AND NOT EXISTS (SELECT 1 FROM decisions_case c
                          WHERE c.tenant_id = s.tenant_id AND c.id = s.case_id AND c.needs <> '{}'
                            AND NOT organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s)))
     + (SELECT count(*) FROM unnest(%(shown_tenants)s::int[], %(shown_cases)s::uuid[],
                                    %(shown_positions)s::int[]) AS h(tenant_id, case_id, position)
        JOIN decisions_step s ON (s.tenant_id, s.case_id, s.position) = (h.tenant_id, h.case_id, h.position)
        WHERE s.tenant_id = ANY(%(tenants)s) AND s.post_id = ANY(%(posts)s) AND s.state = 'waiting'
          AND NOT EXISTS (SELECT 1 FROM decisions_case c
                          WHERE c.tenant_id = s.tenant_id AND c.id = s.case_id AND c.needs <> '{}'
                            AND NOT organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s)))
     + (SELECT count(*) FROM decisions_receipt r
        WHERE r.tenant_id = ANY(%(tenants)s) AND r.post_id = ANY(%(posts)s) AND r.state = 'assigned'
          AND (r.needs = '{}' OR organisation_clears(r.needs, %(person)s, %(own)s, %(day)s, %(at)s)))
     + (SELECT count(*) FROM decisions_request q
        WHERE q.tenant_id = ANY(%(tenants)s) AND q.post_id = ANY(%(posts)s) AND q.closed_seq IS NULL
          AND NOT EXISTS (SELECT 1 FROM decisions_case c
                          WHERE c.tenant_id = q.tenant_id AND c.id = q.case_id AND c.needs <> '{}'
                            AND NOT organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s))) AS total
