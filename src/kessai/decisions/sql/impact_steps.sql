-- The touched steps: those that nobody would have first, then open ones, those that wait longest first; reading last.
SELECT i.case_id, i.title, i.matter_name, i.drafter_unit_name AS drafter_unit, i.position, i.kind, i.state, i.post_id, i.opened_at, t.after_ids = '{}' AS stuck
FROM decisions_impact i JOIN organisation_touched t ON t.post_id = i.post_id
WHERE i.touched AND (t.after_ids = '{}' OR NOT %(stuck)s) AND (i.kind <> 'circulate' OR NOT %(stuck)s)
ORDER BY i.kind = 'circulate', t.after_ids <> '{}', i.state <> 'open', i.opened_at, i.submitted_at, i.case_id, i.position
LIMIT %(limit)s
