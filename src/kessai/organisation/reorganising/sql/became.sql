-- What became of the units of a ministry by a day: each end of a version, with the name it had, and what follows: the
-- unit's next version, or its successors. Names hold every word.
WITH ended AS (
    SELECT u.id AS unit_id, u.code, v.name, v.name_en, v.parent_id, v.symbol, upper(v.period) AS day
    FROM organisation_unit u JOIN organisation_unitversion v ON v.unit_id = u.id
    WHERE u.tenant_id = %(tenant)s AND upper(v.period) <= %(day)s::date
      AND NOT EXISTS (
          SELECT 1 FROM unnest(%(patterns)s::text[]) AS p(pattern)
          WHERE NOT normalize(concat_ws(E'\n', v.name, v.name_en, u.code), NFKC) ILIKE p.pattern)
), followed AS (
    SELECT e.*, n.name AS next_name, n.name_en AS next_name_en, n.parent_id AS next_parent_id, n.id AS next_id,
           EXISTS (SELECT 1 FROM organisation_unitsuccession s
                   WHERE s.unit_id = e.unit_id AND lower(s.period) = e.day) AS succeeded
    FROM ended e
    LEFT JOIN organisation_unitversion n ON n.unit_id = e.unit_id AND lower(n.period) = e.day
)
SELECT f.unit_id, f.code, f.name, f.name_en, coalesce(pv.name, '') AS parent_name, f.day,
       CASE WHEN f.next_id IS NULL AND NOT f.succeeded THEN 'abolished'
            WHEN f.next_id IS NULL AND count(s.id) > 1 THEN 'split'
            WHEN f.next_id IS NULL THEN 'merged'
            WHEN f.succeeded THEN 'split'
            WHEN f.next_name <> f.name THEN 'renamed'
            ELSE 'moved' END AS how,
       coalesce(json_agg(json_build_object('unit_id', su.id, 'code', su.code, 'name', sv.name, 'name_en', sv.name_en,
                                           'main', s.main) ORDER BY s.main DESC, su.code)
                FILTER (WHERE s.id IS NOT NULL), '[]') AS successors,
       f.next_name, f.next_name_en, coalesce(np.name, '') AS next_parent_name
FROM followed f
LEFT JOIN organisation_unitversion pv ON pv.unit_id = f.parent_id AND (pv.period @> (f.day - 1)) IS TRUE
LEFT JOIN organisation_unitversion np ON np.unit_id = f.next_parent_id AND (np.period @> f.day) IS TRUE
LEFT JOIN organisation_unitsuccession s ON s.unit_id = f.unit_id AND lower(s.period) = f.day
LEFT JOIN organisation_unit su ON su.id = s.successor_id
LEFT JOIN organisation_unitversion sv ON sv.unit_id = su.id AND (sv.period @> f.day) IS TRUE
WHERE f.next_id IS NULL OR f.succeeded OR f.next_name <> f.name
   OR f.next_parent_id IS DISTINCT FROM f.parent_id
GROUP BY f.unit_id, f.code, f.name, f.name_en, pv.name, f.day, f.next_id, f.succeeded, f.next_name, f.next_name_en,
         np.name
ORDER BY f.day DESC, f.code
LIMIT %(limit)s
