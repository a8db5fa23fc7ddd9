ALTER TABLE routing_authoritytable ADD CONSTRAINT routing_one_table
    EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&, period WITH &&);
-- hashtext stands in for equality of the code: a collision refuses, it never lets an overlap through.
ALTER TABLE routing_mattertype ADD CONSTRAINT routing_one_matter
    EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&,
                        int4range(hashtext(code), hashtext(code), '[]') WITH &&, period WITH &&);

-- An enacted table rules cases, past ones too: nothing of it changes but an end that was open.
CREATE FUNCTION routing_keep_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'an enacted authority table is never deleted' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' AND (
        to_jsonb(NEW) - 'period' <> to_jsonb(OLD) - 'period'
        OR (NEW.period <> OLD.period AND NOT (
            upper_inf(OLD.period) AND NOT upper_inf(NEW.period) AND lower(NEW.period) = lower(OLD.period)))
    ) THEN
        RAISE EXCEPTION 'of an enacted authority table only an open end may be closed'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'an authority table never moves' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER routing_keep_table BEFORE UPDATE OR DELETE ON routing_authoritytable
    FOR EACH ROW EXECUTE FUNCTION routing_keep_table();

-- FOR SHARE: a table that is being enacted at this moment is waited for, so that no row slips in behind it.
CREATE FUNCTION routing_keep_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT t.state INTO state FROM routing_authoritytable t WHERE t.id = OLD.table_id FOR SHARE;
        IF state <> 'draft' THEN
            RAISE EXCEPTION 'the rows of an enacted authority table never change'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
    END IF;
    SELECT t.state INTO state FROM routing_authoritytable t WHERE t.id = NEW.table_id FOR SHARE;
    IF state <> 'draft' THEN
        RAISE EXCEPTION 'the rows of an enacted authority table never change'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER routing_keep_rows BEFORE INSERT OR UPDATE OR DELETE ON routing_authorityrow
    FOR EACH ROW EXECUTE FUNCTION routing_keep_rows();
CREATE TRIGGER routing_keep_examples BEFORE INSERT OR UPDATE OR DELETE ON routing_authorityexample
    FOR EACH ROW EXECUTE FUNCTION routing_keep_rows();

-- Past cases are explained by the forms of their day: of a matter type only the end is set.
GRANT SELECT, INSERT, UPDATE (period) ON routing_mattertype TO kessai_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON routing_formdraft TO kessai_app;
GRANT SELECT, INSERT, DELETE ON routing_authoritytable, routing_authorityrow, routing_authorityexample
    TO kessai_app;
GRANT UPDATE (name, name_en, state, effective, period, enacted_by, note, drafted_by, drafted_at)
    ON routing_authoritytable TO kessai_app;
