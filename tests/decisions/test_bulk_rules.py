"""S25: where several cases may be answered at once, for every kind and state of step."""

from __future__ import annotations

import itertools

import pytest

from kessai.decisions import machine
from kessai.decisions.bulk import rules
from kessai.decisions.replay import Step
from kessai.decisions.rules import CannotAct

STATES = (machine.OWN, machine.WAITING, machine.OPEN, machine.DONE, machine.REFUSED, machine.CLOSED)


def refused(*, allowed: bool, own: bool, kind: str, state: str) -> str:
    try:
        rules.judge(allowed=allowed, own=own, step=Step(1, 1, kind, 1, state))
    except CannotAct as refusal:
        assert str(refusal.remedy)
        return str(refusal.what)
    return ""


@pytest.mark.parametrize(("kind", "state"), list(itertools.product(machine.KINDS, STATES)))
def test_only_an_open_review_consent_or_decision_of_the_own_post_where_the_row_allows_it(
    kind: str, state: str
) -> None:
    assert "認めていません" in refused(allowed=False, own=True, kind=kind, state=state)
    assert "認めていません" in refused(allowed=False, own=False, kind=kind, state=state)
    assert "代決" in refused(allowed=True, own=False, kind=kind, state=state)
    asked = kind in ("review", "consent", "decide") and state == "open"
    assert (refused(allowed=True, own=True, kind=kind, state=state) == "") is asked


@pytest.mark.parametrize(
    ("kind", "act"), [("review", "approve"), ("consent", "approve"), ("decide", "decide")]
)
def test_each_kind_of_step_is_answered_by_its_own_act(kind: str, act: str) -> None:
    assert rules.act_of(kind) == act and kind in rules.KINDS


@pytest.mark.parametrize("n", [1, 2, rules.MOST])
def test_up_to_fifty_may_be_answered(n: int) -> None:
    rules.judge_number(n)


@pytest.mark.parametrize(("n", "words"), [(0, "一つも"), (rules.MOST + 1, "50件まで")])
def test_none_and_more_than_fifty_are_refused(n: int, words: str) -> None:
    with pytest.raises(CannotAct, match=words):
        rules.judge_number(n)


def compared(
    said: object = True, allowed: bool = True, kind: str = "approved", capacity: str = "own"
) -> list[str]:
    """What differs of an event that says it was done so."""
    ruled = {"bulk_allowed": True} if allowed else {}
    found = rules.compared({"bulk": said}, ruled, kind, capacity)
    return [field for field, now, then in found if now != then]


@pytest.mark.parametrize("kind", ["approved", "consented", "decided"])
@pytest.mark.parametrize("capacity", ["own", "delegated"])
def test_what_was_done_so_by_the_holder_is_in_order(kind: str, capacity: str) -> None:
    assert compared(kind=kind, capacity=capacity) == []


def test_whatever_differs_is_named() -> None:
    assert compared(said=1.5) == ["said"]
    assert compared(allowed=False) == ["allowed"]
    assert compared(kind="returned") == ["event"]
    assert [compared(capacity=one) for one in ("acting", "secretary", "by_date")] == [["capacity"]] * 3
