-- Periods of one unit, one post and one seat never overlap. The range over the id stands in for equality,
-- which GiST offers for bigint only with an extension.
ALTER TABLE organisation_unitversion ADD CONSTRAINT organisation_unit_one_version
    EXCLUDE USING gist (int8range(unit_id, unit_id, '[]') WITH &&, period WITH &&);
ALTER TABLE organisation_postversion ADD CONSTRAINT organisation_post_one_version
    EXCLUDE USING gist (int8range(post_id, post_id, '[]') WITH &&, period WITH &&);
ALTER TABLE organisation_appointment ADD CONSTRAINT organisation_post_one_holder
    EXCLUDE USING gist (int8range(post_id, post_id, '[]') WITH &&, int4range(place, place, '[]') WITH &&,
                        period WITH &&);
ALTER TABLE organisation_postsuccession ADD CONSTRAINT organisation_post_one_successor
    EXCLUDE USING gist (int8range(post_id, post_id, '[]') WITH &&, period WITH &&);
ALTER TABLE organisation_unitsuccession ADD CONSTRAINT organisation_unit_one_main_successor
    EXCLUDE USING gist (int8range(unit_id, unit_id, '[]') WITH &&, period WITH &&) WHERE (main);
ALTER TABLE organisation_unitsuccession ADD CONSTRAINT organisation_unit_successor_once
    EXCLUDE USING gist (int8range(unit_id, unit_id, '[]') WITH &&,
                        int8range(successor_id, successor_id, '[]') WITH &&, period WITH &&);
ALTER TABLE organisation_draftkeeping ADD CONSTRAINT organisation_drafts_one_keeper
    EXCLUDE USING gist (int8range(post_id, post_id, '[]') WITH &&, period WITH &&);
-- hashtext stands in for equality of the key: a collision refuses, it never lets an overlap through.
ALTER TABLE organisation_setting ADD CONSTRAINT organisation_setting_one_value
    EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&,
                        int4range(hashtext(key), hashtext(key), '[]') WITH &&, period WITH &&);
ALTER TABLE organisation_postsuccession ADD CONSTRAINT organisation_post_not_its_own_successor
    CHECK (post_id <> successor_id);
ALTER TABLE organisation_unitsuccession ADD CONSTRAINT organisation_unit_not_its_own_successor
    CHECK (unit_id <> successor_id);
ALTER TABLE organisation_deputy ADD CONSTRAINT organisation_deputy_of_another CHECK (post_id <> deputy_id);
ALTER TABLE organisation_secretary ADD CONSTRAINT organisation_secretary_of_another CHECK (post_id <> secretary_id);

ALTER TABLE organisation_unitversion ADD CONSTRAINT organisation_unit_period
    CHECK (NOT isempty(period) AND NOT lower_inf(period));
ALTER TABLE organisation_postversion ADD CONSTRAINT organisation_post_period
    CHECK (NOT isempty(period) AND NOT lower_inf(period));
ALTER TABLE organisation_appointment ADD CONSTRAINT organisation_appointment_period
    CHECK (NOT isempty(period) AND NOT lower_inf(period));

ALTER TABLE organisation_absence ADD CONSTRAINT organisation_absence_period CHECK (NOT isempty(period));

