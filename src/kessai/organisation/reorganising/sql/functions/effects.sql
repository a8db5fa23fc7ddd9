-- What a reorganisation changes, as it was last checked (a draft) or scheduled: units and posts, each with its
-- successor if it ends. successor_id is null where a set that is not scheduled yet is to create it.
CREATE FUNCTION organisation_reorganisation_mapping(change uuid)
RETURNS TABLE (what text, act text, id bigint, code text, title text, successor_id bigint, successor_code text,
               successor_title text, unit_id bigint, new_unit_id bigint, ends boolean)
LANGUAGE sql STABLE AS $$
    SELECT e.* FROM organisation_changeset c
    CROSS JOIN LATERAL jsonb_to_recordset(c.checked -> 'effects')
        AS e(what text, act text, id bigint, code text, title text, successor_id bigint, successor_code text,
             successor_title text, unit_id bigint, new_unit_id bigint, ends boolean)
    WHERE c.id = change
$$;

-- The posts that a reorganisation ends, each with its successor.
CREATE FUNCTION organisation_reorganisation_effects(change uuid)
RETURNS TABLE (post_id bigint, successor_id bigint, successor_code text, successor_title text, unit_id bigint)
LANGUAGE sql STABLE AS $$
    SELECT m.id, m.successor_id, m.successor_code, m.successor_title, m.unit_id
    FROM organisation_reorganisation_mapping(change) m WHERE m.what = 'post' AND m.ends
$$;
