-- Ends the appointments that some lines of a planned set end, and keeps the end each had.
UPDATE organisation_appointment a
SET period = daterange(lower(a.period), %(day)s::date), ended_by = %(change)s, ended_from = upper(a.period)
FROM order_end e
WHERE e.id = a.id AND e.number >= %(first)s AND e.number < %(below)s
