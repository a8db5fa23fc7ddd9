SELECT kessai_keep_tenant('notifications_letter');
SELECT kessai_keep_tenant('notifications_choice');

ALTER TABLE notifications_letter ADD CONSTRAINT notifications_letter_notice
    FOREIGN KEY (tenant_id, notice_id) REFERENCES decisions_notice (tenant_id, id);
ALTER TABLE notifications_choice ADD CONSTRAINT notifications_choice_person
    FOREIGN KEY (person_id) REFERENCES organisation_person (id);

GRANT SELECT, INSERT ON notifications_letter, notifications_choice TO kessai_app;
GRANT UPDATE (sent_at, dropped_at) ON notifications_letter TO kessai_app;
GRANT UPDATE (tasks, notices, language, chosen_at) ON notifications_choice TO kessai_app;
