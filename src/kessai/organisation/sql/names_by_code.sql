-- Units and posts of a ministry by code, as they are called on a day, and people by staff number; a code may be of all.
SELECT 'unit' AS what, u.code, uv.name, uv.name_en, '' AS unit_name, '' AS unit_name_en
FROM organisation_unit u
JOIN organisation_unitversion uv ON uv.unit_id = u.id AND (uv.period @> %(day)s::date) IS TRUE
WHERE u.tenant_id = %(tenant)s AND u.code = ANY(%(codes)s)
UNION ALL
SELECT 'post', p.code, pv.title, pv.title_en, uv.name, uv.name_en
FROM organisation_post p
JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> %(day)s::date) IS TRUE
JOIN organisation_unitversion uv ON uv.unit_id = pv.unit_id AND (uv.period @> %(day)s::date) IS TRUE
WHERE p.tenant_id = %(tenant)s AND p.code = ANY(%(codes)s)
UNION ALL
SELECT 'person', n.staff_no, n.name, n.name_en, '', ''
FROM organisation_person n WHERE n.tenant_id = %(tenant)s AND n.staff_no = ANY(%(codes)s)
