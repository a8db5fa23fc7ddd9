-- How many steps each post that nobody would have has, with those of posts abolished in its favour: open, to come.
SELECT coalesce(t.successor_id, i.post_id) AS post_id, count(*) FILTER (WHERE i.state = 'open') AS open_steps,
       count(*) FILTER (WHERE i.state = 'waiting') AS waiting_steps
FROM decisions_impact i JOIN organisation_touched t ON t.post_id = i.post_id
WHERE i.touched AND t.after_ids = '{}' AND i.kind <> 'circulate'
GROUP BY 1
