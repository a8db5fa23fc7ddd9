"""When somebody is reminded: the calendar of an office, and the verdicts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kessai.decisions.reminding import rules
from kessai.decisions.replay import Step
from kessai.decisions.rules import CannotAct
from kessai.kernel.workdays import Workdays

DAYS = Workdays()


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        # A62: Friday 23 October 2026
        (
            date(2026, 10, 23),
            {
                date(2026, 10, 21): "before",
                date(2026, 10, 23): "today",
                date(2026, 10, 26): "overdue",
                date(2026, 10, 27): "overdue",
            },
        ),
        # a Saturday: met by the Friday before
        (
            date(2026, 10, 24),
            {
                date(2026, 10, 21): "before",
                date(2026, 10, 23): "today",
                date(2026, 10, 26): "overdue",
                date(2026, 10, 27): "overdue",
            },
        ),
        # Thursday after three holidays and a weekend
        (date(2026, 9, 24), {date(2026, 9, 17): "before", date(2026, 9, 24): "today", date(2026, 9, 25): "overdue"}),
        # over the turn of the year
        (date(2027, 1, 4), {date(2026, 12, 25): "before", date(2027, 1, 4): "today", date(2027, 1, 5): "overdue"}),
    ],
)  # fmt: skip
def test_a_deadline_reminds_two_working_days_before_on_the_day_and_each_working_day_after(
    deadline: date, expected: dict[date, str]
) -> None:
    first = deadline - timedelta(days=14)
    days = [first + timedelta(days=n) for n in range((max(expected) - first).days + 1)]
    assert {day: why for day in days if (why := rules.occasion(deadline, day, DAYS))} == expected


@pytest.mark.parametrize("today", [date(2026, 10, 19) + timedelta(days=n) for n in range(7)])
def test_the_deadlines_of_a_day_are_those_that_remind_on_it(today: date) -> None:
    ahead = [today + timedelta(days=n) for n in range(20)]
    assert rules.deadlines(today, DAYS) == {
        day: why for day in ahead if (why := rules.occasion(day, today, DAYS))
    }


def test_a_ministry_has_closing_days_of_its_own() -> None:
    days = Workdays(yearly=("10-21",), closed=frozenset([date(2026, 10, 22)]))
    assert not any(days.is_working(date(2026, 10, day)) for day in (21, 22, 24, 25))
    assert days.is_working(date(2026, 12, 29))
    assert days.before(date(2026, 10, 23), 2) == date(2026, 10, 19)


@pytest.mark.parametrize(
    ("kind", "state", "waits"),
    [("review", "open", True), ("consult", "open", True), ("circulate", "open", False), ("decide", "waiting", False)],
)  # fmt: skip
def test_an_open_task_that_is_not_reading_waits(kind: str, state: str, waits: bool) -> None:
    assert rules.waits(Step(1, 1, kind, 1, state)) is waits


@pytest.mark.parametrize(
    ("kind", "state", "waits"),
    [
        ("circulate", "open", True),
        ("circulate", "done", False),
        ("post_review", "open", False),
        ("review", "open", True),
        ("review", "waiting", False),
    ],
)
def test_where_the_date_is_that_of_the_readers_they_are_waited_for(
    kind: str, state: str, waits: bool
) -> None:
    assert rules.waits(Step(1, 1, kind, 1, state), until_read=True) is waits


def test_the_drafter_and_who_has_acted_may_remind() -> None:
    steps = [Step(1, 1, "review", 11, "done", acted=2), Step(2, 2, "decide", 12, "open")]
    assert rules.may_remind(10, steps, {10: 1}) == 10
    assert rules.may_remind(10, steps, {11: 1, 12: 1}) == 11
    assert rules.may_remind(10, steps, {12: 1}) is None


TUESDAY = date(2026, 10, 20)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"may": False}, "起案者と"),
        ({"state": "decided"}, "決裁された"),
        ({"awaited": False}, "あなたのほかに"),
        ({"last": TUESDAY}, "10/20に催促されています"),
    ],
)
def test_why_nobody_may_be_reminded_now(facts: dict[str, object], said: str) -> None:
    asked = {"state": "routed", "may": True, "awaited": True, "last": None, "today": TUESDAY, "days": DAYS}
    rules.judge(**asked)  # type: ignore[arg-type]
    with pytest.raises(CannotAct) as refusal:
        rules.judge(**{**asked, **facts})  # type: ignore[arg-type]
    assert said in str(refusal.value.what)


def test_a_case_is_reminded_by_hand_once_a_working_day() -> None:
    asked = {"state": "returned", "may": True, "awaited": True, "days": DAYS}
    friday, monday = date(2026, 10, 23), date(2026, 10, 26)
    with pytest.raises(CannotAct) as refusal:
        rules.judge(**asked, last=friday, today=friday + timedelta(days=1))  # type: ignore[arg-type]
    assert "10/26から" in str(refusal.value.remedy)
    rules.judge(**asked, last=friday, today=monday)  # type: ignore[arg-type]


def test_a_hold_is_long_by_working_days() -> None:
    since = date(2026, 10, 16)
    assert not rules.held_long(since, date(2026, 10, 22), DAYS, 5)
    assert rules.held_long(since, date(2026, 10, 23), DAYS, 5)
