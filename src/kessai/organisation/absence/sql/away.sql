-- The absences of some people that are not over at a point in time, nor were ended by then.
SELECT person_id, lower(period) AS starts, upper(period) AS ends
FROM organisation_absence
WHERE person_id = ANY(%(people)s) AND upper(period) > %(at)s AND (ended_at IS NULL OR ended_at > %(at)s)
ORDER BY person_id, lower(period)
