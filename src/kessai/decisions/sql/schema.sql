SELECT kessai_make_append_only('decisions_event');
SELECT kessai_make_append_only('decisions_decidedoriginal');
SELECT kessai_make_append_only('decisions_coversheet');
SELECT kessai_make_append_only('decisions_signedsheet');
SELECT kessai_make_append_only('decisions_sealedletter');
SELECT kessai_make_append_only('decisions_stampedfile');
SELECT kessai_keep_tenant('decisions_case');
SELECT kessai_keep_tenant('decisions_step');
SELECT kessai_keep_tenant('decisions_caselink');
SELECT kessai_keep_tenant('decisions_notice');
SELECT kessai_keep_tenant('decisions_request');
SELECT kessai_keep_tenant('decisions_preview');
SELECT kessai_keep_tenant('decisions_draftcomment');
SELECT kessai_keep_tenant('decisions_enactment');
SELECT kessai_keep_tenant('decisions_tableupload');
SELECT kessai_make_append_only('decisions_receiptevent');
SELECT kessai_keep_tenant('decisions_receipt');
SELECT kessai_keep_tenant('decisions_receiptlink');
SELECT kessai_keep_tenant('decisions_issuing');
SELECT kessai_keep_tenant('decisions_issue');
SELECT kessai_keep_tenant('decisions_foreseen');
SELECT kessai_keep_tenant('decisions_signingfault');

ALTER TABLE decisions_case ADD CONSTRAINT decisions_case_draft
    FOREIGN KEY (tenant_id, id) REFERENCES drafting_draft (tenant_id, id);
ALTER TABLE decisions_case ADD CONSTRAINT decisions_case_post
    FOREIGN KEY (drafter_post_id) REFERENCES organisation_post (id);
ALTER TABLE decisions_step ADD CONSTRAINT decisions_step_case
    FOREIGN KEY (tenant_id, case_id) REFERENCES decisions_case (tenant_id, id);
ALTER TABLE decisions_step ADD CONSTRAINT decisions_step_post
    FOREIGN KEY (post_id) REFERENCES organisation_post (id);
ALTER TABLE decisions_event ADD CONSTRAINT decisions_event_case
    FOREIGN KEY (tenant_id, case_id) REFERENCES decisions_case (tenant_id, id);
ALTER TABLE decisions_notice ADD CONSTRAINT decisions_notice_event
    FOREIGN KEY (tenant_id, case_id, seq) REFERENCES decisions_event (tenant_id, case_id, seq);
ALTER TABLE decisions_request ADD CONSTRAINT decisions_request_event
    FOREIGN KEY (tenant_id, case_id, seq) REFERENCES decisions_event (tenant_id, case_id, seq);
ALTER TABLE decisions_request ADD CONSTRAINT decisions_request_post_fk
    FOREIGN KEY (post_id) REFERENCES organisation_post (id);
-- A draft that is thrown away takes with it whom it was shown to.
ALTER TABLE decisions_preview ADD CONSTRAINT decisions_preview_draft_fk
    FOREIGN KEY (tenant_id, draft_id) REFERENCES drafting_draft (tenant_id, id) ON DELETE CASCADE;
ALTER TABLE decisions_preview ADD CONSTRAINT decisions_preview_post_fk
    FOREIGN KEY (post_id) REFERENCES organisation_post (id);
ALTER TABLE decisions_draftcomment ADD CONSTRAINT decisions_draftcomment_draft_fk
    FOREIGN KEY (tenant_id, draft_id) REFERENCES drafting_draft (tenant_id, id) ON DELETE CASCADE;
ALTER TABLE decisions_draftcomment ADD CONSTRAINT decisions_draftcomment_person
    FOREIGN KEY (person_id) REFERENCES organisation_person (id);
ALTER TABLE decisions_notice ADD CONSTRAINT decisions_notice_preview
    FOREIGN KEY (tenant_id, preview_id) REFERENCES decisions_preview (tenant_id, id) ON DELETE CASCADE;
ALTER TABLE decisions_decidedoriginal ADD CONSTRAINT decisions_original_case
    FOREIGN KEY (tenant_id, case_id) REFERENCES decisions_case (tenant_id, id);
ALTER TABLE decisions_foreseen ADD CONSTRAINT decisions_foreseen_case
    FOREIGN KEY (tenant_id, case_id) REFERENCES decisions_case (tenant_id, id);
ALTER TABLE decisions_coversheet ADD CONSTRAINT decisions_coversheet_original
    FOREIGN KEY (tenant_id, case_id) REFERENCES decisions_decidedoriginal (tenant_id, case_id);
