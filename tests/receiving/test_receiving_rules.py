"""Where a receipt stands, without a database: every branch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kessai.decisions.receiving import rules
from kessai.decisions.receiving.rules import Particulars, Told, Typed
from kessai.decisions.rules import CannotAct

TODAY = date(2026, 10, 6)
MEDIA = {"mail": ("郵送", "Mail")}
SAID = Particulars("件名", "甲県知事", "第1号", date(2026, 10, 1), date(2026, 10, 5), "郵送", "Mail")
RECEIVED = Told(1, "received", {**SAID.to_json(), "files": [{"sha256": "a"}]})


def state(*events: tuple[str, dict[str, Any]]) -> tuple[str, int | None, tuple[str, ...]]:
    told = [RECEIVED, *(Told(n, kind, said) for n, (kind, said) in enumerate(events, start=2))]
    found = rules.standing(told)
    return found.state, found.post, found.cases


ASSIGNED = ("assigned", {"post": 7})
HANDLED: tuple[str, dict[str, Any]] = ("handled", {})


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), ("registered", None, ())),
        ((ASSIGNED,), ("assigned", 7, ())),
        ((ASSIGNED, HANDLED), ("handled", None, ())),
        ((HANDLED, ASSIGNED), ("assigned", 7, ())),
        ((ASSIGNED, ("answered", {"case": "c"})), ("answered", None, ("c",))),
        ((("joined", {"case": "c"}),), ("joined", None, ("c",))),
        ((("answered", {"case": "c"}), ("joined", {"case": "d"})), ("answered", None, ("c", "d"))),
        (
            (("joined", {"case": "c"}), ("joined", {"case": "d"}), ("answered", {"case": "c"})),
            ("answered", None, ("d", "c")),
        ),
    ],
)
def test_where_it_stands_follows_from_its_events(events: tuple[Any, ...], expected: object) -> None:
    assert state(*events) == expected


def test_a_correction_is_what_is_read_from_then_on() -> None:
    right = replace(SAID, sender="乙県知事", sent_on=None)
    found = rules.standing([RECEIVED, Told(2, "corrected", {**right.to_json(), "files": []})])
    assert (found.particulars, found.files, found.state) == (right, (), "registered")


TYPED = Typed("件名", "甲県知事", "第1号", "2026-10-01", "令和8年10月5日", "mail")


def test_a_form_is_read() -> None:
    assert rules.read(TYPED, media=MEDIA, today=TODAY) == SAID
    bare = rules.read(replace(TYPED, sent_on="", sender_number=""), media=MEDIA, today=TODAY)
    assert (bare.sent_on, bare.sender_number) == (None, "")


def refused(judge: Any, *args: Any, **given: Any) -> str:
    try:
        judge(*args, **given)
    except CannotAct as refusal:
        return str(refusal.what)
    return ""


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": " "}, "件名"),
        ({"title": "長" * 401}, "長すぎます"),
        ({"sender": ""}, "発信者"),
        ({"arrived_on": ""}, "届いた日がありません"),
        ({"arrived_on": "十月"}, "読み取れません"),
        ({"arrived_on": "2026-10-07"}, "まだ来ていない"),
        ({"sent_on": "2026-10-06"}, "より後"),
        ({"medium": ""}, "届いた方法"),
    ],
)
def test_what_cannot_be_read_is_refused(typed: dict[str, str], words: str) -> None:
    assert words in refused(rules.read, replace(TYPED, **typed), media=MEDIA, today=TODAY)


def test_what_is_done_with_is_not_closed_again() -> None:
    found = rules.standing([RECEIVED])
    assert refused(rules.judge_handling, found, "電話で回答") == ""
    assert "理由" in refused(rules.judge_handling, found, " ")
    assert "もう済んで" in refused(rules.judge_handling, replace(found, state="handled"), "x")


def test_it_is_added_to_a_case_once() -> None:
    found = rules.standing([RECEIVED])
    assert refused(rules.judge_joining, found, "c") == ""
    assert refused(rules.judge_joining, replace(found, cases=("c",)), "c")


def test_a_correction_says_something_and_why() -> None:
    found = rules.standing([RECEIVED])
    now = replace(SAID, title="別の件名")
    assert refused(rules.judge_correcting, found, now, found.files, "誤り") == ""
    assert refused(rules.judge_correcting, found, SAID, [], "誤り") == ""
    assert "直した" in refused(rules.judge_correcting, found, SAID, found.files, "誤り")
    assert "理由" in refused(rules.judge_correcting, found, now, found.files, "")


@pytest.mark.parametrize(
    ("needed", "case", "may"),
    [((), (), True), ((), ("confidentiality3",), True), (("confidentiality3",), (), False),
     (("confidentiality3",), ("confidentiality3", "関係者限り"), True)],
)  # fmt: skip
def test_what_arrived_is_added_to_a_case_that_is_marked_as_high(
    needed: tuple[str, ...], case: tuple[str, ...], may: bool
) -> None:
    try:
        rules.judge_marking(needed, case)
    except CannotAct:
        assert not may
    else:
        assert may


def test_only_the_highest_marking_takes_a_clearance_and_an_unknown_one_is_refused() -> None:
    for marking, needs in (("confidentiality1", ()), ("confidentiality3", ("confidentiality3",))):
        said = rules.read(replace(TYPED, marking=marking), media=MEDIA, today=TODAY)
        assert (said.marking, said.needs) == (marking, needs)
        assert rules.Particulars.from_json(said.to_json()) == said
    with pytest.raises(CannotAct, match="格付がありません"):
        rules.read(replace(TYPED, marking=""), media=MEDIA, today=TODAY)
