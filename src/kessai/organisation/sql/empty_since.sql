-- Since when nobody holds some posts: the day after the last one left, or on which the post ended; those that were
-- never held since they began.
SELECT asked.id AS post_id,
       coalesce(max(upper(a.period)),
                (SELECT min(lower(v.period)) FROM organisation_postversion v WHERE v.post_id = asked.id)) AS since
FROM unnest(%(posts)s::bigint[]) AS asked(id)
LEFT JOIN organisation_appointment a ON a.post_id = asked.id AND upper(a.period) <= %(day)s
GROUP BY asked.id
