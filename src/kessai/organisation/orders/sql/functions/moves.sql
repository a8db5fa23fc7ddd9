-- What the good lines of a set of orders do to the chart, after organisation_order_lines in the same transaction:
-- order_stay (lines that change nothing), order_end (appointments that end), order_begin (that begin, with their
-- place). What the chart does not allow goes to order_fault, and is then no part of them.
CREATE FUNCTION organisation_order_moves(wanted uuid) RETURNS void LANGUAGE plpgsql
SET client_min_messages = warning AS $$
DECLARE
    effective_on date;
BEGIN
    SELECT c.effective INTO STRICT effective_on FROM organisation_changeset c WHERE c.id = wanted;
    DROP TABLE IF EXISTS order_stay, order_end, order_begin;

    CREATE TEMPORARY TABLE order_stay ON COMMIT DROP AS
    SELECT DISTINCT ON (l.number) l.number, l.post_id, a.id
    FROM order_line l
    JOIN organisation_appointment a ON a.post_id = l.post_id AND a.person_id = l.person_id AND a.kind = l.kind
        AND (a.period @> effective_on) IS TRUE AND upper(a.period) IS NOT DISTINCT FROM l.upto
        AND a.ended_by IS NULL
    WHERE l.good AND l.act = 'appoint'
    ORDER BY l.number, a.place;
    ANALYZE order_stay;

    -- Who leaves: whoever makes room on a post, has a new regular post, is appointed in another way to the same
    -- post, is relieved or retires, or holds a post that is folded.
    CREATE TEMPORARY TABLE order_end ON COMMIT DROP AS
    SELECT DISTINCT ON (a.id) a.id, a.post_id, a.person_id, a.kind, lower(a.period) AS since, upper(a.period) AS upto,
           a.ended_by, w.number, w.asked
    FROM (
        SELECT a.id, full_posts.number, FALSE AS asked
        FROM (SELECT post_id, min(number) AS number FROM order_line WHERE good AND act = 'appoint'
              GROUP BY post_id, seats HAVING count(*) >= seats) full_posts
        JOIN organisation_appointment a ON a.post_id = full_posts.post_id AND (a.period @> effective_on) IS TRUE
      UNION ALL
        SELECT a.id, l.number, TRUE FROM order_line l
        JOIN organisation_appointment a ON a.person_id = l.person_id AND (a.period @> effective_on) IS TRUE
        WHERE l.good AND l.act = 'appoint' AND (l.kind = 'regular' AND a.kind = 'regular' OR a.post_id = l.post_id)
      UNION ALL
        SELECT a.id, l.number, TRUE FROM order_line l
        JOIN organisation_appointment a ON a.post_id = l.post_id AND (a.period @> effective_on) IS TRUE
        WHERE l.good AND l.act = 'end' AND (l.person_id IS NULL OR a.person_id = l.person_id)
          AND (l.kind = '' OR a.kind = l.kind)
      UNION ALL
        SELECT a.id, l.number, TRUE FROM order_line l
        JOIN organisation_appointment a ON a.person_id = l.person_id AND (a.period @> effective_on) IS TRUE
        WHERE l.good AND l.act IN ('end', 'retire') AND l.post_id IS NULL AND (l.kind = '' OR a.kind = l.kind)
      UNION ALL
        SELECT a.id, l.number, FALSE FROM order_line l
        JOIN organisation_appointment a ON a.post_id = l.post_id AND (a.period @> effective_on) IS TRUE
        WHERE l.good AND l.act = 'fold'
    ) w
    JOIN organisation_appointment a ON a.id = w.id
    WHERE NOT EXISTS (SELECT FROM order_stay s WHERE s.id = w.id)
    ORDER BY a.id, w.asked DESC, w.number;
    ANALYZE order_end;
    INSERT INTO order_fault (number, what, other)
    SELECT l.number, 'not_holder', NULL FROM order_line l
    WHERE l.good AND l.act = 'end' AND l.post_id IS NOT NULL AND l.person_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM organisation_appointment a
        WHERE a.post_id = l.post_id AND a.person_id = l.person_id AND (a.period @> effective_on) IS TRUE
          AND (l.kind = '' OR a.kind = l.kind));
    INSERT INTO order_fault (number, what, other, since, at_post)
    SELECT e.number, CASE WHEN e.since = effective_on THEN 'begins_same_day' ELSE 'ends_already' END,
           CASE WHEN e.since = effective_on THEN h.name ELSE c.title END, e.upto, p.code
    FROM order_end e
    JOIN organisation_person h ON h.id = e.person_id
    JOIN organisation_post p ON p.id = e.post_id
    LEFT JOIN organisation_changeset c ON c.id = e.ended_by
    WHERE e.since = effective_on OR e.ended_by IS NOT NULL;
    DELETE FROM order_end WHERE since = effective_on OR ended_by IS NOT NULL;

    -- Who comes, and on which of the places of a shared post: a place is free until the next one comes to it.
    CREATE TEMPORARY TABLE order_begin ON COMMIT DROP AS
    WITH coming AS (
        SELECT l.number, l.person_id, l.post_id, l.kind, l.upto, l.seats, row_number() OVER (
            PARTITION BY l.post_id ORDER BY COALESCE(l.upto, 'infinity') DESC, l.number) AS nth
        FROM order_line l
        WHERE l.good AND l.act = 'appoint' AND NOT EXISTS (SELECT FROM order_stay s WHERE s.number = l.number)
    ), posts AS (
        SELECT DISTINCT post_id, seats FROM coming
    ), taken AS (
        SELECT a.post_id, a.place, min(GREATEST(lower(a.period), effective_on)) AS since
        FROM organisation_appointment a JOIN posts ON posts.post_id = a.post_id
        WHERE (upper_inf(a.period) OR upper(a.period) > effective_on)
          AND NOT EXISTS (SELECT FROM order_end e WHERE e.id = a.id)
        GROUP BY a.post_id, a.place
    ), free AS (
        SELECT posts.post_id, s.place, COALESCE(taken.since, 'infinity') AS upto, row_number() OVER (
            PARTITION BY posts.post_id ORDER BY COALESCE(taken.since, 'infinity') DESC, s.place) AS nth
        FROM posts CROSS JOIN LATERAL generate_series(1, posts.seats) AS s(place)
        LEFT JOIN taken ON taken.post_id = posts.post_id AND taken.place = s.place
    )
    SELECT coming.number, coming.person_id, coming.post_id, coming.kind, coming.upto, free.place::smallint AS place,
           free.upto AS free_upto
    FROM coming JOIN free ON free.post_id = coming.post_id AND free.nth = coming.nth;
    ANALYZE order_begin;
    INSERT INTO order_fault (number, what, since)
    SELECT number, CASE WHEN free_upto = effective_on THEN 'seat_full' ELSE 'later' END, free_upto
    FROM order_begin WHERE COALESCE(upto, 'infinity') > free_upto;
    INSERT INTO order_fault (number, what, since)
    SELECT b.number, 'later_regular', min(lower(a.period))
    FROM order_begin b
    JOIN organisation_appointment a ON a.person_id = b.person_id AND a.kind = 'regular'
        AND lower(a.period) > effective_on AND (b.upto IS NULL OR lower(a.period) < b.upto)
    WHERE b.kind = 'regular'
    GROUP BY b.number;
    INSERT INTO order_fault (number, what, since)
    SELECT l.number, 'later_for_person', min(lower(a.period))
    FROM order_line l
    JOIN organisation_appointment a ON a.person_id = l.person_id AND lower(a.period) > effective_on
    WHERE l.good AND l.act IN ('end', 'retire') AND l.post_id IS NULL
    GROUP BY l.number;

    -- Posts that are folded have nothing after the day; posts whose drafts are kept have nobody on it.
    INSERT INTO order_fault (number, what)
    SELECT l.number, 'fold_same_day' FROM order_line l
    WHERE l.good AND l.act = 'fold' AND l.post_since = effective_on;
    INSERT INTO order_fault (number, what, since)
    SELECT number, 'fold_later', min(since) FROM (
        SELECT l.number, upper(v.period) AS since FROM order_line l
        JOIN organisation_postversion v ON v.post_id = l.post_id AND upper(v.period) > effective_on
        WHERE l.good AND l.act = 'fold'
      UNION ALL
        SELECT l.number, lower(a.period) FROM order_line l
        JOIN organisation_appointment a ON a.post_id = l.post_id AND lower(a.period) > effective_on
        WHERE l.good AND l.act = 'fold'
    ) plans GROUP BY number;
    INSERT INTO order_fault (number, what)
    SELECT DISTINCT l.number, 'kept' FROM order_line l
    JOIN organisation_draftkeeping k ON k.post_id = l.post_id AND (upper_inf(k.period) OR upper(k.period) > effective_on)
    WHERE l.good AND l.act = 'keep_drafts' AND (lower(k.period) >= effective_on OR k.ended_by IS NOT NULL);
    INSERT INTO order_fault (number, what)
    SELECT l.number, 'not_vacant' FROM order_line l
    WHERE l.good AND l.act = 'keep_drafts' AND (
        EXISTS (SELECT FROM order_begin b WHERE b.post_id = l.post_id)
        OR EXISTS (SELECT FROM organisation_appointment a WHERE a.post_id = l.post_id
                   AND (a.period @> effective_on) IS TRUE AND NOT EXISTS (SELECT FROM order_end e WHERE e.id = a.id)));
    UPDATE order_line l SET good = FALSE FROM order_fault f WHERE f.number = l.number AND l.good;
    DELETE FROM order_begin b USING order_line l WHERE l.number = b.number AND NOT l.good;
    DELETE FROM order_end e USING order_line l WHERE l.number = e.number AND NOT l.good;
END $$;
