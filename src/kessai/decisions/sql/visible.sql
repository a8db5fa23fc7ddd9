-- Which of some cases a person may see: holds a post that drafted it, stands on its route or was asked about it, or is
-- its secretary; acted on it; looked at it before it was submitted, or had drafted it and gave it away; holds a post in
-- the unit that drafted it, or in a joint unit; or is a deputy of a post that nobody is at, while the case waits there, and for a day after it was answered there, or while the post is asked a
-- question. Of a destroyed case nothing is left to be seen.
SELECT c.id
FROM decisions_case c
WHERE c.tenant_id = %(tenant)s AND c.id = ANY(%(cases)s) AND c.state <> 'destroyed'
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
                  WHERE s.tenant_id = c.tenant_id AND s.case_id = c.id AND s.round = c.round
                    AND s.post_id = ANY(%(stands_in)s)
                    AND EXISTS (SELECT 1 FROM unnest(%(stands_in_posts)s::bigint[], %(stands_in_kinds)s::text[],
                                             %(stands_in_matters)s::text[]) AS d(post_id, kind, matter)
                        WHERE d.post_id = s.post_id AND d.kind = s.kind AND d.matter IN ('', c.matter_code))
                    AND (s.state = 'open' OR (s.state = 'done' AND c.updated_at > %(lately)s)
                         OR (s.state = 'waiting' AND (s.case_id, s.position) IN (
                             SELECT * FROM unnest(%(stands_in_shown_cases)s::uuid[],
                                                  %(stands_in_shown_positions)s::int[]))))))
