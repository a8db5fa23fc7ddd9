-- The codes of posts.
SELECT id AS post_id, code FROM organisation_post WHERE id = ANY(%(posts)s)
