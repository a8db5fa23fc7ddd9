-- The steps that an act changed: states, places, answers and holds, and when a step was opened.
UPDATE decisions_step s
SET state = given.state,
    stage = given.stage,
    opened_at = CASE WHEN given.state = 'open' AND s.state <> 'open' THEN %(at)s ELSE s.opened_at END,
    acted_seq = given.acted,
    held_seq = given.held
FROM unnest(%(positions)s::integer[], %(states)s::text[], %(stages)s::integer[], %(acted)s::integer[],
            %(held)s::integer[]) AS given(position, state, stage, acted, held)
WHERE s.tenant_id = %(tenant)s AND s.case_id = %(case)s AND s.round = %(round)s AND s.position = given.position
