-- The days of a period on which a ministry's units or posts, and so its lines of authority, begin or end.
SELECT DISTINCT turn.day
FROM (
    SELECT v.period FROM organisation_unitversion v JOIN organisation_unit u ON u.id = v.unit_id
    WHERE u.tenant_id = %(tenant)s
  UNION
    SELECT v.period FROM organisation_postversion v JOIN organisation_post p ON p.id = v.post_id
    WHERE p.tenant_id = %(tenant)s
  UNION
    SELECT s.period FROM organisation_postsuccession s JOIN organisation_post p ON p.id = s.post_id
    WHERE p.tenant_id = %(tenant)s
) AS had
CROSS JOIN LATERAL (VALUES (lower(had.period)), (upper(had.period))) AS turn(day)
WHERE turn.day >= %(since)s::date AND turn.day < %(until)s::date
ORDER BY turn.day
