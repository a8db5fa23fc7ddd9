-- Whether a person, holding some posts, may see what needs to be cleared for: the WHERE of every read of cases and
-- drafts asks it, and only where a row needs anything at all.
CREATE FUNCTION organisation_clears(needed text[], person bigint, posts bigint[], day date, moment timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM unnest(needed) AS n(code)
        WHERE NOT EXISTS (
            SELECT FROM organisation_clearance k
            WHERE (k.person_id = person OR k.post_id = ANY(posts)) AND k.covers IN (n.code, '*')
              AND (k.period @> day) IS TRUE AND k.given_at <= moment
              AND (k.replaced_at IS NULL OR k.replaced_at > moment)))
$$;
