-- A ministry's names.
SELECT id, code, name, name_en FROM organisation_tenant WHERE id = %(tenant)s
