-- What rests on units and posts that a set makes, other than the set itself: by which set ("" if by none).
SELECT coalesce(c.title, '') AS title
FROM (
    SELECT change_id FROM organisation_unitversion WHERE parent_id = ANY(%(units)s)
    UNION ALL SELECT change_id FROM organisation_postversion WHERE unit_id = ANY(%(units)s)
    UNION ALL SELECT change_id FROM organisation_unitsuccession WHERE successor_id = ANY(%(units)s)
    UNION ALL SELECT change_id FROM organisation_appointment WHERE post_id = ANY(%(posts)s)
    UNION ALL SELECT change_id FROM organisation_postsuccession WHERE successor_id = ANY(%(posts)s)
    UNION ALL SELECT change_id FROM organisation_draftkeeping
              WHERE post_id = ANY(%(posts)s) OR keeper_id = ANY(%(posts)s)
    UNION ALL SELECT change_id FROM organisation_deputy
              WHERE post_id = ANY(%(posts)s) OR deputy_id = ANY(%(posts)s)
    UNION ALL SELECT NULL FROM organisation_secretary
              WHERE post_id = ANY(%(posts)s) OR secretary_id = ANY(%(posts)s)
) rest
LEFT JOIN organisation_changeset c ON c.id = rest.change_id
WHERE rest.change_id IS DISTINCT FROM %(change)s
LIMIT 1
