-- What waits at posts that nobody is at, with what decides whether a deputy may act there; merged posts as in the
-- inbox.
SELECT c.tenant_id, c.id AS case_id, s.position, s.kind, c.title, c.question, c.matter_name, c.amount,
       coalesce(s.answer_by, c.deadline) AS deadline, s.answer_by,
       c.urgent, coalesce(s.opened_at, c.updated_at) AS opened_at, c.drafter_unit_name AS drafter_unit, c.drafter_name, s.post_id,
       s.post_title, s.unit_name AS post_unit, s.held_seq IS NOT NULL AS held, jsonb_path_exists(s.reasons, '$[*].joint') AS joint,
       c.matter_code, c.needs, c.drafter_post_id, c.drafter_person_id, e.payload -> 'flags' AS flags,
       e.payload -> 'deputies' AS deputies,
       ARRAY(SELECT (told.payload ->> 'deputy_post')::bigint FROM decisions_event told
             WHERE told.tenant_id = c.tenant_id AND told.case_id = c.id AND told.kind = 'instructed'
               AND told.payload ->> 'content_hash' = encode(c.content_hash, 'hex')
               AND NOT EXISTS (SELECT 1 FROM decisions_event flag
                               WHERE flag.tenant_id = c.tenant_id AND flag.case_id = c.id AND flag.kind = 'flagged'
                                 AND flag.seq > told.seq)) AS told,
       ARRAY(SELECT no.post_title FROM decisions_step no
             WHERE no.tenant_id = c.tenant_id AND no.case_id = c.id AND no.round = c.round
               AND no.state IN ('refused', 'overruled', 'outvoted')
             ORDER BY no.position) AS refused_by
FROM (
    SELECT o.* FROM decisions_step o
    WHERE o.tenant_id = ANY(%(tenants)s) AND o.post_id = ANY(%(stands_in)s) AND o.state = 'open'
      AND NOT EXISTS (SELECT 1 FROM unnest(%(stands_in_hidden_tenants)s::int[], %(stands_in_hidden_cases)s::uuid[],
                                           %(stands_in_hidden_positions)s::int[]) AS h(tenant_id, case_id, position)
                      WHERE (h.tenant_id, h.case_id, h.position) = (o.tenant_id, o.case_id, o.position))
  UNION ALL
    SELECT w.* FROM unnest(%(stands_in_shown_tenants)s::int[], %(stands_in_shown_cases)s::uuid[],
                           %(stands_in_shown_positions)s::int[]) AS h(tenant_id, case_id, position)
    JOIN decisions_step w ON (w.tenant_id, w.case_id, w.position) = (h.tenant_id, h.case_id, h.position)
    WHERE w.tenant_id = ANY(%(tenants)s) AND w.post_id = ANY(%(stands_in)s) AND w.state = 'waiting'
) s
JOIN decisions_case c ON c.tenant_id = s.tenant_id AND c.id = s.case_id AND c.round = s.round
JOIN decisions_event e ON e.tenant_id = c.tenant_id AND e.case_id = c.id AND e.revision = c.revision
     AND (e.seq = c.flagged_seq OR (c.flagged_seq IS NULL AND e.kind IN ('submitted', 'revised')))
WHERE (c.needs = '{}' OR organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s))
  AND EXISTS (SELECT 1 FROM unnest(%(stands_in_posts)s::bigint[], %(stands_in_kinds)s::text[],
                                   %(stands_in_matters)s::text[]) AS d(post_id, kind, matter)
              WHERE d.post_id = s.post_id AND d.kind = s.kind AND d.matter IN ('', c.matter_code))
ORDER BY coalesce(s.answer_by, c.deadline) < %(today)s DESC NULLS LAST, c.urgent DESC,
         coalesce(s.answer_by, c.deadline) NULLS LAST, s.opened_at, c.id
LIMIT %(limit)s
