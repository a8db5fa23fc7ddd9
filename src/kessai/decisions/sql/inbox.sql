-- What waits for the posts a person holds: overdue and urgent first, then by deadline (that of the
-- answer where one was set), then the longest waiting.
-- Where posts of a route were merged since, some steps ask nobody (hidden) and others are open by that (shown).
SELECT c.tenant_id, c.id AS case_id, s.position, s.kind, c.title, c.question, c.matter_name, c.amount,
       coalesce(s.answer_by, c.deadline) AS deadline, s.answer_by,
       c.urgent, coalesce(s.opened_at, c.updated_at) AS opened_at, c.drafter_unit_name AS drafter_unit, c.drafter_name,
       s.post_id, s.post_title, s.unit_name AS post_unit, s.held_seq IS NOT NULL AS held, c.bulk,
       jsonb_path_exists(s.reasons, '$[*].joint') AS joint, count(*) OVER () AS total
FROM (
    SELECT o.* FROM decisions_step o
    WHERE o.tenant_id = ANY(%(tenants)s) AND o.post_id = ANY(%(posts)s) AND o.state = 'open'
      AND NOT EXISTS (SELECT 1 FROM unnest(%(hidden_tenants)s::int[], %(hidden_cases)s::uuid[],
                                           %(hidden_positions)s::int[]) AS h(tenant_id, case_id, position)
                      WHERE (h.tenant_id, h.case_id, h.position) = (o.tenant_id, o.case_id, o.position))
  UNION ALL
    SELECT w.* FROM unnest(%(shown_tenants)s::int[], %(shown_cases)s::uuid[],
                           %(shown_positions)s::int[]) AS h(tenant_id, case_id, position)
    JOIN decisions_step w ON (w.tenant_id, w.case_id, w.position) = (h.tenant_id, h.case_id, h.position)
    WHERE w.tenant_id = ANY(%(tenants)s) AND w.post_id = ANY(%(posts)s) AND w.state = 'waiting'
) s
JOIN decisions_case c ON c.tenant_id = s.tenant_id AND c.id = s.case_id
WHERE c.needs = '{}' OR organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s)
ORDER BY s.kind IN ('circulate', 'post_review'), coalesce(s.answer_by, c.deadline) < %(today)s DESC NULLS LAST,
         c.urgent DESC, coalesce(s.answer_by, c.deadline) NULLS LAST, s.opened_at, c.id
LIMIT %(limit)s
