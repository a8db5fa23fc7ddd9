-- The appointments that some lines of a planned set begin.
INSERT INTO organisation_appointment (post_id, person_id, kind, place, period, change_id)
SELECT b.post_id, b.person_id, b.kind, b.place, daterange(%(day)s::date, b.upto), %(change)s
FROM order_begin b
WHERE b.number >= %(first)s AND b.number < %(below)s
