-- A set that was scheduled after another one and speaks of the same people, posts or units: it was checked on a
-- chart that had the other one, and means something else on a chart without it.
WITH sets AS (
    SELECT later.id FROM organisation_changeset c
    JOIN organisation_changeset later ON later.tenant_id = c.tenant_id AND later.state = 'scheduled'
        AND (later.id = c.id OR later.scheduled_at >= c.scheduled_at)
    WHERE c.id = %(change)s
), touched AS (
    SELECT a.change_id AS set_id, 'person' AS what, a.person_id AS id FROM organisation_appointment a
    WHERE a.change_id IN (SELECT id FROM sets)
  UNION ALL
    SELECT a.change_id, 'post', a.post_id FROM organisation_appointment a WHERE a.change_id IN (SELECT id FROM sets)
  UNION ALL
    SELECT a.ended_by, 'person', a.person_id FROM organisation_appointment a WHERE a.ended_by IN (SELECT id FROM sets)
  UNION ALL
    SELECT a.ended_by, 'post', a.post_id FROM organisation_appointment a WHERE a.ended_by IN (SELECT id FROM sets)
  UNION ALL
    SELECT l.change_id, 'person', h.id FROM organisation_orderline l
    JOIN organisation_changeset c ON c.id = l.change_id
    JOIN organisation_person h ON h.tenant_id = c.tenant_id AND h.staff_no = l.staff_read
    WHERE l.change_id IN (SELECT id FROM sets)
  UNION ALL
    SELECT l.change_id, 'post', p.id FROM organisation_orderline l
    JOIN organisation_changeset c ON c.id = l.change_id
    JOIN organisation_post p ON p.tenant_id = c.tenant_id AND p.code IN (l.post_read, l.into_read)
    WHERE l.change_id IN (SELECT id FROM sets)
  UNION ALL
    SELECT s.change_id, 'post', t.id FROM organisation_postsuccession s
    CROSS JOIN LATERAL (VALUES (s.post_id), (s.successor_id)) AS t(id) WHERE s.change_id IN (SELECT id FROM sets)
  UNION ALL
    SELECT k.change_id, 'post', t.id FROM organisation_draftkeeping k
    CROSS JOIN LATERAL (VALUES (k.post_id), (k.keeper_id)) AS t(id) WHERE k.change_id IN (SELECT id FROM sets)
  UNION ALL
    SELECT t.id, 'post', v.post_id FROM organisation_postversion v
    CROSS JOIN LATERAL (VALUES (v.change_id), (v.ended_by)) AS t(id) WHERE t.id IN (SELECT id FROM sets)
  UNION ALL
    SELECT t.id, 'unit', v.unit_id FROM organisation_unitversion v
    CROSS JOIN LATERAL (VALUES (v.change_id), (v.ended_by)) AS t(id) WHERE t.id IN (SELECT id FROM sets)
  UNION ALL
    SELECT s.change_id, 'unit', t.id FROM organisation_unitsuccession s
    CROSS JOIN LATERAL (VALUES (s.unit_id), (s.successor_id)) AS t(id) WHERE s.change_id IN (SELECT id FROM sets)
)
SELECT c.title
FROM touched mine
JOIN touched others ON others.what = mine.what AND others.id = mine.id AND others.set_id <> mine.set_id
JOIN organisation_changeset c ON c.id = others.set_id
WHERE mine.set_id = %(change)s
ORDER BY c.scheduled_at DESC
LIMIT 1
