-- The steps that an act changed: their new states, when a step was opened, and which event answered it.
UPDATE decisions_step s
SET state = given.state,
    opened_at = CASE WHEN given.state = 'open' THEN %(at)s ELSE s.opened_at END,
    acted_seq = CASE WHEN given.position = %(acted)s THEN %(seq)s ELSE s.acted_seq END
FROM unnest(%(positions)s::integer[], %(states)s::text[]) AS given(position, state)
WHERE s.tenant_id = %(tenant)s AND s.case_id = %(case)s AND s.round = %(round)s AND s.position = given.position
