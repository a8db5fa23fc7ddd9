-- A destroyed case that a person may read of: holds the post that drafted it, or one in the unit; or manages its file.
SELECT c.id FROM decisions_case c
WHERE c.tenant_id = %(tenant)s AND c.id = %(case)s AND c.state = 'destroyed'
  AND (c.needs = '{}' OR organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s))
  AND (c.drafter_post_id = ANY(%(seen_as)s) OR c.drafter_unit_id = ANY(%(units)s) OR %(manages)s)
