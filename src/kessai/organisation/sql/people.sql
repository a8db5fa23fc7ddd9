-- The people of a ministry.
SELECT staff_no, id AS person_id, tenant_id, name, name_en FROM organisation_person
WHERE tenant_id = %(tenant)s ORDER BY staff_no
