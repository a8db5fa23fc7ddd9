-- Whether anything that is kept names a stored file: a draft and its versions, a revision, a sheet, a signed file and its
-- renewals, what was issued or sealed, what arrived.
SELECT EXISTS (SELECT 1 FROM drafting_attachment a
               WHERE a.tenant_id = %(tenant)s AND a.sha256 = decode(%(sha256)s, 'hex'))
    OR EXISTS (SELECT 1 FROM drafting_version v WHERE v.tenant_id = %(tenant)s AND v.files @> %(named)s::jsonb)
    OR EXISTS (SELECT 1 FROM drafting_revision v WHERE v.tenant_id = %(tenant)s AND v.attachments @> %(named)s::jsonb)
    OR EXISTS (SELECT 1 FROM decisions_coversheet s
               WHERE s.tenant_id = %(tenant)s AND s.sha256 = decode(%(sha256)s, 'hex'))
    OR EXISTS (SELECT 1 FROM decisions_signedsheet s
               WHERE s.tenant_id = %(tenant)s AND s.sha256 = decode(%(sha256)s, 'hex'))
    OR EXISTS (SELECT 1 FROM decisions_stampedfile s
               WHERE s.tenant_id = %(tenant)s AND s.sha256 = decode(%(sha256)s, 'hex'))
    OR EXISTS (SELECT 1 FROM decisions_event e
               WHERE e.tenant_id = %(tenant)s AND e.kind = 'issued' AND e.payload -> 'letters' @> %(named)s::jsonb)
    OR EXISTS (SELECT 1 FROM decisions_event e
               WHERE e.tenant_id = %(tenant)s AND e.kind = 'sealed' AND e.payload -> 'sealed' @> %(named)s::jsonb)
    OR EXISTS (SELECT 1 FROM decisions_receiptevent e
               WHERE e.tenant_id = %(tenant)s AND e.payload ? 'files' AND e.payload -> 'files' @> %(named)s::jsonb)
