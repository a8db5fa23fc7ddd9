"""The inbox with 10,000 open steps in the ministry: of somebody with a few of them, and of somebody with all."""

from __future__ import annotations

import statistics
from functools import partial

import psycopg

from benchmarks.measuring import head, repeat, say
from kessai.decisions import queries
from stage import Stage

OPEN, OTHERS, TIMES = 10_000, 50, 30


def run(stage: Stage, url: str) -> None:
    head(f"inbox: {OPEN:,} open steps")
    busy, calm = stage.posts["director"], stage.posts["general_affairs"]
    with psycopg.connect(url, autocommit=True) as connection:
        for post, share in ((busy, OPEN - OTHERS), (calm, OTHERS)):
            _open_steps(connection, stage, post, share)
        connection.execute("ANALYZE")
    for code, what in (("general_affairs", f"of {OTHERS} open steps"), ("director", f"of {OPEN - OTHERS:,}")):
        actor = stage.actor(code)
        found = queries.home(actor=actor, at=stage.now)
        taken = repeat(TIMES, partial(queries.home, actor=actor, at=stage.now))
        say(
            f"home {what}, median",
            f"{statistics.median(taken) * 1000:.1f} ms",
            f"{len(found.inbox)} shown of {found.inbox_total:,}",
        )


COPIES = """
    INSERT INTO drafting_draft SELECT (jsonb_populate_record(d, jsonb_build_object('id', fresh.id))).*
    FROM drafting_draft d, fresh WHERE d.tenant_id = %(tenant)s AND d.id = %(case)s;

    INSERT INTO decisions_case SELECT (jsonb_populate_record(c, jsonb_build_object('id', fresh.id))).*
    FROM decisions_case c, fresh WHERE c.tenant_id = %(tenant)s AND c.id = %(case)s;

    INSERT INTO decisions_step SELECT (jsonb_populate_record(s, jsonb_build_object(
        'case_id', fresh.id, 'post_id', %(post)s::bigint, 'state', 'open'))).*
    FROM decisions_step s, fresh WHERE s.tenant_id = %(tenant)s AND s.case_id = %(case)s AND s.position = 1;
"""
"""A submitted case with its draft and one step, which is open, as often as there are fresh ids."""


def _open_steps(connection: psycopg.Connection, stage: Stage, post: int, count: int) -> None:
    given = {"tenant": stage.tenant_id, "case": stage.submitted(), "post": post}
    with connection.transaction():
        connection.execute("CREATE TEMP TABLE fresh (id uuid) ON COMMIT DROP")
        connection.execute("INSERT INTO fresh SELECT gen_random_uuid() FROM generate_series(1, %s)", [count])
        for copy in COPIES.split(";")[:-1]:
            connection.execute(copy, given)
