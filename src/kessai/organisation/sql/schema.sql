-- Periods of one unit, one post and one seat never overlap. The range over the id stands in for equality,
-- which GiST offers for bigint only with an extension.
ALTER TABLE organisation_unitversion ADD CONSTRAINT organisation_unit_one_version
    EXCLUDE USING gist (int8range(unit_id, unit_id, '[]') WITH &&, period WITH &&);
ALTER TABLE organisation_postversion ADD CONSTRAINT organisation_post_one_version
    EXCLUDE USING gist (int8range(post_id, post_id, '[]') WITH &&, period WITH &&);
ALTER TABLE organisation_appointment ADD CONSTRAINT organisation_post_one_holder
    EXCLUDE USING gist (int8range(post_id, post_id, '[]') WITH &&, period WITH &&);

ALTER TABLE organisation_unitversion ADD CONSTRAINT organisation_unit_period
    CHECK (NOT isempty(period) AND NOT lower_inf(period));
ALTER TABLE organisation_postversion ADD CONSTRAINT organisation_post_period
    CHECK (NOT isempty(period) AND NOT lower_inf(period));
ALTER TABLE organisation_appointment ADD CONSTRAINT organisation_appointment_period
    CHECK (NOT isempty(period) AND NOT lower_inf(period));

GRANT SELECT, INSERT, UPDATE, DELETE ON organisation_tenant, organisation_unit, organisation_unitversion,
    organisation_post, organisation_postversion, organisation_person, organisation_appointment TO kessai_app;
