"""What 100,000 transfers of one ministry touch, with 5,000 cases under way and as many drafts being written."""

from __future__ import annotations

import psycopg

from benchmarks.measuring import Watch, head, say
from benchmarks.orders import AT, DAY, MINISTRY, STAFF, build, moves
from kessai.decisions import impact
from kessai.organisation.orders import operations
from stage import Stage

TRANSFERS, CASES = 100_000, 5_000

COPIES = """
    CREATE TEMP TABLE fresh ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, n, (SELECT min(id) FROM organisation_post WHERE tenant_id = %(ministry)s) AS first
    FROM generate_series(1, 2 * %(cases)s) n;

    INSERT INTO drafting_draft SELECT (jsonb_populate_record(d, jsonb_build_object('id', fresh.id, 'tenant_id',
        %(ministry)s::int, 'post_id', first + (n * 7919) %% %(staff)s, 'open', n > %(cases)s))).*
    FROM drafting_draft d, fresh WHERE d.tenant_id = %(tenant)s AND d.id = %(case)s;

    INSERT INTO decisions_case SELECT (jsonb_populate_record(c, jsonb_build_object('id', fresh.id, 'tenant_id',
        %(ministry)s::int, 'drafter_post_id', first + (n * 7919) %% %(staff)s))).*
    FROM decisions_case c, fresh WHERE c.tenant_id = %(tenant)s AND c.id = %(case)s AND n <= %(cases)s;

    INSERT INTO decisions_step SELECT (jsonb_populate_record(s, jsonb_build_object('case_id', fresh.id, 'tenant_id',
        %(ministry)s::int, 'post_id', first + (n * 104729 + s.position * 15485863) %% %(staff)s))).*
    FROM decisions_step s, fresh WHERE s.tenant_id = %(tenant)s AND s.case_id = %(case)s AND n <= %(cases)s;
"""
"""Cases with the steps of one that was submitted, at posts all over the ministry; and as many open drafts."""


def run(stage: Stage, url: str) -> None:
    head(f"what {TRANSFERS:,} transfers touch: {STAFF:,} posts, {CASES:,} cases under way")
    build(url)
    given = {"tenant": stage.tenant_id, "case": stage.submitted("r3"), "ministry": MINISTRY}
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.transaction():
            for copy in COPIES.split(";")[:-1]:
                connection.execute(copy, {**given, "staff": STAFF, "cases": CASES})
        connection.execute("ANALYZE")
    change_id = operations.start(actor=None, tenant_id=MINISTRY, title="三分の一の異動", effective=DAY, at=AT)
    operations.load(actor=None, change_id=change_id, source=moves(TRANSFERS), source_name="orders.csv", at=AT)
    watch = Watch()
    for name in ("of the draft", "scheduled"):
        if name == "scheduled":
            operations.schedule(actor=None, change_id=change_id, at=AT)
        with watch.time(name):
            found = impact.impact(actor=None, change_id=change_id, at=AT)
        counts = found.counts
        touched = f"{counts.posts:,} posts, {counts.cases:,} cases, {counts.drafts:,} drafts"
        say(f"preview, {name}", f"{watch.total(name):.1f} s", touched)