ALTER TABLE decisions_signedsheet ADD CONSTRAINT decisions_signedsheet_unsigned
    FOREIGN KEY (tenant_id, case_id, shows) REFERENCES decisions_coversheet (tenant_id, case_id, shows);
ALTER TABLE decisions_sealedletter ADD CONSTRAINT decisions_sealedletter_event
    FOREIGN KEY (tenant_id, case_id, seq) REFERENCES decisions_event (tenant_id, case_id, seq);
ALTER TABLE decisions_stampedfile ADD CONSTRAINT decisions_stampedfile_case
    FOREIGN KEY (tenant_id, case_id) REFERENCES decisions_case (tenant_id, id);
ALTER TABLE decisions_receiptevent ADD CONSTRAINT decisions_receipt_event
    FOREIGN KEY (tenant_id, receipt_id) REFERENCES decisions_receipt (tenant_id, id);
ALTER TABLE decisions_receipt ADD CONSTRAINT decisions_receipt_unit
    FOREIGN KEY (unit_id) REFERENCES organisation_unit (id);
ALTER TABLE decisions_receipt ADD CONSTRAINT decisions_receipt_post
    FOREIGN KEY (post_id) REFERENCES organisation_post (id);
ALTER TABLE decisions_receipt ADD CONSTRAINT decisions_receipt_case
    FOREIGN KEY (tenant_id, case_id) REFERENCES decisions_case (tenant_id, id);
ALTER TABLE decisions_receiptlink ADD CONSTRAINT decisions_receiptlink_draft
    FOREIGN KEY (tenant_id, draft_id) REFERENCES drafting_draft (tenant_id, id) ON DELETE CASCADE;
ALTER TABLE decisions_receiptlink ADD CONSTRAINT decisions_receiptlink_receipt
    FOREIGN KEY (tenant_id, receipt_id) REFERENCES decisions_receipt (tenant_id, id);
ALTER TABLE records_receiptnumber ADD CONSTRAINT records_number_receipt_fk
    FOREIGN KEY (tenant_id, receipt_id) REFERENCES decisions_receipt (tenant_id, id);
ALTER TABLE decisions_issuing ADD CONSTRAINT decisions_issuing_case
    FOREIGN KEY (tenant_id, case_id) REFERENCES decisions_case (tenant_id, id);
ALTER TABLE decisions_issue ADD CONSTRAINT decisions_issue_event
    FOREIGN KEY (tenant_id, case_id, seq) REFERENCES decisions_event (tenant_id, case_id, seq);
ALTER TABLE decisions_caselink ADD CONSTRAINT decisions_link_draft
    FOREIGN KEY (tenant_id, draft_id) REFERENCES drafting_draft (tenant_id, id) ON DELETE CASCADE;
ALTER TABLE decisions_caselink ADD CONSTRAINT decisions_link_case
    FOREIGN KEY (tenant_id, earlier_id) REFERENCES decisions_case (tenant_id, id);
-- A draft that is thrown away before it was submitted puts nothing into effect. The table is of a cold room: no key.
ALTER TABLE decisions_enactment ADD CONSTRAINT decisions_enactment_draft
    FOREIGN KEY (tenant_id, draft_id) REFERENCES drafting_draft (tenant_id, id) ON DELETE CASCADE;
ALTER TABLE records_documentnumber ADD CONSTRAINT records_number_case_fk
    FOREIGN KEY (tenant_id, case_id) REFERENCES decisions_case (tenant_id, id);
ALTER TABLE records_record ADD CONSTRAINT records_record_case_fk
    FOREIGN KEY (tenant_id, case_id) REFERENCES decisions_case (tenant_id, id);

-- One decider per round, whoever writes the steps.
CREATE UNIQUE INDEX decisions_step_one_decider ON decisions_step (tenant_id, case_id, round)
    WHERE kind = 'decide';

-- After its end only the counter of events and the time of the last one move on; a case that was only read may get the
-- number that is asked for later; and a case whose destruction is on the record is emptied, once (destroying.sql).
CREATE FUNCTION kessai_decided_case_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := CASE WHEN OLD.state = 'circulated' AND OLD.number = '' THEN '{last_seq,updated_at,number}'
                          ELSE '{last_seq,updated_at}' END;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'kessai: a case is never deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state = 'destroyed' THEN
        RAISE EXCEPTION 'kessai: a destroyed case does not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = 'destroyed' AND EXISTS (
        SELECT 1 FROM decisions_event e
        WHERE e.tenant_id = OLD.tenant_id AND e.case_id = OLD.id AND e.kind = 'destroyed')
    THEN
        RETURN NEW;
    END IF;
    IF (OLD.state IN ('decided', 'circulated', 'rejected', 'abandoned', 'cancelled') OR NEW.state = 'destroyed') AND
       (to_jsonb(NEW) - moving) <> (to_jsonb(OLD) - moving)
    THEN
        RAISE EXCEPTION 'kessai: a case that has ended does not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kessai_decided_case_stays BEFORE UPDATE OR DELETE ON decisions_case
    FOR EACH ROW EXECUTE FUNCTION kessai_decided_case_stays();

