-- The secretaries in force of some posts, or the posts whose secretaries some posts are.
SELECT s.id, s.post_id, s.secretary_id, s.scopes, lower(s.period) AS starts, upper(s.period) AS ends
FROM organisation_secretary s
WHERE (s.post_id = ANY(%(posts)s) OR s.secretary_id = ANY(%(secretaries)s))
  AND (s.period @> %(day)s::date) IS TRUE
  AND s.appointed_at <= %(at)s AND (s.replaced_at IS NULL OR s.replaced_at > %(at)s)
ORDER BY s.post_id, s.id
