-- A place for the posts that a set of changes touches; gone when the transaction ends. ``before_ids`` and
-- ``after_ids``: who has the tasks of the post on the day before and on the day; ``successor_id``: the post that has
-- them from then on, where it is another; ``successor_title`` alone: that post is yet to be made by the changes; ``moved`` false: not touched, put beside the others to be looked at with them.
CREATE TEMPORARY TABLE organisation_touched (
    post_id bigint PRIMARY KEY, before_ids bigint[] NOT NULL, after_ids bigint[] NOT NULL, successor_id bigint,
    moved boolean NOT NULL, successor_title text NOT NULL DEFAULT ''
) ON COMMIT DROP
