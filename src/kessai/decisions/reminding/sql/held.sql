-- The steps of a ministry that are on hold since before a day.
SELECT s.tenant_id, s.case_id, s.round, s.position, s.kind, s.post_id, s.post_title, s.unit_name, e.at AS held_at,
       c.drafter_post_id, c.drafter_person_id
FROM decisions_step s
JOIN decisions_case c ON c.tenant_id = s.tenant_id AND c.id = s.case_id AND c.round = s.round
JOIN decisions_event e ON e.tenant_id = s.tenant_id AND e.case_id = s.case_id AND e.seq = s.held_seq
WHERE s.tenant_id = %(tenant)s AND s.state = 'open' AND s.held_seq IS NOT NULL AND e.at < %(before)s
ORDER BY s.case_id, s.position
