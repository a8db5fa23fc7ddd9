-- Receipts whose number, title or sender holds every word: of a person's units or posts, or that they had a hand in; of
-- a whole ministry for a unit that receives for all. Patterns come in NFKC, and so is what is compared.
SELECT r.tenant_id, r.id
FROM decisions_receipt r
CROSS JOIN LATERAL (SELECT normalize(concat_ws(E'\n', r.number, r.title, r.sender, r.sender_number), NFKC)) AS said(text)
WHERE r.tenant_id = ANY(%(tenants)s)
  AND NOT EXISTS (
      SELECT 1 FROM unnest(%(patterns)s::text[]) AS p(pattern)
      WHERE NOT said.text ILIKE p.pattern)
  AND (r.needs = '{}' OR organisation_clears(r.needs, %(person)s, %(own)s, %(day)s, %(at)s))
  AND (r.unit_id = ANY(%(units)s) OR r.post_id = ANY(%(posts)s) OR r.tenant_id = ANY(%(all_of)s::int[])
       OR EXISTS (SELECT 1 FROM decisions_receiptevent e
                  WHERE e.tenant_id = r.tenant_id AND e.receipt_id = r.id AND e.person_id = %(person)s))
ORDER BY r.registered_at DESC, r.id
LIMIT %(limit)s
