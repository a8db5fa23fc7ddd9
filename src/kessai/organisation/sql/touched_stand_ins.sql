-- Who could stand in for vacant posts from the day on, as the changes leave them: for each, a deputy or the highest
-- colleague in line of the same unit; the head of the unit, or of the nearest unit above that has one; and the keeper of
-- what it leaves, the nearest in line above it.
WITH RECURSIVE asked AS (
    SELECT a.id AS asked_id, pv.unit_id, pv.level FROM unnest(%(posts)s::bigint[]) AS a(id)
    JOIN LATERAL (SELECT v.unit_id, v.level FROM organisation_postversion v
                  WHERE v.post_id = a.id AND lower(v.period) <= %(day)s::date
                  ORDER BY v.period @> (%(day)s::date - 1) DESC, lower(v.period) DESC LIMIT 1) pv ON TRUE
), up AS (
    SELECT DISTINCT asked.unit_id AS start_id, asked.unit_id, 0 AS depth FROM asked
  UNION ALL
    SELECT up.start_id, uv.parent_id, up.depth + 1 FROM up
    JOIN organisation_unitversion uv ON uv.unit_id = up.unit_id AND (uv.period @> (%(day)s::date - 1)) IS TRUE
    WHERE uv.parent_id IS NOT NULL AND up.depth < 20
), seats AS (
    SELECT up.start_id, up.depth, pv.post_id, array_position(%(levels)s::text[], pv.level::text) AS rank,
           coalesce(t.after_ids[1], (
               SELECT a.person_id FROM organisation_appointment a
               WHERE t.post_id IS NULL AND a.post_id = pv.post_id AND (a.period @> %(day)s::date) IS TRUE
               ORDER BY a.place LIMIT 1)) AS person_id
    FROM up
    JOIN organisation_postversion pv ON pv.unit_id = up.unit_id AND (pv.period @> (%(day)s::date - 1)) IS TRUE
        AND (pv.in_line OR up.depth = 0 AND EXISTS (SELECT 1 FROM organisation_deputy d WHERE d.deputy_id = pv.post_id))
    LEFT JOIN organisation_touched t ON t.post_id = pv.post_id
    WHERE t.successor_id IS NULL
), deputies AS (
    SELECT DISTINCT ON (asked.asked_id) asked.asked_id, s.post_id, s.person_id
    FROM asked JOIN seats s ON s.start_id = asked.unit_id AND s.depth = 0 AND s.post_id <> asked.asked_id
    LEFT JOIN organisation_deputy d ON d.post_id = asked.asked_id AND d.deputy_id = s.post_id
        AND (d.period @> %(day)s::date) IS TRUE
    WHERE s.person_id IS NOT NULL
    ORDER BY asked.asked_id, d.ordinal NULLS LAST, s.rank DESC, s.post_id
), heads AS (
    SELECT DISTINCT ON (asked.asked_id) asked.asked_id, s.post_id, s.person_id
    FROM asked JOIN seats s ON s.start_id = asked.unit_id AND s.post_id <> asked.asked_id
        AND (s.depth > 0 OR s.rank >= array_position(%(levels)s::text[], asked.level::text))
    WHERE s.person_id IS NOT NULL
    ORDER BY asked.asked_id, s.depth, s.rank DESC, s.post_id
), keepers AS (
    SELECT DISTINCT ON (asked.asked_id) asked.asked_id, s.post_id, s.person_id
    FROM asked JOIN seats s ON s.start_id = asked.unit_id AND s.post_id <> asked.asked_id
        AND s.rank >= array_position(%(levels)s::text[], asked.level::text)
    WHERE s.person_id IS NOT NULL
    ORDER BY asked.asked_id, s.depth, s.rank, s.post_id
)
SELECT found.kind, found.asked_id, p.id AS post_id, p.code, pv.title, pv.title_en, h.id AS person_id, h.staff_no, h.name
FROM (SELECT 'deputy' AS kind, * FROM deputies UNION ALL SELECT 'head', * FROM heads
      UNION ALL SELECT 'keeper', * FROM keepers) found
JOIN organisation_post p ON p.id = found.post_id
JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> (%(day)s::date - 1)) IS TRUE
JOIN organisation_person h ON h.id = found.person_id
