"""When the content of a record file may go, and until when what holds it keeps it: every branch."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.decisions.destroying import rules as destroying
from kessai.decisions.receiving import rules as receiving
from kessai.records.disposal import rules
from kessai.records.disposal.rules import CannotDestroy, Consent, Kept

END = date(2032, 3, 31)
DAY = END + timedelta(days=1)
FINE = Kept("destroy", END, Consent("内閣総理大臣", "府公第45号", END), (), 3)


def test_a_file_goes_on_the_day_after_its_period_with_a_consent() -> None:
    rules.judge(FINE, DAY)


@pytest.mark.parametrize(
    ("kept", "on", "why"),
    [
        (FINE, END, "満了していません"),
        (replace(FINE, expires_on=None), DAY, "満了日が定まっていません"),
        (replace(FINE, left=0), DAY, "もう残っていません"),
        (replace(FINE, disposal="transfer"), DAY, "廃棄ではありません"),
        (replace(FINE, disposal="undecided"), DAY, "廃棄ではありません"),
        (replace(FINE, consent=None), DAY, "同意が記録されていません"),
        (replace(FINE, consent=Consent("内閣府", "1", DAY + timedelta(days=1))), DAY, "まだ来ていません"),
        (replace(FINE, held_until=(None,)), DAY, "延長されている"),
        (replace(FINE, held_until=(END, DAY)), DAY, "延長されている"),
    ],
)
def test_it_stays_and_says_why_and_what_would_help(kept: Kept, on: date, why: str) -> None:
    with pytest.raises(CannotDestroy, match=why) as refusal:
        rules.judge(kept, on)
    assert refusal.value.remedy.message


def test_what_held_it_until_yesterday_holds_it_no_more() -> None:
    rules.judge(replace(FINE, held_until=(END, END)), DAY)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_appeals_and_requests_keep_for_a_year_from_the_day_after(ended: date) -> None:
    for ground in ("appeal", "disclosure"):
        after = rules.kept_until(ground, ended) + timedelta(days=1)
        assert 365 <= (after - (ended + timedelta(days=1))).days <= 366
        assert (after.month, after.day) in {
            ((ended + timedelta(days=1)).month, (ended + timedelta(days=1)).day),
            (3, 1) if ended.month == 2 else (ended.month, ended.day),
        }
    for ground in ("audit", "litigation", "other"):
        assert rules.kept_until(ground, ended) == ended


def test_a_year_from_29_february_ends_with_february() -> None:
    assert rules.kept_until("appeal", date(2028, 2, 28)) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("ground", "note", "field"), [("", "", "ground"), ("x", "理由", "ground"), ("other", " ", "note")]
)
def test_an_extension_needs_a_ground_and_one_of_its_own_needs_words(
    ground: str, note: str, field: str
) -> None:
    with pytest.raises(CannotDestroy) as refusal:
        rules.judge_hold(ground=ground, note=note)
    assert refusal.value.field == field


def test_a_named_ground_needs_no_words() -> None:
    assert rules.judge_hold(ground="audit", note="") == ""
    assert rules.judge_hold(ground="other", note=" 検査が続く ") == "検査が続く"


@pytest.mark.parametrize("ended", [None, DAY + timedelta(days=1)])
def test_an_extension_ends_on_a_day_that_has_come(ended: date | None) -> None:
    with pytest.raises(CannotDestroy) as refusal:
        rules.judge_settled(ground="audit", begun_on=END, until=None, ended_on=ended, on=DAY)
    assert refusal.value.field == "ended_on"
    assert rules.judge_settled(ground="audit", begun_on=END, until=None, ended_on=END, on=DAY) == END


def test_an_extension_ends_once_and_not_before_it_began() -> None:
    with pytest.raises(CannotDestroy, match="もう記録されています"):
        rules.judge_settled(ground="audit", begun_on=END, until=END, ended_on=END, on=DAY)
    with pytest.raises(CannotDestroy, match="より前です"):
        rules.judge_settled(ground="audit", begun_on=DAY, until=None, ended_on=END, on=DAY)


def test_the_title_is_told_only_of_what_is_open_and_unmarked() -> None:
    assert destroying.title_told("件", disclosure="open", needs=()) == "件"
    assert destroying.title_told("件", disclosure="partly", needs=()) == ""
    assert destroying.title_told("件", disclosure="open", needs=("confidentiality3",)) == ""


@pytest.mark.parametrize("state", ["routed", "returned", "rejected", "abandoned", "cancelled", "destroyed"])
def test_only_what_was_decided_or_read_by_all_is_destroyed(state: str) -> None:
    with pytest.raises(CannotDestroy, match="状態にありません"):
        destroying.judge_case(state, intact=True)


def test_what_does_not_match_the_log_is_not_destroyed() -> None:
    destroying.judge_case("circulated", intact=True)
    with pytest.raises(CannotDestroy, match="書き換えの跡"):
        destroying.judge_case("decided", intact=False)


TOLD = receiving.Particulars("件名", "甲県", "1", None, date(2026, 10, 5), "郵送", "mail")


@pytest.mark.parametrize(
    ("state", "cases", "kept", "goes"),
    [
        ("answered", ("a",), (), True),
        ("joined", ("b", "a"), ("a",), True),
        ("answered", ("b", "a"), ("b",), False),
        ("answered", ("b",), (), False),
        ("assigned", ("a",), (), False),
        ("registered", ("a",), (), False),
    ],
)
def test_what_arrived_goes_with_the_last_case_that_has_it(
    state: str, cases: tuple[str, ...], kept: tuple[str, ...], goes: bool
) -> None:
    found = receiving.Standing(state, TOLD, (), cases=cases)
    assert receiving.goes_with(found, "a", kept=kept) is goes


SAID: dict[str, Any] = {
    "destroyed": {"number": "政振第1号", "decided_at": "t", "original": "o"},
    "record": {"made_on": "1", "retention_code": "5y", "starts_on": "2", "expires_on": "3"},
    "decision": {
        "seq": 4,
        "fields": {
            name: {"salt": "", "value": value}
            for name, value in {
                "kind": "decided",
                "time": "t",
                "payload.number": "政振第1号",
                "payload.original": "o",
                "payload.retention_code": "5y",
                "payload.starts_on": "2",
                "payload.expires_on": "3",
            }.items()
        },
    },
}
NAMES = sorted(SAID["decision"]["fields"])


def test_an_act_says_what_the_deciding_act_says() -> None:
    assert destroying.untrue(SAID, NAMES) == []
    without = copy.deepcopy(SAID)
    del without["decision"]["fields"]["payload.number"]
    assert destroying.untrue(without, set(NAMES) - {"payload.number"}) == [], "a circulation has none"


@pytest.mark.parametrize("name", NAMES)
def test_what_the_deciding_act_does_not_say_is_named(name: str) -> None:
    missing = copy.deepcopy(SAID)
    del missing["decision"]["fields"][name]
    assert destroying.untrue(missing, NAMES) == [name]
    if name != "kind":
        other = copy.deepcopy(SAID)
        other["decision"]["fields"][name]["value"] = "0"
        assert destroying.untrue(other, NAMES) == [name]


def test_a_period_in_no_order_is_named() -> None:
    early = copy.deepcopy(SAID)
    early["record"]["made_on"] = "9"
    assert destroying.untrue(early, NAMES) == ["record"]
