-- Units that were to be made and now never are: no version of them was ever in force.
DELETE FROM organisation_unit u
WHERE u.id = ANY(%(units)s) AND NOT EXISTS (SELECT 1 FROM organisation_unitversion v WHERE v.unit_id = u.id)
