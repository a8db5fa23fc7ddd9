-- How many steps and cases are touched, and how many of them nobody would have.
SELECT count(DISTINCT i.case_id) FILTER (WHERE i.kind <> 'circulate') AS cases,
       count(*) FILTER (WHERE i.state = 'open' AND i.kind <> 'circulate') AS open_steps,
       count(*) FILTER (WHERE i.state = 'waiting' AND i.kind <> 'circulate') AS waiting_steps,
       count(*) FILTER (WHERE i.kind = 'circulate') AS readings,
       count(*) FILTER (WHERE t.after_ids = '{}' AND i.state = 'open' AND i.kind <> 'circulate') AS stuck_open,
       count(*) FILTER (WHERE t.after_ids = '{}' AND i.state = 'waiting' AND i.kind <> 'circulate') AS stuck_waiting
FROM decisions_impact i JOIN organisation_touched t ON t.post_id = i.post_id
WHERE i.touched
