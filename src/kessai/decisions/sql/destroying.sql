-- Lawful destruction (廃棄): the one way by which content leaves the record. The act is an event like any other; whether
-- it may be is asked here once more, behind the application; and only where it is on the record do rows go.

-- An event "destroyed" stands only where the period is over on its day, and today; destruction was fixed as what becomes
-- of the file, the consent that it names is recorded, and nothing holds it (公文書管理法 Art. 8).
CREATE FUNCTION kessai_destruction_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day date := (least(NEW.at, now()) AT TIME ZONE 'Asia/Tokyo')::date;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM records_record r
        JOIN records_recordfile f ON f.tenant_id = r.tenant_id AND f.id = r.file_id
        JOIN decisions_case c ON c.tenant_id = r.tenant_id AND c.id = r.case_id
        WHERE r.tenant_id = NEW.tenant_id AND r.case_id = NEW.case_id AND c.state IN ('decided', 'circulated')
          AND f.disposal = 'destroy' AND f.expires_on < day AND r.expires_on < day
          AND EXISTS (SELECT 1 FROM records_disposalconsent k
                      WHERE k.tenant_id = f.tenant_id AND k.file_id = f.id AND k.given_on <= day
                        AND NEW.payload -> 'consent' = jsonb_build_object(
                            'by', k.given_by, 'reference', k.reference, 'on', to_char(k.given_on, 'YYYY-MM-DD')))
          AND NOT EXISTS (SELECT 1 FROM records_retentionhold h
                          WHERE h.tenant_id = f.tenant_id AND h.file_id = f.id
                            AND (h.until IS NULL OR h.until >= day))) THEN
        RAISE EXCEPTION 'kessai: a record is not destroyed before its time, nor without consent'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kessai_destruction_is_lawful BEFORE INSERT ON decisions_event
    FOR EACH ROW WHEN (NEW.kind = 'destroyed') EXECUTE FUNCTION kessai_destruction_is_lawful();

-- Append-only, but for what the record says was destroyed. What says so stays.
CREATE FUNCTION kessai_refuse_unless_destroyed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone jsonb := to_jsonb(OLD);
BEGIN
    IF TG_OP = 'DELETE' AND gone ->> 'kind' IS DISTINCT FROM 'destroyed' AND EXISTS (
        SELECT 1 FROM decisions_event e
        WHERE e.tenant_id = (gone ->> 'tenant_id')::integer AND e.case_id = (gone ->> TG_ARGV[0])::uuid
          AND e.kind = 'destroyed') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'kessai: % of % is refused: the record is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION kessai_make_destroyable(target regclass, of_case text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TRIGGER kessai_append_only_row ON %s', target);
    EXECUTE format(
        'CREATE TRIGGER kessai_append_only_row BEFORE UPDATE OR DELETE ON %s '
        'FOR EACH ROW EXECUTE FUNCTION kessai_refuse_unless_destroyed(%L)', target, of_case);
END $$;
SELECT kessai_make_destroyable('decisions_event', 'case_id');
SELECT kessai_make_destroyable('decisions_decidedoriginal', 'case_id');
SELECT kessai_make_destroyable('decisions_coversheet', 'case_id');
SELECT kessai_make_destroyable('decisions_signedsheet', 'case_id');
SELECT kessai_make_destroyable('decisions_sealedletter', 'case_id');
SELECT kessai_make_destroyable('decisions_stampedfile', 'case_id');
SELECT kessai_make_destroyable('drafting_revision', 'draft_id');
SELECT kessai_make_destroyable('records_record', 'case_id');
DROP FUNCTION kessai_make_destroyable;

