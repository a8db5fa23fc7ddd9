-- Something that came to the chart by import, and stands where what a set ended would come back. IS TRUE keeps the
-- periods, which nearly all overlap, out of the choice of index.
WITH gone AS (
    SELECT 'appointment' AS what, post_id AS subject, place, daterange(upper(period), ended_from) AS back
    FROM organisation_appointment WHERE ended_by = %(change)s
  UNION ALL
    SELECT 'post', post_id, 0, daterange(upper(period), ended_from)
    FROM organisation_postversion WHERE ended_by = %(change)s
  UNION ALL
    SELECT 'unit', unit_id, 0, daterange(upper(period), ended_from)
    FROM organisation_unitversion WHERE ended_by = %(change)s
), resting AS (
    SELECT a.id FROM organisation_appointment a JOIN gone ON gone.what = 'appointment'
        AND gone.subject = a.post_id AND gone.place = a.place AND (gone.back && a.period) IS TRUE
    WHERE a.change_id IS NULL
  UNION ALL
    SELECT v.id FROM organisation_postversion v JOIN gone ON gone.what = 'post' AND gone.subject = v.post_id
        AND (gone.back && v.period) IS TRUE
    WHERE v.change_id IS NULL
  UNION ALL
    SELECT v.id FROM organisation_unitversion v JOIN gone ON gone.what = 'unit' AND gone.subject = v.unit_id
        AND (gone.back && v.period) IS TRUE
    WHERE v.change_id IS NULL
)
SELECT '' FROM resting LIMIT 1
