-- People who would be at one case twice through the changes: at two of the steps to come, or at one after they drafted
-- it or did an earlier step. Position 0 is the drafter's. Two posts of which one takes over the other are one post:
-- who has both is asked once.
WITH places AS (
    SELECT i.case_id, i.position, i.post_id, coalesce(t.successor_id, i.post_id) AS acts_as, at.person_id, i.touched AND NOT at.person_id = ANY(t.before_ids) AS newly
    FROM decisions_impact i
    JOIN organisation_touched t ON t.post_id = i.post_id
    CROSS JOIN LATERAL unnest(t.after_ids) AS at(person_id)
    WHERE i.kind <> 'circulate'
  UNION ALL
    SELECT s.case_id, s.position, s.post_id, s.post_id, e.person_id, FALSE
    FROM (SELECT DISTINCT case_id, round FROM decisions_impact) i
    JOIN decisions_step s ON s.tenant_id = %(tenant)s AND s.case_id = i.case_id AND s.round = i.round
    JOIN decisions_event e ON e.tenant_id = %(tenant)s AND e.case_id = s.case_id AND e.seq = s.acted_seq
    WHERE s.state = 'done' AND s.kind <> 'circulate'
  UNION ALL
    SELECT DISTINCT case_id, 0, NULL::bigint, 0, drafter_person_id, FALSE FROM decisions_impact
), twice AS (
    SELECT case_id, person_id, array_agg(DISTINCT position ORDER BY position) AS positions
    FROM places GROUP BY case_id, person_id
    HAVING count(DISTINCT acts_as) > 1 AND bool_or(newly)
)
SELECT twice.case_id, c.title, c.matter_name, c.drafter_unit_name AS drafter_unit, twice.person_id, twice.positions,
       ARRAY(SELECT DISTINCT p.post_id FROM places p WHERE p.case_id = twice.case_id AND p.person_id = twice.person_id
             AND p.newly ORDER BY 1) AS new_posts,
       count(*) OVER () AS total
FROM twice JOIN decisions_case c ON c.tenant_id = %(tenant)s AND c.id = twice.case_id
ORDER BY cardinality(twice.positions) DESC, c.submitted_at, c.id, twice.person_id
LIMIT %(limit)s