-- Empty a case whose destruction is on the record. It stays with its number, its units and the day of its decision, for
-- other rows point to it; what the register keeps is in records_disposedrecord. The role of the application may call
-- this, and may delete nothing itself.
CREATE FUNCTION kessai_destroy_content(tenant integer, gone uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said decisions_event;
BEGIN
    SELECT * INTO said FROM decisions_event e WHERE e.tenant_id = tenant AND e.case_id = gone AND e.kind = 'destroyed';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'kessai: no act on the record destroys this case' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO records_disposedrecord (tenant_id, case_id, file_id, title, made_on, retention_code, starts_on, expires_on,
                                        marking, disclosure, disposed_at)
    SELECT r.tenant_id, r.case_id, r.file_id, coalesce(said.payload #>> '{destroyed,title}', ''), r.made_on,
           r.retention_code, r.starts_on, r.expires_on, r.marking, r.disclosure, said.at
    FROM records_record r WHERE r.tenant_id = tenant AND r.case_id = gone;
    DELETE FROM records_record r WHERE r.tenant_id = tenant AND r.case_id = gone;
    DELETE FROM decisions_signedsheet s WHERE s.tenant_id = tenant AND s.case_id = gone;
    DELETE FROM decisions_coversheet s WHERE s.tenant_id = tenant AND s.case_id = gone;
    DELETE FROM decisions_decidedoriginal o WHERE o.tenant_id = tenant AND o.case_id = gone;
    DELETE FROM decisions_sealedletter l WHERE l.tenant_id = tenant AND l.case_id = gone;
    DELETE FROM decisions_stampedfile s WHERE s.tenant_id = tenant AND s.case_id = gone;
    DELETE FROM decisions_issue i WHERE i.tenant_id = tenant AND i.case_id = gone;
    DELETE FROM decisions_issuing i WHERE i.tenant_id = tenant AND i.case_id = gone;
    DELETE FROM decisions_foreseen f WHERE f.tenant_id = tenant AND f.case_id = gone;
    DELETE FROM decisions_request r WHERE r.tenant_id = tenant AND r.case_id = gone;
    DELETE FROM decisions_notice n WHERE n.tenant_id = tenant AND n.case_id = gone;
    DELETE FROM decisions_step s WHERE s.tenant_id = tenant AND s.case_id = gone;
    DELETE FROM decisions_preview p WHERE p.tenant_id = tenant AND p.draft_id = gone;
    DELETE FROM decisions_draftcomment d WHERE d.tenant_id = tenant AND d.draft_id = gone;
    DELETE FROM decisions_caselink l WHERE l.tenant_id = tenant AND l.draft_id = gone;
    DELETE FROM decisions_receiptlink l WHERE l.tenant_id = tenant AND l.draft_id = gone;
    DELETE FROM drafting_attachment a WHERE a.tenant_id = tenant AND a.draft_id = gone;
    DELETE FROM drafting_upload u WHERE u.tenant_id = tenant AND u.draft_id = gone;
    DELETE FROM drafting_version v WHERE v.tenant_id = tenant AND v.draft_id = gone;
    DELETE FROM drafting_revision v WHERE v.tenant_id = tenant AND v.draft_id = gone;
    DELETE FROM decisions_event e WHERE e.tenant_id = tenant AND e.case_id = gone AND e.kind <> 'destroyed';
    UPDATE drafting_draft d SET typed = '{}', touched = '{}', carried = '{}', by_hand = '[]', matter_code = '', revisions = 0,
        person_id = said.person_id
    WHERE d.tenant_id = tenant AND d.id = gone;
    UPDATE decisions_case c SET
        state = 'destroyed', table_id = 0, matter_code = '', matter_name = '',
        title = coalesce(said.payload #>> '{destroyed,title}', ''),
        question = '', amount = NULL, deadline = NULL, urgent = false, bulk = false, drafter_person_id = 0,
        drafter_name = '', revision = 0, content_hash = '', round = 0, last_seq = said.seq, flagged_seq = NULL,
        joint_units = '{}', submitted_at = (said.payload #>> '{destroyed,decided_at}')::timestamptz, updated_at = said.at
    WHERE c.tenant_id = tenant AND c.id = gone;
END $$;
REVOKE ALL ON FUNCTION kessai_destroy_content FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kessai_destroy_content TO kessai_app;

-- A sheet or a renewal that was being made while its case was destroyed comes too late. FOR SHARE: a destruction that is
-- under way is waited for.
CREATE FUNCTION kessai_destroyed_stays_empty() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    SELECT c.state INTO state FROM decisions_case c WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.case_id FOR SHARE;
    IF state = 'destroyed' THEN
        RAISE EXCEPTION 'kessai: a destroyed case gets no files' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kessai_destroyed_stays_empty BEFORE INSERT ON decisions_coversheet
    FOR EACH ROW EXECUTE FUNCTION kessai_destroyed_stays_empty();
CREATE TRIGGER kessai_destroyed_stays_empty BEFORE INSERT ON decisions_signedsheet
    FOR EACH ROW EXECUTE FUNCTION kessai_destroyed_stays_empty();
CREATE TRIGGER kessai_destroyed_stays_empty BEFORE INSERT ON decisions_stampedfile
    FOR EACH ROW EXECUTE FUNCTION kessai_destroyed_stays_empty();

-- What arrived from outside goes with the case that it was kept with: once that is destroyed by an act that names it, and
-- no other has it.
CREATE FUNCTION kessai_receipt_goes_with_its_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM decisions_case c
                   JOIN decisions_event d ON d.tenant_id = c.tenant_id AND d.case_id = c.id AND d.kind = 'destroyed'
                   WHERE c.tenant_id = NEW.tenant_id AND c.id = (NEW.payload ->> 'case')::uuid
                     AND c.state = 'destroyed' AND d.payload #> '{case,receipts}' ? NEW.receipt_id::text
                     AND d.payload -> 'consent' = NEW.payload -> 'consent')
       OR NOT EXISTS (SELECT 1 FROM decisions_receiptevent e
                      WHERE e.tenant_id = NEW.tenant_id AND e.receipt_id = NEW.receipt_id
                        AND e.kind IN ('answered', 'joined') AND e.payload ->> 'case' = NEW.payload ->> 'case')
       OR EXISTS (SELECT 1 FROM decisions_receiptevent e
                  JOIN decisions_case c ON c.tenant_id = e.tenant_id AND c.id = (e.payload ->> 'case')::uuid
                  WHERE e.tenant_id = NEW.tenant_id AND e.receipt_id = NEW.receipt_id
                    AND e.kind IN ('answered', 'joined') AND c.state <> 'destroyed') THEN
        RAISE EXCEPTION 'kessai: what arrived is destroyed with the case that has it, and not before'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kessai_receipt_goes_with_its_case BEFORE INSERT ON decisions_receiptevent
    FOR EACH ROW WHEN (NEW.kind = 'destroyed') EXECUTE FUNCTION kessai_receipt_goes_with_its_case();

CREATE FUNCTION kessai_refuse_unless_receipt_destroyed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.kind <> 'destroyed' AND EXISTS (
        SELECT 1 FROM decisions_receiptevent e
        WHERE e.tenant_id = OLD.tenant_id AND e.receipt_id = OLD.receipt_id AND e.kind = 'destroyed') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'kessai: % of % is refused: the record is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TRIGGER kessai_append_only_row ON decisions_receiptevent;
CREATE TRIGGER kessai_append_only_row BEFORE UPDATE OR DELETE ON decisions_receiptevent
    FOR EACH ROW EXECUTE FUNCTION kessai_refuse_unless_receipt_destroyed();

CREATE FUNCTION kessai_destroy_receipt(tenant integer, gone uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM decisions_receiptevent e
                   WHERE e.tenant_id = tenant AND e.receipt_id = gone AND e.kind = 'destroyed') THEN
        RAISE EXCEPTION 'kessai: no act on the record destroys this receipt' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM decisions_receiptlink l WHERE l.tenant_id = tenant AND l.receipt_id = gone;
    DELETE FROM decisions_receiptevent e WHERE e.tenant_id = tenant AND e.receipt_id = gone AND e.kind <> 'destroyed';
END $$;
REVOKE ALL ON FUNCTION kessai_destroy_receipt FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kessai_destroy_receipt TO kessai_app;

-- What holds a file is ended once, and not before it began.
CREATE FUNCTION kessai_hold_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.until IS NOT NULL OR NEW.until < (OLD.begun_at AT TIME ZONE 'Asia/Tokyo')::date THEN
        RAISE EXCEPTION 'kessai: what holds a file is ended once, and not before it began'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kessai_hold_ends_once BEFORE UPDATE ON records_retentionhold
    FOR EACH ROW EXECUTE FUNCTION kessai_hold_ends_once();

-- Whether anything but what was destroyed names a file (still_named.sql).
CREATE INDEX decisions_event_letters ON decisions_event USING gin ((payload -> 'letters') jsonb_path_ops)
    WHERE kind = 'issued';
-- By the code on a sealed letter, the act by which its case went.
CREATE INDEX decisions_event_seals ON decisions_event USING gin ((payload -> 'seals') jsonb_path_ops)
    WHERE kind = 'destroyed';
CREATE INDEX decisions_event_sealed ON decisions_event USING gin ((payload -> 'sealed') jsonb_path_ops)
    WHERE kind = 'sealed';
CREATE INDEX decisions_receiptevent_files ON decisions_receiptevent USING gin ((payload -> 'files') jsonb_path_ops)
    WHERE payload ? 'files';