-- Whoever decides holds the draft open no longer: its text and files stand as they were decided, until they are
-- destroyed by an act that is on the record.
CREATE FUNCTION kessai_decided_draft_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched jsonb := CASE WHEN TG_OP = 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
    draft text := CASE WHEN TG_TABLE_NAME = 'drafting_draft' THEN 'id' ELSE 'draft_id' END;
BEGIN
    IF EXISTS (SELECT 1 FROM decisions_case c
               WHERE c.tenant_id = (touched ->> 'tenant_id')::integer AND c.id = (touched ->> draft)::uuid
                 AND (c.state = 'destroyed'
                      OR c.state IN ('decided', 'circulated', 'rejected', 'abandoned', 'cancelled')
                         AND NOT EXISTS (SELECT 1 FROM decisions_event e
                                         WHERE e.tenant_id = c.tenant_id AND e.case_id = c.id
                                           AND e.kind = 'destroyed'))) THEN
        RAISE EXCEPTION 'kessai: a decided original does not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER kessai_decided_draft_stays BEFORE UPDATE OR DELETE ON drafting_draft
    FOR EACH ROW EXECUTE FUNCTION kessai_decided_draft_stays();
CREATE TRIGGER kessai_decided_attachment_stays BEFORE INSERT OR UPDATE OR DELETE ON drafting_attachment
    FOR EACH ROW EXECUTE FUNCTION kessai_decided_draft_stays();

GRANT SELECT, INSERT ON decisions_case, decisions_step TO kessai_app;
GRANT UPDATE (state, matter_code, matter_name, table_id, title, question, amount, deadline, urgent, only_read, bulk,
              drafter_person_id, drafter_name, drafter_unit_id, drafter_unit_name, revision, content_hash, round, last_seq,
              flagged_seq, needs, joint_units, number, decided_at, updated_at) ON decisions_case TO kessai_app;
GRANT UPDATE (state, stage, opened_at, acted_seq, held_seq) ON decisions_step TO kessai_app;
GRANT SELECT, INSERT ON decisions_event, decisions_decidedoriginal, decisions_coversheet, decisions_signedsheet,
    decisions_sealedletter, decisions_stampedfile TO kessai_app;
GRANT SELECT, INSERT ON decisions_notice TO kessai_app;
GRANT UPDATE (seen_at) ON decisions_notice TO kessai_app;
GRANT SELECT, INSERT ON decisions_request TO kessai_app;
GRANT UPDATE (closed_seq, round, position) ON decisions_request TO kessai_app;
GRANT SELECT, INSERT ON decisions_preview TO kessai_app;
GRANT UPDATE (person_id, person_name, post_title, unit_name, remark, version, remarked_at, withdrawn_at, recorded_seq)
    ON decisions_preview TO kessai_app;
-- Talk about a working copy: it goes with it.
GRANT SELECT, INSERT, DELETE ON decisions_draftcomment TO kessai_app;
GRANT UPDATE (settled_at, settled_by) ON decisions_draftcomment TO kessai_app;
GRANT SELECT, INSERT ON decisions_caselink, decisions_enactment, decisions_tableupload TO kessai_app;
GRANT UPDATE (digest, attached_sha256) ON decisions_enactment TO kessai_app;
GRANT UPDATE (table_id, faults) ON decisions_tableupload TO kessai_app;
GRANT SELECT, INSERT ON decisions_issuing, decisions_issue TO kessai_app;
GRANT UPDATE (state) ON decisions_issuing, decisions_issue TO kessai_app;
-- A list to work from: whatever was added is taken off it.
GRANT SELECT, INSERT, DELETE ON decisions_foreseen TO kessai_app;
-- Of now, and no part of the record.
GRANT SELECT, INSERT, DELETE ON decisions_signingfault TO kessai_app;
GRANT UPDATE (last_at, message, params, told_at) ON decisions_signingfault TO kessai_app;
GRANT SELECT, INSERT ON decisions_receipt, decisions_receiptevent, decisions_receiptlink TO kessai_app;
GRANT UPDATE (title, sender, sender_number, sent_on, arrived_on, medium, medium_en, marking, needs, files, state, post_id,
              case_id, last_seq, updated_at) ON decisions_receipt TO kessai_app;
