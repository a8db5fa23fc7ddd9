SELECT kessai_make_append_only('drafting_revision');
SELECT kessai_keep_tenant('drafting_draft');
SELECT kessai_keep_tenant('drafting_attachment');
SELECT kessai_keep_tenant('drafting_inspection');
SELECT kessai_keep_tenant('drafting_findable');
SELECT kessai_keep_tenant('drafting_scan');
SELECT kessai_keep_tenant('drafting_upload');
SELECT kessai_keep_tenant('drafting_version');
SELECT kessai_keep_tenant('drafting_released');

ALTER TABLE drafting_attachment ADD CONSTRAINT drafting_attachment_draft_fk
    FOREIGN KEY (tenant_id, draft_id) REFERENCES drafting_draft (tenant_id, id) ON DELETE CASCADE;
ALTER TABLE drafting_upload ADD CONSTRAINT drafting_upload_draft_fk
    FOREIGN KEY (tenant_id, draft_id) REFERENCES drafting_draft (tenant_id, id) ON DELETE CASCADE;
ALTER TABLE drafting_version ADD CONSTRAINT drafting_version_draft_fk
    FOREIGN KEY (tenant_id, draft_id) REFERENCES drafting_draft (tenant_id, id) ON DELETE CASCADE;
ALTER TABLE drafting_version ADD CONSTRAINT drafting_version_person
    FOREIGN KEY (person_id) REFERENCES organisation_person (id);
ALTER TABLE drafting_upload ADD CONSTRAINT drafting_upload_person
    FOREIGN KEY (person_id) REFERENCES organisation_person (id);
ALTER TABLE drafting_revision ADD CONSTRAINT drafting_revision_draft_fk
    FOREIGN KEY (tenant_id, draft_id) REFERENCES drafting_draft (tenant_id, id);
ALTER TABLE drafting_draft ADD CONSTRAINT drafting_draft_post
    FOREIGN KEY (post_id) REFERENCES organisation_post (id);
ALTER TABLE drafting_draft ADD CONSTRAINT drafting_draft_person
    FOREIGN KEY (person_id) REFERENCES organisation_person (id);

GRANT SELECT, INSERT, DELETE ON drafting_draft, drafting_attachment TO kessai_app;
GRANT UPDATE (post_id, typed, version, touched, open, revisions, needs, by_hand, updated_at) ON drafting_draft TO kessai_app;
GRANT SELECT, INSERT ON drafting_revision TO kessai_app;
-- Derived from the bytes of files: may be deleted and made again.
GRANT SELECT, INSERT, DELETE ON drafting_inspection, drafting_findable, drafting_scan TO kessai_app;
GRANT UPDATE (media_type, macros, encrypted, broken, unread, pages, width, height, text, text_cut, made_by, made_at)
    ON drafting_inspection TO kessai_app;
GRANT UPDATE (state, threat, down, asked_at, scanned_at, removed_at) ON drafting_scan TO kessai_app;
GRANT SELECT, INSERT, DELETE ON drafting_upload, drafting_released TO kessai_app;
GRANT UPDATE (attached_as) ON drafting_upload TO kessai_app;
-- The past of a working copy: never changed, and gone when its case ends.
GRANT SELECT, INSERT, DELETE ON drafting_version TO kessai_app;
