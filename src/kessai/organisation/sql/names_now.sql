-- What posts and units with given codes, abolished by a day, are then: name (post:<code> or unit:<code>) and the name
-- of the post or main unit that succeeded it in the end.
WITH RECURSIVE posts AS (
    SELECT p.id AS asked_id, p.id, 0 AS hops FROM organisation_post p
    WHERE p.tenant_id = %(tenant)s AND p.code = ANY(%(posts)s)
  UNION ALL
    SELECT posts.asked_id, s.successor_id, posts.hops + 1 FROM posts
    JOIN organisation_postsuccession s ON s.post_id = posts.id AND (s.period @> %(day)s::date) IS TRUE
    WHERE posts.hops < 50
), units AS (
    SELECT u.id AS asked_id, u.id, 0 AS hops FROM organisation_unit u
    WHERE u.tenant_id = %(tenant)s AND u.code = ANY(%(units)s)
  UNION ALL
    SELECT units.asked_id, s.successor_id, units.hops + 1 FROM units
    JOIN organisation_unitsuccession s ON s.unit_id = units.id AND s.main AND (s.period @> %(day)s::date) IS TRUE
    WHERE units.hops < 50
)
(SELECT DISTINCT ON (posts.asked_id) 'post:' || old.code AS name, 'post:' || now.code AS now
 FROM posts JOIN organisation_post old ON old.id = posts.asked_id JOIN organisation_post now ON now.id = posts.id
 ORDER BY posts.asked_id, posts.hops DESC)
UNION ALL
(SELECT DISTINCT ON (units.asked_id) 'unit:' || old.code, 'unit:' || now.code
 FROM units JOIN organisation_unit old ON old.id = units.asked_id JOIN organisation_unit now ON now.id = units.id
 ORDER BY units.asked_id, units.hops DESC)
