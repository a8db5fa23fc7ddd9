-- Who holds each post that a set of appointment orders touches, without it and with it: of a scheduled set as the
-- chart has it, of any other one as its good lines would have it.
CREATE FUNCTION organisation_change_effects(change uuid)
RETURNS TABLE (post_id bigint, before_person_ids bigint[], after_person_ids bigint[], folded_into bigint)
LANGUAGE plpgsql SET client_min_messages = warning AS $$
#variable_conflict use_column
DECLARE
    effective_on date;
    standing text;
BEGIN
    SELECT c.effective, c.state INTO STRICT effective_on, standing FROM organisation_changeset c WHERE c.id = change;
    DROP TABLE IF EXISTS order_before, order_after, order_fold;
    IF standing = 'scheduled' THEN
        CREATE TEMPORARY TABLE order_fold ON COMMIT DROP AS
        SELECT s.post_id, s.successor_id AS into_id FROM organisation_postsuccession s WHERE s.change_id = change;
        CREATE TEMPORARY TABLE order_after ON COMMIT DROP AS
        SELECT a.id, a.post_id, a.person_id, a.place, a.change_id IS NOT DISTINCT FROM change AS changed
        FROM organisation_appointment a WHERE (a.period @> effective_on) IS TRUE;
        CREATE TEMPORARY TABLE order_before ON COMMIT DROP AS
        SELECT a.id, a.post_id, a.person_id, a.place, TRUE AS changed
        FROM organisation_appointment a WHERE a.ended_by = change;
    ELSE
        PERFORM organisation_order_lines(change);
        PERFORM organisation_order_moves(change);
        CREATE TEMPORARY TABLE order_fold ON COMMIT DROP AS
        SELECT l.post_id, l.into_id FROM order_line l WHERE l.good AND l.act = 'fold';
        CREATE TEMPORARY TABLE order_before ON COMMIT DROP AS
        SELECT e.id, e.post_id, e.person_id, a.place, TRUE AS changed
        FROM order_end e JOIN organisation_appointment a ON a.id = e.id;
        CREATE TEMPORARY TABLE order_after ON COMMIT DROP AS
        SELECT NULL::bigint AS id, b.post_id, b.person_id, b.place, TRUE AS changed FROM order_begin b
      UNION ALL
        SELECT a.id, a.post_id, a.person_id, a.place, FALSE FROM organisation_appointment a
        WHERE (a.period @> effective_on) IS TRUE AND NOT EXISTS (SELECT FROM order_end e WHERE e.id = a.id);
    END IF;
    ANALYZE order_before;
    ANALYZE order_after;
    RETURN QUERY
    WITH posts AS (
        SELECT b.post_id FROM order_before b UNION SELECT a.post_id FROM order_after a WHERE a.changed
        UNION SELECT f.post_id FROM order_fold f
    ), held AS (
        SELECT b.post_id, b.person_id, b.place, TRUE AS was, FALSE AS will FROM order_before b
      UNION ALL
        SELECT a.post_id, a.person_id, a.place, NOT a.changed, TRUE FROM order_after a
    )
    SELECT posts.post_id,
           COALESCE(array_agg(held.person_id ORDER BY held.place) FILTER (WHERE held.was), '{}'),
           COALESCE(array_agg(held.person_id ORDER BY held.place) FILTER (WHERE held.will), '{}'),
           min(fold.into_id)
    FROM posts
    LEFT JOIN held ON held.post_id = posts.post_id
    LEFT JOIN order_fold fold ON fold.post_id = posts.post_id
    GROUP BY posts.post_id;
END $$;
