-- The lines of a set of orders with what they name, and which of them are at fault by themselves or beside each
-- other, in temporary tables of the transaction: order_line (good: not at fault), order_fault, order_note.
CREATE FUNCTION organisation_order_lines(wanted uuid) RETURNS void LANGUAGE plpgsql
SET client_min_messages = warning AS $$
DECLARE
    ministry integer;
    effective_on date;
    shared boolean;
BEGIN
    SELECT c.tenant_id, c.effective INTO STRICT ministry, effective_on FROM organisation_changeset c WHERE c.id = wanted;
    shared := EXISTS (SELECT FROM organisation_setting s WHERE s.tenant_id = ministry AND s.key = 'shared_posts'
                      AND s.period @> effective_on AND s.value = '"yes"');
    DROP TABLE IF EXISTS order_line, order_fault, order_note;
    CREATE TEMPORARY TABLE order_fault (number integer, what text, other text, since date, at_post text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE order_note (number integer, what text, other text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE order_line ON COMMIT DROP AS
    SELECT l.number, l.act_read AS act, l.until_read + 1 AS upto, l.until <> '' AS has_until,
           CASE WHEN l.act_read = 'appoint' AND l.kind_read = '' THEN 'regular' ELSE l.kind_read END AS kind,
           l.staff_read, l.name_read, l.post_read, l.into_read, TRUE AS good,
           h.id AS person_id, h.name AS person_name, p.id AS post_id, i.id AS into_id,
           pv.title, lower(pv.period) AS post_since, iv.id IS NOT NULL AS into_there,
           CASE WHEN shared THEN pv.seats ELSE 1 END AS seats,
           CASE WHEN NOT upper_inf(pv.period) THEN (
               SELECT CASE WHEN bool_or(upper_inf(v.period)) THEN NULL ELSE max(upper(v.period)) END
               FROM organisation_postversion v WHERE v.post_id = p.id) END AS post_gone,
           NOT upper_inf(pv.period) AS post_changes
    FROM organisation_orderline l
    LEFT JOIN organisation_person h ON h.tenant_id = ministry AND h.staff_no = l.staff_read
    LEFT JOIN organisation_post p ON p.tenant_id = ministry AND p.code = l.post_read
    LEFT JOIN organisation_postversion pv ON pv.post_id = p.id AND (pv.period @> effective_on) IS TRUE
    LEFT JOIN organisation_post i ON i.tenant_id = ministry AND i.code = l.into_read
    LEFT JOIN organisation_postversion iv ON iv.post_id = i.id AND (iv.period @> effective_on) IS TRUE
    WHERE l.change_id = wanted;
    ANALYZE order_line;

    -- Each line by itself.
    INSERT INTO order_fault (number, what, since)
    SELECT l.number, f.what, l.post_gone
    FROM order_line l CROSS JOIN LATERAL unnest(ARRAY[
        CASE WHEN l.act IN ('', '?') THEN 'act' END,
        CASE WHEN l.kind = '?' THEN 'kind' END,
        CASE WHEN l.has_until AND l.upto IS NULL THEN 'until' END,
        CASE WHEN l.upto <= effective_on AND l.act IN ('appoint', 'keep_drafts') THEN 'until_before' END,
        CASE WHEN l.staff_read = '' AND (l.act IN ('appoint', 'retire') OR l.act = 'end' AND l.post_read = '')
             THEN 'staff_missing' END,
        CASE WHEN l.act IN ('appoint', 'end', 'retire') AND l.staff_read <> '' THEN
             CASE WHEN l.person_id IS NULL THEN 'staff_unknown'
                  WHEN l.name_read <> '' AND l.name_read <>
                       regexp_replace(normalize(l.person_name, NFKC), '\s', '', 'g') THEN 'name' END END,
        CASE WHEN l.act = 'retire' THEN CASE WHEN l.post_read <> '' THEN 'retire_with_post' END
             WHEN l.post_read = '' THEN CASE WHEN l.act IN ('appoint', 'fold', 'keep_drafts') THEN 'post_missing' END
             WHEN l.act IN ('', '?') THEN NULL
             WHEN l.post_id IS NULL THEN 'post_unknown'
             WHEN l.post_since IS NULL THEN 'post_not_that_day'
             WHEN l.act = 'appoint' AND (l.upto IS NULL AND l.post_gone IS NOT NULL OR l.upto > l.post_gone)
             THEN 'post_gone' END,
        CASE WHEN l.act IN ('fold', 'keep_drafts') THEN
             CASE WHEN l.into_read = '' THEN 'into_missing'
                  WHEN l.into_id IS NULL THEN 'into_unknown'
                  WHEN l.into_id = l.post_id THEN 'into_itself'
                  WHEN NOT l.into_there THEN 'into_not_that_day' END END
    ]) AS f(what)
    WHERE f.what IS NOT NULL;
    INSERT INTO order_note (number, what)
    SELECT l.number, n.what
    FROM order_line l CROSS JOIN LATERAL unnest(ARRAY[
        CASE WHEN l.into_read <> '' AND l.act IN ('appoint', 'end', 'retire') THEN 'unused_into' END,
        CASE WHEN l.upto IS NOT NULL AND l.act IN ('end', 'retire', 'fold') THEN 'unused_until' END,
        CASE WHEN l.staff_read <> '' AND l.act IN ('fold', 'keep_drafts') THEN 'unused_person' END
    ]) AS n(what)
    WHERE n.what IS NOT NULL;
    UPDATE order_line l SET good = FALSE FROM order_fault f WHERE f.number = l.number AND l.good;

    -- Lines beside each other: what is said twice, and what contradicts.
    INSERT INTO order_fault (number, what, other)
    SELECT number, CASE WHEN same > 1 THEN 'twice' WHEN regular > 1 THEN 'two_regular' ELSE 'seat_twice' END,
           CASE WHEN same > 1 THEN first_same WHEN regular > 1 THEN first_regular ELSE first_here END
    FROM (
        SELECT number, seats, kind,
               row_number() OVER same_line AS same, first_value(number) OVER same_line AS first_same,
               CASE WHEN kind = 'regular' THEN row_number() OVER whose ELSE 1 END AS regular,
               first_value(number) OVER whose AS first_regular,
               row_number() OVER here AS nth, first_value(number) OVER here AS first_here
        FROM order_line WHERE good AND act = 'appoint'
        WINDOW same_line AS (PARTITION BY post_id, person_id ORDER BY number),
               whose AS (PARTITION BY person_id, kind = 'regular' ORDER BY number),
               here AS (PARTITION BY post_id ORDER BY number)
    ) lines
    WHERE same > 1 OR regular > 1 OR nth > seats;
    INSERT INTO order_fault (number, what, other)
    SELECT number, 'twice', first_same
    FROM (
        SELECT number, row_number() OVER same_line AS same, first_value(number) OVER same_line AS first_same
        FROM order_line WHERE good AND act <> 'appoint'
        WINDOW same_line AS (PARTITION BY CASE WHEN act = 'retire' THEN 'end' ELSE act END, post_id,
                             CASE WHEN act IN ('end', 'retire') THEN person_id END ORDER BY number)
    ) lines
    WHERE same > 1;
    INSERT INTO order_fault (number, what, other)
    SELECT DISTINCT ON (l.number) l.number, CASE WHEN l.act = 'end' THEN 'end_and_appoint' WHEN l.act = 'appoint'
           THEN 'appoint_to_folded' ELSE 'keep_of_folded' END, o.number
    FROM order_line l
    JOIN order_line o ON o.post_id = l.post_id AND o.good
    WHERE l.good AND (l.act = 'end' AND o.act = 'appoint' AND o.person_id = l.person_id
                      OR l.act IN ('appoint', 'keep_drafts') AND o.act = 'fold')
    ORDER BY l.number, o.number;
    IF EXISTS (SELECT FROM order_line WHERE act = 'fold') THEN
        WITH RECURSIVE link AS (
            SELECT l.post_id, l.into_id FROM order_line l WHERE l.good AND l.act = 'fold'
          UNION
            SELECT s.post_id, s.successor_id FROM organisation_postsuccession s
            JOIN organisation_post p ON p.id = s.post_id AND p.tenant_id = ministry
            WHERE upper_inf(s.period) OR upper(s.period) > effective_on
        ), walk AS (
            SELECT l.number, l.post_id AS origin, l.into_id AS reached, 1 AS hops
            FROM order_line l WHERE l.good AND l.act = 'fold'
          UNION ALL
            SELECT walk.number, walk.origin, link.into_id, walk.hops + 1
            FROM walk JOIN link ON link.post_id = walk.reached
            WHERE walk.reached <> walk.origin AND walk.hops < 50
        )
        INSERT INTO order_fault (number, what) SELECT DISTINCT number, 'circle' FROM walk WHERE reached = origin;
    END IF;
    UPDATE order_line l SET good = FALSE FROM order_fault f WHERE f.number = l.number AND l.good;
END $$;
