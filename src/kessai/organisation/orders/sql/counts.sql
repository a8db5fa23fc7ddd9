-- What a planned set of orders does, counted.
WITH left_behind AS (
    SELECT DISTINCT e.person_id FROM order_end e
    WHERE NOT EXISTS (SELECT FROM order_begin b WHERE b.person_id = e.person_id)
      AND NOT EXISTS (SELECT FROM organisation_appointment a
                      WHERE a.person_id = e.person_id AND (a.period @> %(day)s::date) IS TRUE
                        AND NOT EXISTS (SELECT FROM order_end o WHERE o.id = a.id))
)
SELECT (SELECT count(*) FROM order_begin) AS begun,
       (SELECT count(*) FROM order_end) AS ended,
       (SELECT count(DISTINCT e.person_id) FROM order_end e
        WHERE EXISTS (SELECT FROM order_begin b WHERE b.person_id = e.person_id)) AS moved,
       (SELECT count(DISTINCT e.post_id) FROM order_end e
        WHERE NOT EXISTS (SELECT FROM order_begin b WHERE b.post_id = e.post_id)
          AND NOT EXISTS (SELECT FROM order_line l WHERE l.post_id = e.post_id AND l.good AND l.act = 'fold')
          AND NOT EXISTS (SELECT FROM organisation_appointment a
                          WHERE a.post_id = e.post_id AND (a.period @> %(day)s::date) IS TRUE
                            AND NOT EXISTS (SELECT FROM order_end o WHERE o.id = a.id))) AS vacated,
       (SELECT count(*) FROM order_line WHERE good AND act = 'fold') AS folded,
       (SELECT count(*) FROM order_line WHERE good AND act = 'keep_drafts') AS kept,
       (SELECT count(*) FROM left_behind) AS stranded,
       (SELECT count(*) FROM order_line) AS lines,
       (SELECT count(*) FROM order_fault) AS faults,
       (SELECT count(*) FROM order_note) AS notes
