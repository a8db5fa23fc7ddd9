-- Notices of a day, those that are not there yet: two workers at once add each of them once.
INSERT INTO decisions_notice (tenant_id, id, case_id, about, seq, round, position, day, person_id, told_at, seen_at)
SELECT %(tenant)s, n.id, n.case_id, %(about)s, NULL, n.round, n.position, n.day, n.person_id, %(at)s, NULL
FROM unnest(%(ids)s::uuid[], %(cases)s::uuid[], %(rounds)s::integer[], %(positions)s::integer[], %(days)s::date[],
            %(people)s::bigint[]) AS n(id, case_id, round, position, day, person_id)
ON CONFLICT DO NOTHING
RETURNING id
