SELECT kessai_make_append_only('records_documentnumber');
SELECT kessai_make_append_only('records_record');
SELECT kessai_make_append_only('records_receiptnumber');
SELECT kessai_make_append_only('records_disposalconsent');
SELECT kessai_make_append_only('records_disposedrecord');
SELECT kessai_keep_tenant('records_retentionhold');
SELECT kessai_keep_tenant('records_receiptseries');
SELECT kessai_keep_tenant('records_numberseries');
SELECT kessai_keep_tenant('records_recordfile');

ALTER TABLE records_record ADD CONSTRAINT records_record_file
    FOREIGN KEY (tenant_id, file_id) REFERENCES records_recordfile (tenant_id, id);
ALTER TABLE records_disposalconsent ADD CONSTRAINT records_consent_of_file
    FOREIGN KEY (tenant_id, file_id) REFERENCES records_recordfile (tenant_id, id);
ALTER TABLE records_retentionhold ADD CONSTRAINT records_hold_of_file
    FOREIGN KEY (tenant_id, file_id) REFERENCES records_recordfile (tenant_id, id);
ALTER TABLE records_disposedrecord ADD CONSTRAINT records_disposed_of_file
    FOREIGN KEY (tenant_id, file_id) REFERENCES records_recordfile (tenant_id, id);
ALTER TABLE records_receiptseries ADD CONSTRAINT records_receipts_unit
    FOREIGN KEY (unit_id) REFERENCES organisation_unit (id);
ALTER TABLE records_recordfile ADD CONSTRAINT records_file_unit
    FOREIGN KEY (unit_id) REFERENCES organisation_unit (id);

-- hashtext stands in for equality of the code: a collision refuses, it never lets an overlap through.
ALTER TABLE records_numberformat ADD CONSTRAINT records_one_format
    EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&,
                        int4range(hashtext(kind), hashtext(kind), '[]') WITH &&, period WITH &&);
ALTER TABLE records_retentionclass ADD CONSTRAINT records_one_retention
    EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&,
                        int4range(hashtext(code), hashtext(code), '[]') WITH &&, period WITH &&);
ALTER TABLE records_issuemethod ADD CONSTRAINT records_one_method
    EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&,
                        int4range(hashtext(code), hashtext(code), '[]') WITH &&, period WITH &&);
ALTER TABLE records_letterlayout ADD CONSTRAINT records_one_layout
    EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&,
                        int4range(hashtext(code), hashtext(code), '[]') WITH &&, period WITH &&);
ALTER TABLE records_seal ADD CONSTRAINT records_one_seal
    EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&,
                        int4range(hashtext(code), hashtext(code), '[]') WITH &&, period WITH &&);
ALTER TABLE records_addressee ADD CONSTRAINT records_one_addressee
    EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&,
                        int4range(hashtext("group"), hashtext("group"), '[]') WITH &&,
                        int4range(hashtext(name), hashtext(name), '[]') WITH &&, period WITH &&);
ALTER TABLE records_seal ADD CONSTRAINT records_seal_keeper
    FOREIGN KEY (keeper_post_id) REFERENCES organisation_post (id);

GRANT SELECT, INSERT, UPDATE, DELETE ON records_numberformat, records_retentionclass, records_issuemethod,
    records_seal, records_addressee, records_letterlayout TO kessai_app;
GRANT SELECT, INSERT ON records_numberseries, records_recordfile, records_documentnumber, records_record TO kessai_app;
GRANT SELECT, INSERT ON records_receiptseries, records_receiptnumber TO kessai_app;
GRANT UPDATE (last) ON records_numberseries, records_receiptseries TO kessai_app;
GRANT SELECT, INSERT ON records_disposalconsent, records_retentionhold TO kessai_app;
GRANT SELECT ON records_disposedrecord TO kessai_app;
GRANT UPDATE (until, settled_at, settled_by) ON records_retentionhold TO kessai_app;
