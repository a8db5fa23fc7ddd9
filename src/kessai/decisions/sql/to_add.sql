-- Decided cases whose cover sheets foresee something that a person's units may add and nobody has added, the latest
-- decided first. The names of units are their functions, and unit:<code>.
SELECT f.tenant_id, f.case_id, c.title, c.number, c.decided_at, c.drafter_unit_name AS drafter_unit, c.drafter_name,
       array_agg(f.label ORDER BY f.key) AS labels, array_agg(f.label_en ORDER BY f.key) AS labels_en
FROM decisions_foreseen f
JOIN decisions_case c ON c.tenant_id = f.tenant_id AND c.id = f.case_id
WHERE f.tenant_id = ANY(%(tenants)s)
  AND EXISTS (SELECT 1 FROM unnest(%(named_in)s::int[], %(names)s::text[]) AS n(tenant_id, name)
              WHERE n.tenant_id = f.tenant_id AND n.name = ANY(f.units))
  AND (c.needs = '{}' OR organisation_clears(c.needs, %(person)s, %(own)s, %(day)s, %(at)s))
GROUP BY f.tenant_id, f.case_id, c.title, c.number, c.decided_at, c.drafter_unit_name, c.drafter_name
ORDER BY c.decided_at DESC, f.case_id
LIMIT %(limit)s
