-- Where some people get their mail; those without an address are left out.
SELECT id AS person_id, tenant_id, name, name_en, email FROM organisation_person
WHERE id = ANY(%(people)s) AND email <> ''
