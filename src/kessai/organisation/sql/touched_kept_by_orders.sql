-- Which posts will have their drafts kept by the lines of orders that are no more than a draft: organisation_order_lines
-- left them in the transaction.
SELECT DISTINCT post_id FROM order_line WHERE good AND act = 'keep_drafts' AND post_id = ANY(%(posts)s)
