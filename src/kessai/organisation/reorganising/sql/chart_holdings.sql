-- Who holds some posts on a day or later, with the codes of the other posts they hold on that day.
SELECT a.post_id, a.id AS appointment_id, a.person_id, person.name AS person_name, a.place, lower(a.period) AS starts,
       upper(a.period) AS ends,
       ARRAY(SELECT p.code FROM organisation_appointment o JOIN organisation_post p ON p.id = o.post_id
             WHERE o.person_id = a.person_id AND o.post_id <> a.post_id
               AND (o.period @> %(day)s::date) IS TRUE) AS elsewhere
FROM organisation_appointment a
JOIN organisation_person person ON person.id = a.person_id
WHERE a.post_id = ANY(%(posts)s) AND (a.period && daterange(%(day)s::date, NULL)) IS TRUE
ORDER BY a.post_id, a.place, lower(a.period)
