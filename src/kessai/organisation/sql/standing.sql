-- Whose matters are those of the posts and units given, on a day: abolished posts and units whose successor one of
-- them is, however many steps away, and vacant posts whose drafts one of them keeps.
WITH RECURSIVE posts AS (
    SELECT held.id AS old, held.id AS via FROM unnest(%(posts)s::bigint[]) AS held(id)
  UNION
    SELECT s.post_id, posts.via FROM posts
    JOIN organisation_postsuccession s ON s.successor_id = posts.old AND (s.period @> %(day)s::date) IS TRUE
), units AS (
    SELECT held.id AS old, held.id AS via FROM unnest(%(units)s::bigint[]) AS held(id)
  UNION
    SELECT s.unit_id, units.via FROM units
    JOIN organisation_unitsuccession s ON s.successor_id = units.old AND (s.period @> %(day)s::date) IS TRUE
    -- A unit that gave something away and lives on keeps its own cases.
    WHERE NOT EXISTS (SELECT 1 FROM organisation_unitversion uv
                      WHERE uv.unit_id = s.unit_id AND (uv.period @> %(day)s::date) IS TRUE)
)
SELECT 'post' AS kind, old, via FROM posts WHERE old <> via
UNION ALL
SELECT 'unit', old, via FROM units WHERE old <> via
UNION ALL
SELECT 'drafts', k.post_id, posts.via FROM posts
JOIN organisation_draftkeeping k ON k.keeper_id = posts.old AND (k.period @> %(day)s::date) IS TRUE
WHERE NOT EXISTS (SELECT FROM organisation_appointment a
                  WHERE a.post_id = k.post_id AND (a.period @> %(day)s::date) IS TRUE)
