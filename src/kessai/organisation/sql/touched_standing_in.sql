-- Deputies and secretaries in force on the day that the changes touch. ``why``: vacant, nobody has the post of who
-- stands in, which is to lapse; appointed, they go on and the holder who appointed them leaves; other, somebody else
-- stands in or is stood in for.
SELECT d.kind, d.post_id, d.other_id, d.why,
       count(*) OVER (PARTITION BY d.kind) AS total,
       count(*) FILTER (WHERE d.why = 'vacant') OVER (PARTITION BY d.kind) AS lapsing
FROM (
    SELECT s.kind, s.post_id, s.other_id, s.ordinal,
           CASE WHEN other.moved AND (cardinality(other.after_ids) = 0 OR other.successor_id IS NOT NULL) THEN 'vacant'
                WHEN s.basis = 'holder' AND own.moved THEN 'appointed' ELSE 'other' END AS why
    FROM (
        SELECT 'deputy' AS kind, post_id, deputy_id AS other_id, basis, ordinal FROM organisation_deputy
        WHERE (period @> %(day)s::date) IS TRUE
      UNION ALL
        SELECT 'secretary', post_id, secretary_id, '', 1 FROM organisation_secretary
        WHERE (period @> %(day)s::date) IS TRUE
    ) s
    LEFT JOIN organisation_touched own ON own.post_id = s.post_id AND own.moved
    LEFT JOIN organisation_touched other ON other.post_id = s.other_id AND other.moved
    WHERE own.post_id IS NOT NULL OR other.post_id IS NOT NULL
) d
ORDER BY array_position('{vacant,appointed,other}'::text[], d.why), d.kind, d.post_id, d.ordinal
LIMIT %(limit)s
