-- Tables beside those of the record that hold rows of a case, by name: of a destroyed one there are none.
SELECT 'versions'
WHERE EXISTS (SELECT 1 FROM drafting_version x WHERE x.tenant_id = %(tenant)s AND x.draft_id = %(case)s)
UNION ALL SELECT 'uploads'
WHERE EXISTS (SELECT 1 FROM drafting_upload x WHERE x.tenant_id = %(tenant)s AND x.draft_id = %(case)s)
UNION ALL SELECT 'comments'
WHERE EXISTS (SELECT 1 FROM decisions_draftcomment x WHERE x.tenant_id = %(tenant)s AND x.draft_id = %(case)s)
UNION ALL SELECT 'previews'
WHERE EXISTS (SELECT 1 FROM decisions_preview x WHERE x.tenant_id = %(tenant)s AND x.draft_id = %(case)s)
UNION ALL SELECT 'foreseen'
WHERE EXISTS (SELECT 1 FROM decisions_foreseen x WHERE x.tenant_id = %(tenant)s AND x.case_id = %(case)s)
UNION ALL SELECT 'notices'
WHERE EXISTS (SELECT 1 FROM decisions_notice x WHERE x.tenant_id = %(tenant)s AND x.case_id = %(case)s)
