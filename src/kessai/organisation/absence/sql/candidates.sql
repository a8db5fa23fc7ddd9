-- Posts of some levels of a ministry on a day: those of some units, and those whose title, unit or holder has all
-- of some words; the highest first.
SELECT p.id AS post_id, pv.title, pv.title_en, pv.level, uv.name AS unit_name, uv.name_en AS unit_name_en,
       h.names
FROM organisation_post p
JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> %(day)s::date) IS TRUE
JOIN organisation_unitversion uv ON uv.unit_id = pv.unit_id AND (uv.period @> %(day)s::date) IS TRUE
LEFT JOIN LATERAL (
    SELECT string_agg(hp.name, '・' ORDER BY a.place) AS names
    FROM organisation_appointment a JOIN organisation_person hp ON hp.id = a.person_id
    WHERE a.post_id = p.id AND (a.period @> %(day)s::date) IS TRUE
) h ON TRUE
WHERE p.tenant_id = %(tenant)s AND p.id <> %(post)s AND pv.level = ANY(%(levels)s)
  AND (pv.unit_id = ANY(%(units)s)
       OR (cardinality(%(patterns)s::text[]) > 0
           AND NOT EXISTS (SELECT 1 FROM unnest(%(patterns)s::text[]) AS said(pattern)
                           WHERE NOT concat_ws(' ', uv.name, pv.title, h.names, replace(h.names, ' ', ''))
                                     ILIKE said.pattern)))
ORDER BY array_position(%(levels)s::text[], pv.level::text), uv.name, p.id
LIMIT %(limit)s
