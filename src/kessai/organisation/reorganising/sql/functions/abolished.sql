-- The posts of some ministries that are abolished by a day and have a successor.
CREATE FUNCTION organisation_abolished(tenants integer[], day date) RETURNS TABLE (tenant_id integer, post_id bigint)
LANGUAGE sql STABLE AS $$
    SELECT p.tenant_id, s.post_id FROM organisation_postsuccession s
    JOIN organisation_post p ON p.id = s.post_id
    WHERE p.tenant_id = ANY(tenants) AND (s.period @> day) IS TRUE
$$;
