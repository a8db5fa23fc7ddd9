-- The posts of some units on a day with everyone who holds them, and for each the next day on which its title, its
-- unit or its holders change, with what it will then be. The highest first.
SELECT pv.unit_id, pv.post_id, p.code, pv.title, pv.title_en, pv.level, pv.seats, h.holders,
       coming.day AS next_day, then_is.title AS next_title, then_is.title_en AS next_title_en,
       then_is.unit_id AS next_unit_id, coalesce(then_holds.holders, '[]') AS next_holders,
       s.successor_id AS next_successor_id, then_does.title AS next_successor_title,
       then_does.title_en AS next_successor_title_en
FROM organisation_postversion pv
JOIN organisation_post p ON p.id = pv.post_id
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('person_id', a.person_id, 'name', n.name, 'name_en', n.name_en,
                                                 'kind', a.kind, 'since', lower(a.period)) ORDER BY a.place), '[]')
           AS holders
    FROM organisation_appointment a JOIN organisation_person n ON n.id = a.person_id
    WHERE a.post_id = pv.post_id AND (a.period @> %(day)s::date) IS TRUE
) h
CROSS JOIN LATERAL (
    SELECT min(change.day) AS day FROM (
        SELECT lower(a.period) FROM organisation_appointment a WHERE a.post_id = pv.post_id
      UNION ALL
        SELECT upper(a.period) FROM organisation_appointment a WHERE a.post_id = pv.post_id
      UNION ALL
        SELECT upper(v.period) FROM organisation_postversion v WHERE v.post_id = pv.post_id
    ) AS change(day)
    WHERE change.day > %(day)s::date
) coming
LEFT JOIN organisation_postversion then_is
    ON then_is.post_id = pv.post_id AND (then_is.period @> coming.day) IS TRUE
LEFT JOIN organisation_postsuccession s ON s.post_id = pv.post_id AND (s.period @> coming.day) IS TRUE
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('person_id', a.person_id, 'name', n.name, 'name_en', n.name_en,
                                        'kind', a.kind, 'since', lower(a.period)) ORDER BY a.place) AS holders
    FROM organisation_appointment a JOIN organisation_person n ON n.id = a.person_id
    WHERE a.post_id = pv.post_id AND (a.period @> coming.day) IS TRUE
) then_holds ON TRUE
LEFT JOIN organisation_postversion then_does
    ON then_does.post_id = s.successor_id AND (then_does.period @> coming.day) IS TRUE
WHERE pv.unit_id = ANY(%(units)s) AND (pv.period @> %(day)s::date) IS TRUE
ORDER BY pv.unit_id, array_position(ARRAY['minister', 'vice_minister', 'director_general', 'councillor', 'director',
    'office_head', 'deputy_director', 'section_chief', 'officer'], pv.level::text), NOT pv.in_line, p.id
