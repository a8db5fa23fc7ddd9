-- The deputies in force of some posts, or the posts whose deputies some posts are: those by rule before those that a
-- holder named, each in their order.
SELECT d.id, d.post_id, d.deputy_id, d.matters, d.basis, d.ordinal, lower(d.period) AS starts, upper(d.period) AS ends
FROM organisation_deputy d
WHERE (d.post_id = ANY(%(posts)s) OR d.deputy_id = ANY(%(deputies)s))
  AND (d.period @> %(day)s::date) IS TRUE
  AND d.appointed_at <= %(at)s AND (d.replaced_at IS NULL OR d.replaced_at > %(at)s)
ORDER BY d.post_id, d.basis <> 'rule', d.ordinal, d.id
