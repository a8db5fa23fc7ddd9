-- The first faults and notes of a planned set of orders, by line, with what their words need.
SELECT f.grave, f.number, f.what, t.act, t.staff_no, t.name, t.post, t.into, t.kind, t.until,
       l.person_name AS person, l.title, l.seats, f.other, f.since, f.at_post
FROM (
    (SELECT TRUE AS grave, number, what, other, since, at_post FROM order_fault ORDER BY number, what LIMIT %(limit)s)
  UNION ALL
    (SELECT FALSE, number, what, other, NULL, NULL FROM order_note ORDER BY number, what LIMIT %(limit)s)
) f
JOIN order_line l ON l.number = f.number
JOIN organisation_orderline t ON t.change_id = %(change)s AND t.number = f.number
ORDER BY f.number, f.what
