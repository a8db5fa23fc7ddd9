-- The units that a reorganisation ends, each with the name of the one that has its files from then on ("": none).
SELECT m.id AS unit_id, m.title AS name, coalesce(m.successor_title, '') AS successor
FROM organisation_reorganisation_mapping(%(change)s) m
WHERE m.what = 'unit' AND m.ends AND m.id IS NOT NULL
