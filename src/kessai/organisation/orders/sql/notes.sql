-- What is worth a look in a set of orders, after its plan: lines that change nothing, people left without a post.
INSERT INTO order_note (number, what, other)
SELECT s.number, 'already', NULL FROM order_stay s
UNION ALL
SELECT l.number, 'nobody', NULL FROM order_line l
WHERE l.good AND l.act IN ('end', 'retire') AND NOT EXISTS (
    SELECT FROM order_end e WHERE CASE WHEN l.post_id IS NULL THEN e.person_id = l.person_id
                                       ELSE e.post_id = l.post_id END)
UNION ALL
SELECT stranded.number, 'stranded', h.name FROM (
    SELECT DISTINCT ON (e.person_id) e.person_id, e.number
    FROM order_end e
    WHERE NOT EXISTS (SELECT FROM order_begin b WHERE b.person_id = e.person_id)
      AND NOT EXISTS (SELECT FROM organisation_appointment a
                      WHERE a.person_id = e.person_id AND (a.period @> %(day)s::date) IS TRUE
                        AND NOT EXISTS (SELECT FROM order_end o WHERE o.id = a.id))
    ORDER BY e.person_id, e.asked DESC, e.number
) stranded
JOIN order_line l ON l.number = stranded.number AND l.act IN ('appoint', 'fold')
JOIN organisation_person h ON h.id = stranded.person_id
