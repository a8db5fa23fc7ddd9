-- The scheduled sets of changes of a ministry that take effect after a day, the soonest first.
SELECT id AS change_id, kind, title, effective AS day FROM organisation_changeset
WHERE tenant_id = %(tenant)s AND state = 'scheduled' AND effective > %(day)s::date
ORDER BY effective, scheduled_at LIMIT 20
