-- The second layer of append-only, behind the grants: whoever the role is, these rows neither change nor go.
CREATE OR REPLACE FUNCTION kessai_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'kessai: % of % is refused: the record is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE OR REPLACE FUNCTION kessai_make_append_only(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER kessai_append_only_row BEFORE UPDATE OR DELETE ON %s '
        'FOR EACH ROW EXECUTE FUNCTION kessai_refuse()', target);
    EXECUTE format(
        'CREATE TRIGGER kessai_append_only_truncate BEFORE TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION kessai_refuse()', target);
END $$;

-- A row belongs to one ministry for good: a matter that moves to another is a new case there.
CREATE OR REPLACE FUNCTION kessai_tenant_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.tenant_id <> OLD.tenant_id THEN
        RAISE EXCEPTION 'kessai: a row of % stays with its ministry', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION kessai_keep_tenant(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER kessai_tenant_stays BEFORE UPDATE OF tenant_id ON %s '
        'FOR EACH ROW EXECUTE FUNCTION kessai_tenant_stays()', target);
END $$;
