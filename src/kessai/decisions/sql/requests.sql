-- What the posts a person holds are asked about cases, and shown by their heads; the urgent first, then the longest waiting.
SELECT c.tenant_id, c.id AS case_id, 0 AS position, r.kind, c.title, c.question, c.matter_name, c.amount, c.deadline,
       c.urgent, e.at AS opened_at, c.drafter_unit_name AS drafter_unit, c.drafter_name, r.post_id,
       e.payload ->> 'asked_title' AS post_title, e.payload ->> 'asked_unit' AS post_unit, false AS joint,
       e.post_title || ' ' || e.person_name AS asked_by, e.remark AS words, count(*) OVER () AS total
FROM decisions_request r
JOIN decisions_case c ON c.tenant_id = r.tenant_id AND c.id = r.case_id
JOIN decisions_event e ON e.tenant_id = r.tenant_id AND e.case_id = r.case_id AND e.seq = r.seq
WHERE r.tenant_id = ANY(%(tenants)s) AND r.post_id = ANY(%(posts)s) AND r.closed_seq IS NULL
  AND (c.needs = '{}' OR organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s))
ORDER BY c.urgent DESC, e.at, c.id, r.seq
LIMIT %(limit)s
