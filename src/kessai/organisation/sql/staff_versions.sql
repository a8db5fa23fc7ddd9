-- Where the posts of the staff that waits sit, and what they are called.
INSERT INTO organisation_postversion (post_id, unit_id, period, title, title_en, level, in_line)
SELECT p.id, w.unit_id, daterange(%(day)s::date, NULL), w.title, w.title_en, w.level, w.in_line
FROM organisation_staff_waiting w
JOIN organisation_post p ON p.tenant_id = w.tenant_id AND p.code = w.post_code
