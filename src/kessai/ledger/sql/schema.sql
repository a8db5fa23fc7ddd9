SELECT kessai_make_append_only('ledger_entry');
SELECT kessai_make_append_only('ledger_leaf');
SELECT kessai_make_append_only('ledger_checkpoint');
SELECT kessai_make_append_only('ledger_timestamp');
SELECT kessai_make_append_only('ledger_key');
SELECT kessai_make_append_only('ledger_cosignature');
SELECT kessai_make_append_only('ledger_alarm');
SELECT kessai_make_append_only('ledger_alarmend');
SELECT kessai_keep_tenant('ledger_pending');
SELECT kessai_keep_tenant('ledger_alarmtold');

ALTER TABLE ledger_pending ADD CONSTRAINT ledger_pending_entry
    FOREIGN KEY (tenant_id, entry_id) REFERENCES ledger_entry (tenant_id, id);
ALTER TABLE ledger_leaf ADD CONSTRAINT ledger_leaf_entry_fk
    FOREIGN KEY (tenant_id, entry_id) REFERENCES ledger_entry (tenant_id, id);
ALTER TABLE ledger_timestamp ADD CONSTRAINT ledger_timestamp_checkpoint
    FOREIGN KEY (tenant_id, size) REFERENCES ledger_checkpoint (tenant_id, size);
ALTER TABLE ledger_cosignature ADD CONSTRAINT ledger_cosignature_checkpoint
    FOREIGN KEY (tenant_id, size) REFERENCES ledger_checkpoint (tenant_id, size);
ALTER TABLE ledger_alarmend ADD CONSTRAINT ledger_alarmend_alarm
    FOREIGN KEY (tenant_id, alarm_id) REFERENCES ledger_alarm (tenant_id, id);
ALTER TABLE ledger_alarmtold ADD CONSTRAINT ledger_alarmtold_alarm
    FOREIGN KEY (tenant_id, alarm_id) REFERENCES ledger_alarm (tenant_id, id);

GRANT SELECT, INSERT ON ledger_entry, ledger_leaf, ledger_checkpoint, ledger_timestamp, ledger_key TO kessai_app;
GRANT SELECT, INSERT ON ledger_cosignature, ledger_alarm, ledger_alarmend, ledger_alarmtold TO kessai_app;
GRANT SELECT, INSERT, DELETE ON ledger_pending TO kessai_app;
GRANT SELECT, INSERT, UPDATE ON ledger_heartbeat TO kessai_app;
