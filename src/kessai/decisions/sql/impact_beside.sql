-- The posts of the steps in question that are not touched.
SELECT DISTINCT post_id FROM decisions_impact WHERE NOT touched
