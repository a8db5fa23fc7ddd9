-- Every ministry, by name.
SELECT id, code, name, name_en FROM organisation_tenant ORDER BY name, id
