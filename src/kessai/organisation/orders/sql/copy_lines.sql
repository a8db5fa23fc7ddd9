-- Lines as they were typed, each with what was read from it.
COPY organisation_orderline (change_id, number, act, staff_no, name, post, "into", kind, until, note,
    act_read, staff_read, name_read, post_read, into_read, kind_read, until_read) FROM STDIN
