-- A later set that rests on one that is to be taken back: it ended something this one began, or stands where
-- something this one ended would come back. IS TRUE keeps the periods, which nearly all overlap, out of the choice of
-- index.
WITH gone AS (
    SELECT 'appointment' AS what, post_id AS subject, place, person_id, kind, daterange(upper(period), ended_from) AS back
    FROM organisation_appointment WHERE ended_by = %(change)s
  UNION ALL
    SELECT 'post', post_id, 0, 0, '', daterange(upper(period), ended_from)
    FROM organisation_postversion WHERE ended_by = %(change)s
  UNION ALL
    SELECT 'unit', unit_id, 0, 0, '', daterange(upper(period), ended_from)
    FROM organisation_unitversion WHERE ended_by = %(change)s
  UNION ALL
    SELECT 'drafts', post_id, 0, 0, '', daterange(upper(period), ended_from)
    FROM organisation_draftkeeping WHERE ended_by = %(change)s
), resting AS (
    SELECT ended_by AS id FROM organisation_appointment WHERE change_id = %(change)s AND ended_by IS NOT NULL
  UNION ALL
    SELECT ended_by FROM organisation_postversion WHERE change_id = %(change)s AND ended_by IS NOT NULL
  UNION ALL
    SELECT ended_by FROM organisation_unitversion WHERE change_id = %(change)s AND ended_by IS NOT NULL
  UNION ALL
    SELECT ended_by FROM organisation_draftkeeping WHERE change_id = %(change)s AND ended_by IS NOT NULL
  UNION ALL
    SELECT a.change_id FROM organisation_appointment a JOIN gone ON gone.what = 'appointment'
        AND gone.subject = a.post_id AND gone.place = a.place AND (gone.back && a.period) IS TRUE
    WHERE a.change_id IS DISTINCT FROM %(change)s
  UNION ALL
    SELECT a.change_id FROM organisation_appointment a JOIN gone ON gone.what = 'appointment'
        AND gone.person_id = a.person_id AND gone.kind = 'regular' AND a.kind = 'regular' AND (gone.back && a.period) IS TRUE
    WHERE a.change_id IS DISTINCT FROM %(change)s
  UNION ALL
    SELECT v.change_id FROM organisation_postversion v JOIN gone ON gone.what = 'post' AND gone.subject = v.post_id
        AND (gone.back && v.period) IS TRUE
    WHERE v.change_id IS DISTINCT FROM %(change)s
  UNION ALL
    SELECT v.change_id FROM organisation_unitversion v JOIN gone ON gone.what = 'unit' AND gone.subject = v.unit_id
        AND (gone.back && v.period) IS TRUE
    WHERE v.change_id IS DISTINCT FROM %(change)s
  UNION ALL
    SELECT k.change_id FROM organisation_draftkeeping k JOIN gone ON gone.what = 'drafts' AND gone.subject = k.post_id
        AND (gone.back && k.period) IS TRUE
    WHERE k.change_id IS DISTINCT FROM %(change)s
)
SELECT COALESCE(c.title, '') FROM resting LEFT JOIN organisation_changeset c ON c.id = resting.id LIMIT 1
