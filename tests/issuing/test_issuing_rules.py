"""What was issued and what is still to be, without a database: every branch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kessai.decisions import machine
from kessai.decisions.issuing import rules
from kessai.decisions.issuing.rules import Progress, Told
from kessai.decisions.rules import CannotAct
from kessai.drafting.letters import Letter
from kessai.drafting.rules import Content
from kessai.records.issuing.layouts import Layout

DAY = date(2026, 10, 6)


def issued(seq: int, *addressees: str, about: int | None = None, seal_at: int | None = None) -> Told:
    said: dict[str, Any] = {"issued_on": DAY.isoformat(), "addressees": list(addressees)}
    if about is not None:
        said["about"] = about
    if seal_at is not None:
        said |= {"seal": {"code": "s"}, "added": [{"position": seal_at}]}
    return Told(seq, machine.ISSUED, said)


def content(**values: str) -> Content:
    return Content("notice", "件名", "", "", "", None, None, "", frozenset(), values)


def letter(*addressees: str) -> Letter:
    return Letter("1", Layout("notice", "通知", "Letter"), "件名", addressees, "", "本文")


def later(seq: int, kind: str, about: int | None = None) -> Told:
    return Told(seq, kind, {} if about is None else {"about": about})


def how_far(*events: Told, foreseen: tuple[str, ...] = ("a", "b")) -> tuple[str, tuple[str, ...], list[str]]:
    found = rules.progress(foreseen, events)
    return found.state, found.remaining, [issue.state for issue in found.issues]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), ("due", ("a", "b"), [])),
        ((issued(1, "a"),), ("partly", ("b",), ["out"])),
        ((issued(1, "a"), issued(2, "b")), ("complete", (), ["out", "out"])),
        ((issued(1, "a", "b", seal_at=7),), ("sealing", (), ["sealing"])),
        ((issued(1, "a", "b", seal_at=7), later(2, "sealed", 1)), ("complete", (), ["out"])),
        ((issued(1, "a", "b", seal_at=7), later(2, "seal_refused", 1)), ("due", ("a", "b"), ["unsealed"])),
        ((issued(1, "a", "b"), issued(2, "a", about=1)), ("partly", ("b",), ["void", "out"])),
        ((issued(1, "a", "b"), later(2, "issue_voided", 1)), ("due", ("a", "b"), ["void"])),
        ((issued(1, "a"), later(2, "issue_waived")), ("waived", ("b",), ["out"])),
        ((later(1, "issue_waived"), issued(2, "a")), ("partly", ("b",), ["out"])),
        # What did not happen is due again; what is only recorded anew leaves the rest waived.
        (
            (issued(1, "a"), later(2, "issue_waived"), later(3, "issue_voided", 1)),
            ("due", ("a", "b"), ["void"]),
        ),
        (
            (issued(1, "a"), later(2, "issue_waived"), issued(3, "a", about=1)),
            ("waived", ("b",), ["void", "out"]),
        ),
        ((issued(1, "a", seal_at=7), later(2, "issue_waived")), ("sealing", ("b",), ["sealing"])),
        ((later(2, "sealed", 9),), ("due", ("a", "b"), [])),
    ],
)
def test_how_far_an_issue_is_follows_from_its_events(events: tuple[Told, ...], expected: object) -> None:
    assert how_far(*events) == expected


def test_without_addressees_one_record_is_all() -> None:
    assert how_far(foreseen=())[0] == "due"
    assert how_far(issued(1), foreseen=())[0] == "complete"


def test_what_has_no_force_is_known_by_its_seq() -> None:
    assert rules.void([issued(1, "a"), issued(2, "a", about=1)]) == {1}


def test_addressees_are_lines_each_once() -> None:
    assert rules.addressees_of("  甲県　知事 \n\n乙県知事\r\n甲県 知事") == ("甲県 知事", "乙県知事")
    assert rules.addressees_of("") == ()


def test_a_draft_without_addressees_is_issued_to_whom_it_is_about() -> None:
    assert rules.foreseen(content(addressees="甲県知事", counterparty="乙社")) == ("甲県知事",)
    assert rules.foreseen(content(counterparty="乙社")) == ("乙社",)
    assert rules.foreseen(content()) == ()
    to_others = replace(content(addressees="甲県知事"), letters=(letter("甲県知事", "丙社"),))
    assert rules.foreseen(to_others) == ("甲県知事", "丙社")


def test_the_planned_day_is_that_of_the_form() -> None:
    assert rules.planned_on({"issue_on": "2026-10-08"}) == date(2026, 10, 8)
    assert rules.planned_on({}) is None


def test_the_hash_of_a_document_depends_on_original_and_files() -> None:
    found = {
        rules.document_hash(original=original, files=files)
        for original, files in (("a", ["b"]), ("a", []), ("b", ["b"]), ("a", ["b", "c"]))
    }
    assert len(found) == 4


def refused(judge: Any, *args: Any, **given: Any) -> str:
    try:
        judge(*args, **given)
    except CannotAct as refusal:
        return str(refusal.what)
    return ""


ISSUER: dict[str, Any] = {"may": True, "foreseen": True, "remark": "理由"}


@pytest.mark.parametrize(
    ("state", "act", "given", "words"),
    [
        ("decided", machine.ISSUE, {"remark": ""}, ""),
        ("decided", machine.VOID_ISSUE, {}, ""),
        ("routed", machine.ISSUE, {}, "決裁の後"),
        ("decided", machine.ISSUE, {"foreseen": False}, "施行しないもの"),
        ("decided", machine.ISSUE, {"may": False}, "起案した部署"),
        ("decided", machine.WAIVE_ISSUE, {"remark": " "}, "施行しない理由"),
    ],
)
def test_who_may_issue_what(state: str, act: str, given: dict[str, Any], words: str) -> None:
    said = refused(rules.judge_issuer, state, act, **{**ISSUER, **given})
    assert words in said and bool(said) == bool(words)


RECORD: dict[str, Any] = {
    "issued_on": DAY,
    "decided_on": DAY,
    "today": DAY,
    "addressees": ("a",),
    "to_public": False,
    "foreseen": ("a",),
}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ""),
        ({"decided_on": date(2026, 10, 7), "today": date(2026, 10, 7)}, "より前"),
        ({"today": date(2026, 10, 5), "decided_on": date(2026, 10, 5)}, "まだ来ていない"),
        ({"addressees": ()}, "宛先がありません"),
        ({"addressees": (), "to_public": True}, ""),
        ({"addressees": (), "foreseen": ()}, ""),
        ({"addressees": ("a" * 201,)}, "200字まで"),
        ({"addressees": tuple(map(str, range(501)))}, "500件まで"),
    ],
)
def test_the_particulars_of_a_record(given: dict[str, Any], words: str) -> None:
    said = refused(rules.judge_record, **{**RECORD, **given})
    assert words in said and bool(said) == bool(words)


def test_only_a_record_that_has_its_force_loses_it() -> None:
    found = rules.progress((), [issued(1, "a"), issued(2, "a", about=1)])
    assert rules.judge_about(found, 2).seq == 2
    assert refused(rules.judge_about, found, 1) and refused(rules.judge_about, found, 9)


@pytest.mark.parametrize(
    ("chosen", "needed", "words"),
    [
        ("", (), ""),
        ("s", (), ""),
        ("s", ("s",), ""),
        ("x", (), "使えません"),
        ("", ("s",), "要ります"),
        ("t", ("s",), "要ります"),
    ],
)
def test_which_seal_may_be_asked_for(chosen: str, needed: tuple[str, ...], words: str) -> None:
    said = refused(rules.judge_seal, chosen, valid={"s", "t"}, needed=needed, names="大臣印")
    assert words in said and bool(said) == bool(words)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("due", ""),
        ("partly", ""),
        ("sealing", "押印を待っている"),
        ("complete", "ありません"),
        ("waived", "ありません"),
    ],
)
def test_what_can_be_waived(state: str, words: str) -> None:
    said = refused(rules.judge_waiving, Progress(state, (), ()))
    assert words in said and bool(said) == bool(words)


def test_the_seal_that_was_asked_for_and_is_no_more_says_so() -> None:
    from kessai.decisions import replay
    from kessai.decisions import rules as deciding

    step = replay.Step(7, 1, machine.SEAL, 1, machine.CLOSED)
    said = refused(
        deciding.judge,
        deciding.CaseNow("decided", b"x"),
        step,
        deciding.Attempt(machine.PUT_SEAL, b"x", ""),
        holds_post=True,
        answered_by="",
    )
    assert "訂正された" in said