-- What was in force stays in force: a period that has ended is history, and so is whatever has begun. An open or
-- future end may be set, and what has not begun may be taken back.
CREATE FUNCTION kessai_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- The clock, not the start of the transaction: what is taken back over midnight is refused as a whole.
    today date := (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date;
    movable text[] := '{period,ended_by,ended_from,replaced_by,replaced_at}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF lower(OLD.period) <= today THEN
            RAISE EXCEPTION 'kessai: what has been in force is not deleted' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN OLD;
    END IF;
    IF (to_jsonb(NEW) - movable) <> (to_jsonb(OLD) - movable) OR lower(NEW.period) <> lower(OLD.period) THEN
        RAISE EXCEPTION 'kessai: of what is in force only the end may be set' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW IS DISTINCT FROM OLD AND NOT upper_inf(OLD.period) AND upper(OLD.period) <= today THEN
        RAISE EXCEPTION 'kessai: a period that has ended does not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{unitversion,postversion,appointment,postsuccession,unitsuccession,draftkeeping,setting,deputy,secretary,clearance}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER kessai_history_stays BEFORE UPDATE OR DELETE ON organisation_%s
                        FOR EACH ROW EXECUTE FUNCTION kessai_history_stays()', name);
        EXECUTE format('GRANT SELECT, INSERT, DELETE, UPDATE (period) ON organisation_%s TO kessai_app', name);
    END LOOP;
END $$;
GRANT UPDATE (ended_by, ended_from) ON organisation_unitversion, organisation_postversion, organisation_appointment,
    organisation_draftkeeping TO kessai_app;

GRANT UPDATE (replaced_by, replaced_at) ON organisation_deputy, organisation_secretary TO kessai_app;
GRANT UPDATE (replaced_at) ON organisation_clearance TO kessai_app;

-- A set that is in force is history: who scheduled it and what for does not change, and from the moment it is
-- scheduled its lines are what the chart was made of.
CREATE FUNCTION kessai_change_set_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'scheduled' AND OLD.effective <= (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date THEN
        RAISE EXCEPTION 'kessai: a set of changes in force does not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kessai_change_set_stays BEFORE UPDATE ON organisation_changeset
    FOR EACH ROW EXECUTE FUNCTION kessai_change_set_stays();
CREATE FUNCTION kessai_change_lines_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM organisation_changeset c WHERE c.state = 'scheduled'
               AND c.id IN (SELECT change_id FROM touched)) THEN
        RAISE EXCEPTION 'kessai: the lines of a scheduled set do not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{orderline,reorganisationline}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER kessai_lines_stay_added AFTER INSERT ON organisation_%s
                        REFERENCING NEW TABLE AS touched FOR EACH STATEMENT
                        EXECUTE FUNCTION kessai_change_lines_stay()', name);
        EXECUTE format('CREATE TRIGGER kessai_lines_stay_changed AFTER UPDATE ON organisation_%s
                        REFERENCING OLD TABLE AS touched FOR EACH STATEMENT
                        EXECUTE FUNCTION kessai_change_lines_stay()', name);
        EXECUTE format('CREATE TRIGGER kessai_lines_stay_dropped AFTER DELETE ON organisation_%s
                        REFERENCING OLD TABLE AS touched FOR EACH STATEMENT
                        EXECUTE FUNCTION kessai_change_lines_stay()', name);
    END LOOP;
END $$;

-- Who may have acted for whom follows from absences: one stays as it was recorded, and is ended early once.
CREATE FUNCTION kessai_absence_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
       OR (to_jsonb(NEW) - '{ended_by,ended_at}'::text[]) <> (to_jsonb(OLD) - '{ended_by,ended_at}'::text[]) THEN
        RAISE EXCEPTION 'kessai: an absence is ended once, and nothing else of it changes'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kessai_absence_stays BEFORE UPDATE OR DELETE ON organisation_absence
    FOR EACH ROW EXECUTE FUNCTION kessai_absence_stays();

-- By when somebody was to be reminded follows from the days that were closed: those that have passed stay.
CREATE FUNCTION kessai_closing_day_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.day < (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date THEN
        RAISE EXCEPTION 'kessai: a closing day that has passed stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER kessai_closing_day_stays BEFORE DELETE ON organisation_closingday
    FOR EACH ROW EXECUTE FUNCTION kessai_closing_day_stays();
GRANT SELECT, INSERT, DELETE ON organisation_closingday TO kessai_app;

GRANT SELECT, INSERT ON organisation_unit, organisation_post, organisation_absence TO kessai_app;
GRANT UPDATE (ended_by, ended_at) ON organisation_absence TO kessai_app;
GRANT SELECT, INSERT, UPDATE ON organisation_tenant, organisation_person, organisation_changeset TO kessai_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON organisation_orderline, organisation_reorganisationline,
    organisation_changework TO kessai_app;
-- A reorganisation that is taken back takes along the units and posts it was to make. Whatever was ever in force,
-- or is named by a case, a file or a holder, is kept by the foreign keys.
GRANT DELETE ON organisation_unit, organisation_post TO kessai_app;
