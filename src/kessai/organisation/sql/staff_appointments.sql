-- Each person of the staff that waits in the post that was made for them.
INSERT INTO organisation_appointment (post_id, person_id, kind, period)
SELECT p.id, h.id, 'regular', daterange(%(day)s::date, NULL)
FROM organisation_staff_waiting w
JOIN organisation_post p ON p.tenant_id = w.tenant_id AND p.code = w.post_code
JOIN organisation_person h ON h.tenant_id = w.tenant_id AND h.staff_no = w.staff_no
