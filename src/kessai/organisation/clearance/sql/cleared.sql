-- What some people are cleared for at a point in time: by themselves, and through the posts they hold on the day.
-- IS TRUE keeps the period out of the choice of index: a day selects nearly every row, an id one of them.
SELECT DISTINCT k.person_id, k.covers
FROM (
    SELECT c.person_id, c.covers, c.period, c.given_at, c.replaced_at
    FROM organisation_clearance c WHERE c.person_id = ANY(%(people)s)
  UNION ALL
    SELECT a.person_id, c.covers, c.period, c.given_at, c.replaced_at
    FROM organisation_appointment a JOIN organisation_clearance c ON c.post_id = a.post_id
    WHERE a.person_id = ANY(%(people)s) AND (a.period @> %(day)s::date) IS TRUE
) k
WHERE (k.period @> %(day)s::date) IS TRUE AND k.given_at <= %(at)s AND (k.replaced_at IS NULL OR k.replaced_at > %(at)s)
