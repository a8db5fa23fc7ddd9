-- Posts that were to be made and now never are: no version of them was ever in force.
DELETE FROM organisation_post p
WHERE p.id = ANY(%(posts)s) AND NOT EXISTS (SELECT 1 FROM organisation_postversion v WHERE v.post_id = p.id)
