-- Every step that is open or to come, of the cases under way, whose post is touched by a set of changes; and the other
-- steps to come of the same cases. A finished case has only readers left.
CREATE TEMPORARY TABLE decisions_impact ON COMMIT DROP AS
WITH flight AS MATERIALIZED (
    SELECT DISTINCT s.case_id FROM decisions_step s WHERE s.tenant_id = %(tenant)s AND s.state = 'open'
), steps AS MATERIALIZED (
    SELECT s.case_id, s.round, s.position, s.kind, s.state, s.post_id, s.opened_at, c.title, c.matter_name,
           c.drafter_unit_name, c.submitted_at, c.drafter_person_id, t.post_id IS NOT NULL AS touched
    FROM flight
    JOIN decisions_case c ON c.tenant_id = %(tenant)s AND c.id = flight.case_id
    JOIN decisions_step s ON s.tenant_id = %(tenant)s AND s.case_id = c.id AND s.round = c.round
    LEFT JOIN organisation_touched t ON t.post_id = s.post_id
    WHERE s.state IN ('open', 'waiting')
)
SELECT * FROM steps WHERE case_id IN (SELECT case_id FROM steps WHERE touched)
