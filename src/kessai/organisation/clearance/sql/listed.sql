-- The clearances of a ministry that are in force at a point in time or yet to come: of one post or person, if named.
SELECT k.id, p.code AS post, h.staff_no, k.covers, lower(k.period) AS starts, upper(k.period) AS ends
FROM organisation_clearance k
LEFT JOIN organisation_post p ON p.id = k.post_id
LEFT JOIN organisation_person h ON h.id = k.person_id
WHERE k.tenant_id = %(tenant)s AND k.replaced_at IS NULL AND (upper_inf(k.period) OR upper(k.period) > %(day)s::date)
  AND (%(post)s::bigint IS NULL OR k.post_id = %(post)s) AND (%(person)s::bigint IS NULL OR k.person_id = %(person)s)
ORDER BY p.code NULLS LAST, h.staff_no, k.covers, k.period
