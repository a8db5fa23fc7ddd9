-- What a reorganisation changes, unit by unit and post by post, as it was last checked or scheduled.
SELECT what, act, id, code, title, successor_id, successor_code, successor_title, unit_id, new_unit_id, ends
FROM organisation_reorganisation_mapping(%(change)s)
ORDER BY what DESC, code
