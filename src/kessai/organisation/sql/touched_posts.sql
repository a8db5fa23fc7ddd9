-- Every touched post: whether anybody had its tasks, and whether anybody will.
SELECT post_id, cardinality(before_ids) > 0 AS was_held, cardinality(after_ids) > 0 AS will_be_held, successor_id
FROM organisation_touched WHERE moved
