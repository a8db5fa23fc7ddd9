-- Takes what a set began off the chart, and gives back the ends that it set.
DELETE FROM organisation_deputy WHERE change_id = %(change)s;
DELETE FROM organisation_draftkeeping WHERE change_id = %(change)s;
DELETE FROM organisation_postsuccession WHERE change_id = %(change)s;
DELETE FROM organisation_unitsuccession WHERE change_id = %(change)s;
DELETE FROM organisation_appointment WHERE change_id = %(change)s;
DELETE FROM organisation_postversion WHERE change_id = %(change)s;
DELETE FROM organisation_unitversion WHERE change_id = %(change)s;
UPDATE organisation_draftkeeping SET period = daterange(lower(period), ended_from), ended_by = NULL, ended_from = NULL
WHERE ended_by = %(change)s;
UPDATE organisation_appointment SET period = daterange(lower(period), ended_from), ended_by = NULL, ended_from = NULL
WHERE ended_by = %(change)s;
UPDATE organisation_postversion SET period = daterange(lower(period), ended_from), ended_by = NULL, ended_from = NULL
WHERE ended_by = %(change)s;
UPDATE organisation_unitversion SET period = daterange(lower(period), ended_from), ended_by = NULL, ended_from = NULL
WHERE ended_by = %(change)s;
