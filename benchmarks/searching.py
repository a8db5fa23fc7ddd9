"""The search with and without the text of attachments, among many cases of one unit, each with a file of its own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Any
from unittest.mock import patch

import psycopg

from benchmarks.inbox import COPIES
from benchmarks.measuring import Watch, head, say
from benchmarks.precedents import WORDS
from kessai.decisions import queries
from kessai.drafting.finding import queries as finding
from kessai.drafting.finding import rules
from stage import Stage

CASES, LETTERS, TIMES, RARE = 6_000, 600, 20, 20
NOWHERE, SOME, ALL = "定期航路", "潮位観測", "仕様書"
"""A word that no file has, one that 20 have, and one that all have."""

FIXED = """
    INSERT INTO drafting_revision SELECT (jsonb_populate_record(r, jsonb_build_object('draft_id', fresh.id,
        'attachments', jsonb_build_array(jsonb_build_object('title', '仕様書', 'filename', '仕様書.pdf',
        'media_type', 'application/pdf', 'size', 1, 'sha256', fresh.sha256))))).*
    FROM drafting_revision r, fresh WHERE r.tenant_id = %(tenant)s AND r.draft_id = %(case)s;

    INSERT INTO drafting_inspection (tenant_id, sha256, media_type, macros, encrypted, broken, unread, pages, width,
                                     height, text, text_cut, made_by, made_at)
    SELECT %(tenant)s, sha256, 'application/pdf', false, false, false, false, 1, 0, 0, text, false, 2, now() FROM fresh;

    INSERT INTO drafting_findable (tenant_id, sha256, pairs, made_at)
    SELECT %(tenant)s, sha256, pairs, now() + n * interval '1 s' FROM fresh;
"""


def run(stage: Stage, url: str) -> None:
    head(f"search in attachments: {CASES:,} cases of one unit, a file of {LETTERS:,} letters each")
    with psycopg.connect(url, autocommit=True) as connection:
        _cases(connection, stage)
        connection.execute("VACUUM ANALYZE")
    actor, watch = stage.actor("chief"), Watch()
    for _ in range(TIMES):
        for word in (NOWHERE, SOME, ALL):
            look = partial(queries.search, actor=actor, words=word, at=stage.now)
            with patch.object(finding, "holding", lambda **_: ()), watch.time(f"without {word}"):
                look()
            with watch.time(word):
                found = look()
            assert len(found) == {NOWHERE: 0, SOME: RARE, ALL: 50}[word]
    for word, what in ((NOWHERE, "no file has"), (SOME, f"{RARE} files have"), (ALL, "all files have")):
        ratio = watch.median(word) / watch.median(f"without {word}")
        say(
            f"a word that {what}, median",
            f"{watch.median(word) * 1000:.1f} ms",
            f"{ratio:.2f} of the search without",
        )


def _cases(connection: psycopg.Connection[Any], stage: Stage) -> None:
    given = {"tenant": stage.tenant_id, "case": stage.submitted(), "post": stage.posts["director"]}
    chance = random.Random(1)
    rows = [_row(chance, n) for n in range(CASES)]
    with connection.transaction():
        connection.execute(
            "CREATE TEMP TABLE fresh (n int, sha256 text, text text, pairs int[], id uuid) ON COMMIT DROP"
        )
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY fresh (n, sha256, text, pairs) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        connection.execute("UPDATE fresh SET id = gen_random_uuid()")
        for step in (*COPIES.split(";")[:2], *FIXED.split(";")[:-1]):
            connection.execute(step, given)


def _row(chance: random.Random, n: int) -> Sequence[Any]:
    kanji = "".join(chr(chance.randrange(0x4E00, 0x5200)) for _ in range(LETTERS // 2))
    words = "".join(chance.choices(WORDS, k=LETTERS // 6))
    text = f"{ALL}{kanji}{words}{SOME if n < RARE else ''}"
    return n, sha256(f"{n}".encode()).hexdigest(), text, rules.pairs(text)
