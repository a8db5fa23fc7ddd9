-- Touched posts with their titles of the day before, or of the day where they begin on it, and the names of those who
-- have their tasks before and after.
SELECT t.post_id, p.code, pv.title, pv.title_en, pv.level, pv.in_line, pv.unit_id, u.code AS unit_code, uv.name AS unit_name,
       uv.name_en AS unit_name_en, t.successor_id,
       coalesce(nullif(t.successor_title, ''), (
           SELECT v.title FROM organisation_postversion v WHERE v.post_id = t.successor_id
           ORDER BY v.period @> %(day)s::date DESC, lower(v.period) DESC LIMIT 1), '') AS successor_title,
       ARRAY(SELECT h.name FROM unnest(t.before_ids) WITH ORDINALITY x(id, n)
             JOIN organisation_person h ON h.id = x.id ORDER BY x.n) AS before,
       ARRAY(SELECT h.name FROM unnest(t.after_ids) WITH ORDINALITY x(id, n)
             JOIN organisation_person h ON h.id = x.id ORDER BY x.n) AS after
FROM organisation_touched t
JOIN organisation_post p ON p.id = t.post_id
JOIN LATERAL (
    SELECT v.title, v.title_en, v.level, v.in_line, v.unit_id FROM organisation_postversion v
    WHERE v.post_id = p.id AND lower(v.period) <= %(day)s::date ORDER BY v.period @> (%(day)s::date - 1) DESC,
          lower(v.period) DESC LIMIT 1
) pv ON TRUE
JOIN organisation_unit u ON u.id = pv.unit_id
JOIN LATERAL (
    SELECT v.name, v.name_en FROM organisation_unitversion v
    WHERE v.unit_id = pv.unit_id AND lower(v.period) <= %(day)s::date ORDER BY v.period @> (%(day)s::date - 1) DESC,
          lower(v.period) DESC LIMIT 1
) uv ON TRUE
WHERE t.post_id = ANY(%(posts)s)
