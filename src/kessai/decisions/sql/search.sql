-- Cases a person may see whose number, title or drafter holds every word, or the revision of which is among some that
-- hold them in a file. Patterns come in NFKC, and so is what is compared: 第１２号 and 第12号 are one. With a day of
-- issue, only those that were issued then.
SELECT c.tenant_id, c.id AS case_id, c.title, c.number, c.state, c.drafter_unit_name AS drafter_unit,
       c.drafter_name, c.amount, c.submitted_at, c.decided_at,
       (SELECT max(i.issued_on) FROM decisions_issue i
        WHERE i.tenant_id = c.tenant_id AND i.case_id = c.id AND i.state = 'out') AS issued_on,
       c.revision, said.holds AS by_title
FROM decisions_case c
CROSS JOIN LATERAL (
    SELECT normalize(concat_ws(E'\n', c.title, c.number, c.drafter_name, replace(c.drafter_name, ' ', ''),
                               c.question), NFKC) ILIKE ALL (%(patterns)s::text[]) AS holds
    OFFSET 0) AS said
WHERE c.tenant_id = ANY(%(tenants)s)
  AND (said.holds
       OR (c.id, c.revision) IN (
           SELECT h.id, h.revision FROM unnest(%(held)s::uuid[], %(held_revisions)s::int[]) AS h(id, revision)))
  AND ((%(issued_from)s::date IS NULL AND %(issued_until)s::date IS NULL) OR EXISTS (
      SELECT 1 FROM decisions_issue i
      WHERE i.tenant_id = c.tenant_id AND i.case_id = c.id AND i.state = 'out'
        AND i.issued_on BETWEEN coalesce(%(issued_from)s::date, '-infinity')
                            AND coalesce(%(issued_until)s::date, 'infinity')))
  AND (c.needs = '{}' OR organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s))
  AND (c.drafter_post_id = ANY(%(seen_as)s)
       OR c.drafter_unit_id = ANY(%(units)s)
       OR c.joint_units && %(units)s::bigint[]
       OR EXISTS (SELECT 1 FROM decisions_step s
                  WHERE s.tenant_id = c.tenant_id AND s.case_id = c.id AND s.post_id = ANY(%(seen_as)s))
       OR EXISTS (SELECT 1 FROM decisions_preview p
                  WHERE p.tenant_id = c.tenant_id AND p.draft_id = c.id AND p.recorded_seq IS NOT NULL
                    AND (p.remarked_at IS NOT NULL OR (p.level = 'gave' AND p.withdrawn_at IS NULL))
                    AND (p.person_id = %(person)s OR p.post_id = ANY(%(posts)s)))
       OR EXISTS (SELECT 1 FROM decisions_request r
                  WHERE r.tenant_id = c.tenant_id AND r.case_id = c.id AND r.post_id = ANY(%(seen_as)s))
       OR EXISTS (SELECT 1 FROM decisions_request r
                  WHERE r.tenant_id = c.tenant_id AND r.case_id = c.id AND r.post_id = ANY(%(stands_in)s)
                    AND r.closed_seq IS NULL
                    AND EXISTS (SELECT 1 FROM unnest(%(stands_in_posts)s::bigint[], %(stands_in_kinds)s::text[],
                                             %(stands_in_matters)s::text[]) AS d(post_id, kind, matter)
                        WHERE d.post_id = r.post_id AND d.kind = r.kind AND d.matter IN ('', c.matter_code)))
       OR EXISTS (SELECT 1 FROM decisions_event e
                  WHERE e.tenant_id = c.tenant_id AND e.case_id = c.id AND e.person_id = %(person)s)
       OR EXISTS (SELECT 1 FROM decisions_step s
                  WHERE s.tenant_id = c.tenant_id AND s.case_id = c.id AND s.round = c.round AND s.state = 'open'
                    AND s.post_id = ANY(%(stands_in)s)
                    AND EXISTS (SELECT 1 FROM unnest(%(stands_in_posts)s::bigint[], %(stands_in_kinds)s::text[],
                                             %(stands_in_matters)s::text[]) AS d(post_id, kind, matter)
                        WHERE d.post_id = s.post_id AND d.kind = s.kind AND d.matter IN ('', c.matter_code))))
ORDER BY coalesce(c.decided_at, c.submitted_at) DESC, c.id
LIMIT %(limit)s
