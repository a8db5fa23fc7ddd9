-- Who holds some posts on a day, in the order of their places.
-- IS TRUE keeps the period out of the choice of index: a day selects nearly every row, an id one of them.
SELECT a.post_id, a.person_id, p.name
FROM organisation_appointment a JOIN organisation_person p ON p.id = a.person_id
WHERE a.post_id = ANY(%(posts)s) AND (a.period @> %(day)s::date) IS TRUE
ORDER BY a.post_id, a.place
