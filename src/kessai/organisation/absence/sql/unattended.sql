-- Of some posts, as far as they are there on a day, those that nobody holds, and those of whose holders somebody was away since a point in time.
SELECT asked.id AS post_id
FROM unnest(%(posts)s::bigint[]) AS asked(id)
WHERE EXISTS (
    SELECT 1 FROM organisation_postversion v
    WHERE v.post_id = asked.id AND (v.period @> %(day)s::date) IS TRUE)
  AND (NOT EXISTS (
    SELECT 1 FROM organisation_appointment a
    WHERE a.post_id = asked.id AND (a.period @> %(day)s::date) IS TRUE)
   OR EXISTS (
    SELECT 1 FROM organisation_appointment a
    JOIN organisation_absence away ON away.person_id = a.person_id
    WHERE a.post_id = asked.id AND (a.period @> %(day)s::date) IS TRUE
      AND lower(away.period) <= %(at)s AND upper(away.period) > %(since)s
      AND (away.ended_at IS NULL OR (away.ended_at > %(since)s AND away.ended_at > lower(away.period)))))
