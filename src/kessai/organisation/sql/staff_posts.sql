-- The posts of the staff that waits.
INSERT INTO organisation_post (tenant_id, code) SELECT tenant_id, post_code FROM organisation_staff_waiting
