-- Those of some codes that a unit or post of the ministry has or once had.
SELECT 'unit' AS what, u.code FROM organisation_unit u
WHERE u.tenant_id = %(tenant)s AND u.code = ANY(%(units)s)
  AND EXISTS (SELECT 1 FROM organisation_unitversion uv WHERE uv.unit_id = u.id)
UNION ALL
SELECT 'post', p.code FROM organisation_post p
WHERE p.tenant_id = %(tenant)s AND p.code = ANY(%(posts)s)
  AND EXISTS (SELECT 1 FROM organisation_postversion pv WHERE pv.post_id = p.id)
