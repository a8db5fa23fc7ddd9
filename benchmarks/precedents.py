"""Precedents while somebody types, among many decided cases of their unit, beside the search for the same words."""

from __future__ import annotations

import random
from functools import partial

import psycopg

from benchmarks.inbox import COPIES
from benchmarks.measuring import Watch, head, say
from kessai.decisions import queries
from kessai.decisions.precedents import queries as precedents
from kessai.drafting import queries as drafts
from stage import Stage

CASES, TIMES = 20_000, 20
WANTED = "市町村の定員管理に関する意識調査を委託したい"
WORDS = (
    *("市町村", "都道府県", "地域", "窓口", "庁舎", "公営企業", "広域連携", "関係人口", "防災", "統計"),
    *("調査", "委託", "清掃", "改修", "会議", "研修", "手引", "印刷", "実態", "集計", "改訂", "請負"),
)

REVISIONS = """
    INSERT INTO drafting_revision SELECT (jsonb_populate_record(r, jsonb_build_object('draft_id', fresh.id))).*
    FROM drafting_revision r, fresh WHERE r.tenant_id = %(tenant)s AND r.draft_id = %(case)s
"""


def run(stage: Stage, url: str) -> None:
    head(f"precedents: {CASES:,} decided cases of one unit")
    with psycopg.connect(url, autocommit=True) as connection:
        _decided(connection, stage)
        connection.execute("ANALYZE decisions_case")
    actor = stage.actor("chief")
    post = drafts.posts_to_begin_as(actor=actor, at=stage.now)[stage.posts["chief"]]
    watch = Watch()
    works = {
        "similar": partial(
            precedents.similar, actor=actor, post=post, at=stage.now, wanted=WANTED, matters=["r1"]
        ),
        "search": partial(queries.search, actor=actor, words="定員管理 調査", at=stage.now),
    }
    for _ in range(TIMES):
        for name, work in works.items():
            with watch.time(name):
                work()
    ratio = watch.median("similar") / watch.median("search")
    say("similar cases, median", f"{watch.median('similar') * 1000:.1f} ms", f"{ratio:.2f} of a search")


def _decided(connection: psycopg.Connection, stage: Stage) -> None:
    given = {"tenant": stage.tenant_id, "case": stage.submitted(), "post": stage.posts["director"]}
    chance = random.Random(1)
    with connection.transaction():
        connection.execute("CREATE TEMP TABLE fresh (id uuid, title text) ON COMMIT DROP")
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY fresh (title) FROM STDIN") as copy,
        ):
            for _ in range(CASES):
                copy.write_row(["".join(chance.sample(WORDS, 4)) + "について"])
        connection.execute("UPDATE fresh SET id = gen_random_uuid()")
        for step in (*COPIES.split(";")[:2], REVISIONS):
            connection.execute(step, given)
        connection.execute(
            "UPDATE decisions_case c SET title = fresh.title, question = fresh.title, state = 'decided',"
            " decided_at = submitted_at FROM fresh WHERE c.tenant_id = %(tenant)s AND c.id = fresh.id",
            given,
        )
