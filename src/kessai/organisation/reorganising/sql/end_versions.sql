-- Let versions of units, or posts, without an end last until a day; which set did it is kept for taking it back.
UPDATE {table} SET period = daterange(lower(period), %(day)s), ended_by = %(change)s, ended_from = upper(period)
WHERE id = ANY(%(ids)s) AND lower(period) < %(day)s AND upper_inf(period)
