-- The people of the staff that waits.
INSERT INTO organisation_person (tenant_id, staff_no, name, name_en)
SELECT tenant_id, staff_no, name, name_en FROM organisation_staff_waiting
