-- The names of some people.
SELECT id AS person_id, tenant_id, name, name_en FROM organisation_person WHERE id = ANY(%(people)s)
