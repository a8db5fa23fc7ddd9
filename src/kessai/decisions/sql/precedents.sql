-- Decided cases whose questions (they hold the titles) have most of the pairs of letters asked for: the latest of a unit, and the latest of its
-- ministry of some kinds of matter. Bounded on both sides, however many cases there are. No access check.
WITH pool AS (
    (SELECT c.id, c.question, c.matter_code, c.revision, c.decided_at, TRUE AS own_unit
     FROM decisions_case c
     WHERE c.tenant_id = %(tenant)s AND c.drafter_unit_id = %(unit)s AND c.decided_at IS NOT NULL
       AND (%(matter)s = '' OR c.matter_code = %(matter)s)
     ORDER BY c.decided_at DESC LIMIT %(of_unit)s)
    UNION ALL
    (SELECT c.id, c.question, c.matter_code, c.revision, c.decided_at, FALSE
     FROM unnest(%(matters)s::text[]) AS wanted(matter)
     CROSS JOIN LATERAL (
         SELECT * FROM decisions_case c
         WHERE c.tenant_id = %(tenant)s AND c.matter_code = wanted.matter AND c.decided_at IS NOT NULL
         ORDER BY c.decided_at DESC LIMIT %(of_ministry)s) AS c
     WHERE c.drafter_unit_id <> %(unit)s)
)
SELECT p.*, (SELECT count(*) FROM unnest(%(grams)s::text[]) AS g WHERE strpos(said.question, g) > 0) AS hits
FROM pool p
CROSS JOIN LATERAL (SELECT lower(normalize(p.question, NFKC)) AS question) AS said
ORDER BY hits DESC, p.own_unit DESC, p.decided_at DESC
LIMIT %(limit)s
