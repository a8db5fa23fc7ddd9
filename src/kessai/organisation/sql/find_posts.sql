-- Posts of a ministry, on a day, whose title, unit, code or holder's name holds every word; those whose own title,
-- code or holder does first, the lowest levels, who draft, among them.
SELECT p.id AS post_id, p.code, pv.title, pv.title_en, uv.name AS unit_name, uv.name_en AS unit_name_en,
       h.name AS holder_name
FROM organisation_post p
JOIN organisation_postversion pv ON pv.post_id = p.id AND pv.period @> %(day)s::date
JOIN organisation_unitversion uv ON uv.unit_id = pv.unit_id AND uv.period @> %(day)s::date
LEFT JOIN LATERAL (
    SELECT string_agg(hp.name, '・' ORDER BY a.place) AS name
    FROM organisation_appointment a JOIN organisation_person hp ON hp.id = a.person_id
    WHERE a.post_id = p.id AND (a.period @> %(day)s::date) IS TRUE
) h ON TRUE
WHERE p.tenant_id = %(tenant)s
  AND NOT EXISTS (
      SELECT 1 FROM unnest(%(patterns)s::text[]) AS w(pattern)
      WHERE NOT concat_ws(' ', uv.name, pv.title, p.code, h.name, replace(h.name, ' ', ''), uv.name_en, pv.title_en)
                ILIKE w.pattern)
ORDER BY EXISTS (
      SELECT 1 FROM unnest(%(patterns)s::text[]) AS w(pattern)
      WHERE NOT concat_ws(' ', pv.title, p.code, h.name, replace(h.name, ' ', ''), pv.title_en) ILIKE w.pattern),
  array_position(%(levels)s::text[], pv.level::text), p.id
LIMIT %(limit)s
