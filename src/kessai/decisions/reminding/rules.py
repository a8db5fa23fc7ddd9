"""When somebody is reminded, by the calendar and by hand (S30). Pure; a deadline never acts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from kessai.decisions import machine, rules
from kessai.decisions.replay import Step
from kessai.kernel.words import N_
from kessai.kernel.workdays import Workdays

BEFORE, TODAY, OVERDUE = "before", "today", "overdue"
DAYS_BEFORE = 2
"""Working days before the deadline on which the first reminder goes."""


def occasion(deadline: date, today: date, days: Workdays) -> str:
    """Why those who have an open task are reminded today, or "".

    Two working days before, on the day, and each working day after. A deadline on a day on which the office is
    closed is met by the last working day before it.
    """
    if not days.is_working(today):
        return ""
    last = days.last_by(deadline)
    if today > last:
        return OVERDUE
    if today == last:
        return TODAY
    return BEFORE if today == days.before(last, DAYS_BEFORE) else ""


def deadlines(today: date, days: Workdays) -> Mapping[date, str]:
    """The deadlines from today on because of which somebody is reminded today; all before today are overdue."""
    until = days.after(today, DAYS_BEFORE + 1)
    ahead = (date.fromordinal(n) for n in range(today.toordinal(), until.toordinal()))
    return {day: why for day in ahead if (why := occasion(day, today, days))}


def reminds(day: date | None, today: date, ahead: Mapping[date, str]) -> bool:
    """Whether the day by which something is asked for reminds of it today. ``ahead``: see deadlines."""
    return day is not None and (day < today or day in ahead)


def waits(step: Step, *, until_read: bool = False) -> bool:
    """Whether a step is a task that the case's deadline is for, held or not. Readers hold nothing up.

    ``until_read``: the deadline is that of the readers, of a case that is only read and whose date has not passed.
    """
    if until_read and step.kind == machine.CIRCULATE:
        return step.state == machine.OPEN
    return step.state == machine.OPEN and step.kind not in machine.READING


def may_remind(drafting_post: int, steps: Iterable[Step], held: Collection[int]) -> int | None:
    """As which post somebody may remind: the drafting post, or one on the route that has acted; else None."""
    posts = [drafting_post, *(step.post_id for step in steps if step.acted is not None)]
    return next((post for post in posts if post in held), None)


def judge(*, state: str, may: bool, awaited: bool, last: date | None, today: date, days: Workdays) -> None:
    """Whether the case may be reminded of now. Errors: CannotAct, with when it is possible again.

    ``awaited``: somebody else has it. ``last``: the day of the last reminder by hand.
    """
    if not may:
        raise rules.CannotAct(
            N_("催促できるのは、起案者と、この経路ですでに処理した職の人だけです。"),
            N_("起案者に頼んでください。"),
        )
    rules.judge_case(rules.CaseNow(state, b""), rules.Attempt(machine.REMIND, None, ""), may=True)
    if not awaited:
        raise rules.CannotAct(
            N_("いまこの案件を持っている人が、あなたのほかにいません。"),
            N_("欠員のときは、案件に出ている相談先に確かめてください。"),
        )
    if last is not None and today < (again := days.after(last)):
        raise rules.CannotAct(
            N_("この案件は%(last)sに催促されています。催促は一開庁日に一度だけです。"),
            N_("%(again)sから、また催促できます。"),
            last=_short(last),
            again=_short(again),
        )


def held_long(since: date, today: date, days: Workdays, limit: int) -> bool:
    """Whether a step that is held since a day has been for at least so many working days."""
    return days.between(since, today) >= limit


def _short(day: date) -> str:
    return f"{day.month}/{day.day}"
