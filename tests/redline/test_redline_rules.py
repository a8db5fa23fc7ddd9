"""The redline of two texts, and the difference of two versions: pure rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.decisions.redline import rules
from kessai.decisions.redline.rules import (
    DELETED,
    INSERTED,
    KEPT,
    LEFT_OUT,
    Place,
    Run,
    Version,
    abridged,
    difference,
    redline,
)
from kessai.decisions.redline.words import words
from kessai.drafting.rules import AttachedFile, Content

PHRASES = st.lists(
    st.sampled_from(
        [
            "補助率を",
            "二分の一",
            "三分の二",
            "とする。",
            "12月1日",
            "12月8日",
            "の",
            "、",
            "\n",
            "Act ",
            "　",
            "が\u3099",
        ]
    ),
    max_size=30,
).map("".join)
TEXTS = st.one_of(st.text(max_size=60), PHRASES)


def written(runs: tuple[Run, ...]) -> str:
    marks = {KEPT: "{}", DELETED: "[-{}-]", INSERTED: "[+{}+]", LEFT_OUT: "…"}
    return "".join(marks[run.kind].format(run.text) for run in runs)


def text_of(runs: tuple[Run, ...], *kinds: str) -> str:
    return "".join(run.text for run in runs if run.kind in kinds)


@given(TEXTS, TEXTS)
def test_kept_and_inserted_are_the_new_text_and_kept_and_deleted_the_old(old: str, new: str) -> None:
    runs = redline(old, new, words)
    assert text_of(runs, KEPT, INSERTED) == new
    assert text_of(runs, KEPT, DELETED) == old
    assert all(run.text for run in runs)


@given(TEXTS, TEXTS)
def test_a_redline_is_the_same_seen_from_either_side(old: str, new: str) -> None:
    turned = {KEPT: KEPT, DELETED: INSERTED, INSERTED: DELETED}
    here, there = redline(old, new, words), redline(new, old, words)
    assert sorted(here, key=repr) == sorted((Run(turned[r.kind], r.text) for r in there), key=repr)
    assert [r for r in here if r.kind == KEPT] == [r for r in there if r.kind == KEPT]


@given(TEXTS)
def test_equal_texts_have_nothing_marked_and_words_are_the_text(text: str) -> None:
    assert {run.kind for run in redline(text, text, words)} <= {KEPT}
    assert "".join(words(text)) == text


@given(TEXTS, TEXTS)
def test_neighbours_are_of_different_kinds_and_a_deletion_stands_before_its_insertion(
    old: str, new: str
) -> None:
    kinds = [run.kind for run in redline(old, new, words)]
    for one, other in pairwise(kinds):
        assert one != other and (one, other) != (INSERTED, DELETED)


@given(TEXTS, TEXTS, st.integers(0, 10))
def test_what_is_left_out_is_kept_text(old: str, new: str, around: int) -> None:
    runs = redline(old, new, words)
    short = abridged(runs, around)
    assert text_of(short, KEPT, LEFT_OUT, INSERTED) == new
    assert text_of(short, DELETED) == text_of(runs, DELETED)


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        # a number is struck out with its counter, not digit by digit
        ("3月31日まで", "3月19日まで", "3月[-31日-][+19日+]まで"),
        ("金8,000,000円とする", "金12,000,000円とする", "金[-8,000,000円-][+12,000,000円+]とする"),
        # a verb with its ending
        ("速やかに定めること", "速やかに決めること", "速やかに[-定める-][+決める+]こと"),
        # a particle that alone is kept between two changes goes with them
        ("試験を実施", "調査を委託", "[-試験を実施-][+調査を委託+]"),
        # unless nothing would stand against it
        ("課長の", "前の課長の新しい", "[+前の+]課長の[+新しい+]"),
        ("一行目。\n二行目。\n", "一行目。\n二行目は直した。\n", "一行目。\n二行目[+は直した+]。\n"),
        ("一行目。\n三行目。\n", "一行目。\n二行目。\n三行目。\n", "一行目。\n[+二行目。\n+]三行目。\n"),
        ("", "すべて新しい", "[+すべて新しい+]"),
        ("すべて消えた", "", "[-すべて消えた-]"),
        ("2,000円", "12,000円", "[-2,000円-][+12,000円+]"),
        ("第1案", "第1案及び第2案", "第1[+案及び第2+]案"),
        ("甲の案", "案", "[-甲の-]案"),
        ("取扱要領", "事務取扱要領", "[+事務+]取扱要領"),
        # a sound mark of its own stays with its letter
        ("は\u3099を試す", "は\u309aを試す", "[-は\u3099-][+は\u309a+]を試す"),
    ],
)
def test_words_are_marked_and_not_characters(old: str, new: str, marked: str) -> None:
    assert written(redline(old, new, words)) == marked


def test_lines_that_stand_for_one_another_are_compared_line_by_line() -> None:
    old = "".join(f"第{n}項 予算の範囲内で行う。\n" for n in range(300))
    marked = written(redline(old, old.replace("範囲内", "範囲"), words))
    assert marked.count("範囲[-内-]で") == 300


def test_texts_too_long_to_be_compared_word_by_word_are_struck_out_and_put_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "MOST", 3)
    assert written(redline("甲乙、甲乙、甲乙", "丙、丙、丙", words)) == "[-甲乙、甲乙、甲乙-][+丙、丙、丙+]"


def test_long_kept_stretches_are_cut_to_what_stands_around_the_changes() -> None:
    runs = (
        Run(KEPT, "あ" * 100),
        Run(INSERTED, "新"),
        Run(KEPT, "い" * 100),
        Run(DELETED, "旧"),
        Run(KEPT, "う" * 9),
    )
    assert (
        written(abridged(runs, 3))
        == "…" + "あ" * 3 + "[+新+]" + "い" * 3 + "…" + "い" * 3 + "[-旧-]" + "う" * 3 + "…"
    )
    assert abridged(runs, 50) == runs
    assert abridged((Run(KEPT, "あ" * 100),), 3) == (Run(LEFT_OUT, "あ" * 100),)


# ── versions ──
CONTENT = Content(
    matter_code="r1",
    title="地域振興の件",
    question="地域振興の件のとおりとしてよいか",
    text="伺います。",
    reason="",
    amount=8_000_000,
    deadline=date(2026, 12, 1),
    urgent_reason="",
    flags=frozenset({"important"}),
    values={"counterparty": "試験社", "starts_on": "2026-12-01", "region": "沖縄"},
    labels={"region": ("地域", "Region")},
)


def file(title: str, sha: str, name: str = "") -> AttachedFile:
    return AttachedFile(title, name or f"{title}.pdf", "application/pdf", 3, sha * 64)


def place(post: int, stage: int, kind: str = "review", delegated: bool = False) -> Place:
    return Place(kind, post, f"職{post}", "課", stage, delegated)


def by(day: int | None, post: int) -> Place:
    """Asked for an opinion, by a day of October."""
    return replace(place(post, 1, "consult"), answer_by=day and date(2026, 10, day))


def test_nothing_differs_between_a_version_and_itself() -> None:
    version = Version(CONTENT, (file("見積書", "a"),), (place(1, 1), place(2, 2, "decide")))
    assert not difference(version, version)


def test_every_field_that_differs_is_named_in_the_order_of_the_form() -> None:
    changed = replace(
        CONTENT,
        matter_code="r2",
        title="新しい件名",
        question="新しい件名のとおりとしてよいか",
        text="決めます。",
        reason="理由",
        amount=None,
        deadline=None,
        urgent_reason="国会",
        flags=frozenset({"unprecedented"}),
        values={"counterparty": "別の社", "ends_on": "2027-03-31", "rate": "50"},
        labels={"rate": ("補助率", "Rate")},
    )
    found = difference(Version(CONTENT), Version(changed))
    assert [each.key for each in found.texts] == [
        *("question", "title", "amount", "deadline", "text", "reason", "urgent_reason", "matter"),
        *("counterparty", "starts_on", "ends_on", "rate", "region"),
    ]
    by_key = {each.key: each for each in found.texts}
    assert (by_key["amount"].old, by_key["amount"].new, by_key["amount"].kind) == ("8000000", "", "money")
    assert (by_key["deadline"].old, by_key["deadline"].kind) == ("2026-12-01", "date")
    assert (by_key["region"].label, by_key["region"].label_en, by_key["region"].new) == ("地域", "Region", "")
    assert (by_key["rate"].old, by_key["rate"].new) == ("", "50")
    assert (found.raised, found.lowered) == (("unprecedented",), ("important",))
    assert "question" not in [each.key for each in found.named]


def test_the_question_is_named_where_it_alone_differs_and_a_field_without_a_label_by_its_key() -> None:
    asked = difference(Version(CONTENT), Version(replace(CONTENT, question="別の問い")))
    assert [each.key for each in asked.named] == ["question"]
    bare = replace(CONTENT, values={**CONTENT.values, "old": "値"})
    assert [each.label for each in difference(Version(CONTENT), Version(bare)).texts] == ["old"]


def files(*there: AttachedFile) -> Version:
    return Version(CONTENT, there)


A, B, C = file("見積書", "a"), file("仕様書", "b"), file("図面", "c")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ((A,), (A, B), [("added", None, 2)]),
        ((A, B), (B,), [("removed", 1, None)]),
        ((A, B), (file("見積書", "d"), B), [("replaced", 1, 1)]),
        ((A, B), (file("積算書", "a"), B), [("renamed", 1, 1)]),
        ((A, B, C), (B, C, A), [("moved", 1, 3)]),
        ((A, A), (A, A), []),
        ((A, A), (A,), [("removed", 2, None)]),
        ((A,), (file("見積書", "d"), A), [("added", None, 1)]),
        ((A, B), (C, file("仕様書", "d")), [("removed", 1, None), ("added", None, 1), ("replaced", 2, 2)]),
    ],
)
def test_files_are_told_apart_by_their_bytes_and_then_by_their_titles(
    old: tuple[AttachedFile, ...], new: tuple[AttachedFile, ...], found: list[tuple[str, int, int]]
) -> None:
    changes = difference(files(*old), files(*new)).files
    assert [
        (change.what, change.old and change.old.position, change.new and change.new.position)
        for change in changes
    ] == found


def route(*places: Place) -> Version:
    return Version(CONTENT, (), places)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            (place(1, 1), place(9, 2, "decide")),
            (place(1, 1), place(2, 2), place(9, 3, "decide")),
            [("added", None, 2)],
        ),
        ((place(1, 1), place(2, 2)), (place(2, 1),), [("removed", 1, None)]),
        (
            (place(1, 1), place(9, 2, "decide")),
            (place(9, 1), place(1, 2, "decide")),
            [("other_role", 9, 9), ("other_role", 1, 1)],
        ),
        ((place(9, 1, "decide", True),), (place(9, 1, "decide"),), [("other_role", 9, 9)]),
        ((place(1, 1), place(2, 2), place(3, 3)), (place(2, 1), place(3, 2), place(1, 3)), [("moved", 1, 1)]),
        ((place(1, 1), place(2, 1)), (place(1, 1), place(2, 1)), []),
        ((place(1, 1), place(2, 1)), (place(1, 1), place(2, 2)), [("moved", 2, 2)]),
        ((by(20, 1), by(20, 2)), (by(20, 1), by(21, 2)), [("other_day", 2, 2)]),
        ((by(20, 1),), (by(None, 1),), [("other_day", 1, 1)]),
        ((by(20, 1),), (replace(by(21, 1), kind="review"),), [("other_role", 1, 1)]),
    ],
)
def test_steps_are_added_removed_asked_for_something_else_or_moved(
    old: tuple[Place, ...], new: tuple[Place, ...], found: list[tuple[str, int, int]]
) -> None:
    changes = difference(route(*old), route(*new)).steps
    assert [
        (change.what, change.old and change.old.post_id, change.new and change.new.post_id)
        for change in changes
    ] == found
