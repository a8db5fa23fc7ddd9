-- Of some cases those that are decided and that a person is cleared for; with what is to be issued of them.
SELECT c.id, c.matter_code, c.decided_at,
       EXISTS (SELECT 1 FROM decisions_issuing i WHERE i.tenant_id = c.tenant_id AND i.case_id = c.id)
FROM decisions_case c
WHERE c.tenant_id = %(tenant)s AND c.id = ANY(%(cases)s) AND c.state = 'decided'
  AND (c.needs = '{}' OR organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s))
