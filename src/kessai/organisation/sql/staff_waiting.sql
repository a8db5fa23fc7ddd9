-- A place for the lines of staff that are being brought in; gone when the transaction ends.
CREATE TEMPORARY TABLE organisation_staff_waiting (
    tenant_id integer, unit_id bigint, post_code text, title text, title_en text, level text, in_line boolean,
    staff_no text, name text, name_en text
) ON COMMIT DROP
