-- How many people have other tasks from the day on than on the day before.
SELECT count(DISTINCT person_id) AS total FROM (
    SELECT unnest(before_ids) AS person_id, post_id FROM organisation_touched WHERE moved
    EXCEPT SELECT unnest(after_ids), post_id FROM organisation_touched WHERE moved
  UNION ALL
    (SELECT unnest(after_ids), post_id FROM organisation_touched WHERE moved
     EXCEPT SELECT unnest(before_ids), post_id FROM organisation_touched WHERE moved)
) moving
