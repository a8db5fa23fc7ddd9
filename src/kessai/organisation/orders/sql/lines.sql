-- A page of the lines of a set of orders as they were typed.
SELECT number, act, staff_no, name, post, "into", kind, until, note
FROM organisation_orderline
WHERE change_id = %(change)s AND (%(only)s::int[] IS NULL OR number = ANY(%(only)s::int[]))
ORDER BY number
LIMIT %(limit)s OFFSET %(offset)s
