-- The posts that a person left in a stretch of days and does not hold on its last day, each with the day it is no more
-- theirs and its title of that day, and who holds it then.
SELECT a.post_id, upper(a.period) AS since, coalesce(now.title, pv.title) AS title, h.name AS holder_name
FROM organisation_appointment a
JOIN LATERAL (
    SELECT v.title FROM organisation_postversion v
    WHERE v.post_id = a.post_id AND (v.period @> (upper(a.period) - 1)) IS TRUE LIMIT 1
) pv ON TRUE
LEFT JOIN organisation_postversion now ON now.post_id = a.post_id AND (now.period @> %(day)s::date) IS TRUE
LEFT JOIN LATERAL (
    SELECT string_agg(p.name, '・' ORDER BY b.place) AS name
    FROM organisation_appointment b JOIN organisation_person p ON p.id = b.person_id
    WHERE b.post_id = a.post_id AND (b.period @> %(day)s::date) IS TRUE
) h ON TRUE
WHERE a.person_id = %(person)s AND upper(a.period) > %(since)s::date AND upper(a.period) <= %(day)s::date
  AND NOT EXISTS (SELECT FROM organisation_appointment b WHERE b.post_id = a.post_id AND b.person_id = a.person_id
                  AND (b.period @> %(day)s::date) IS TRUE)
ORDER BY upper(a.period) DESC, a.post_id
