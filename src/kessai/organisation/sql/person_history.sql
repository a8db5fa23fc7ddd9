-- What a person held, holds and will hold: one row for each stretch in which the post kept its title and its unit, with
-- the unit as it was called when the stretch began. The latest first.
SELECT a.post_id, a.kind, lower(stretch.period) AS starts, upper(stretch.period) AS ends, pv.title, pv.title_en,
       pv.unit_id, coalesce(uv.name, '') AS unit_name, coalesce(uv.name_en, '') AS unit_name_en,
       coalesce(c.title, '') AS change_title
FROM organisation_appointment a
JOIN organisation_person n ON n.id = a.person_id AND n.tenant_id = %(tenant)s
JOIN organisation_postversion pv ON pv.post_id = a.post_id AND pv.period && a.period
CROSS JOIN LATERAL (SELECT pv.period * a.period AS period) stretch
LEFT JOIN organisation_unitversion uv ON uv.unit_id = pv.unit_id AND (uv.period @> lower(stretch.period)) IS TRUE
LEFT JOIN organisation_changeset c ON c.id = a.change_id
WHERE a.person_id = %(person)s
ORDER BY lower(stretch.period) DESC, a.kind = 'regular' DESC, a.post_id
