-- The posts of a ministry on a day, one row for each holder and one for a post that nobody holds.
SELECT pv.unit_id, p.code, pv.title, pv.title_en, pv.level, pv.in_line, pv.seats, n.staff_no, n.name, n.name_en,
       a.kind, lower(a.period) AS since
FROM organisation_post p
JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> %(day)s::date) IS TRUE
LEFT JOIN organisation_appointment a ON a.post_id = p.id AND (a.period @> %(day)s::date) IS TRUE
LEFT JOIN organisation_person n ON n.id = a.person_id
WHERE p.tenant_id = %(tenant)s
ORDER BY pv.unit_id, array_position(ARRAY['minister', 'vice_minister', 'director_general', 'councillor', 'director',
    'office_head', 'deputy_director', 'section_chief', 'officer'], pv.level::text), p.id, a.place
