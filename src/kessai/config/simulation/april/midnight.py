"""The day passing under load: people act while the clock goes from 31 March to 1 April, old holders and new ones."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from kessai.config.simulation.april.flight import Flown, act, holders, page_of, steps_left
from kessai.decisions.machine import OPEN, RETURNED
from kessai.decisions.results import CasePage, StepView
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import JAPAN, day_in_japan
from kessai.kernel.errors import Cannot

WAIT_EVERY, TOO_EARLY_EVERY, QUIET_EVERY = 3, 5, 4
BEFORE, AFTER = timedelta(minutes=1), timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Passing:
    """The clock of the night, the same in every process: ``real`` is when it strikes midnight, ``speed`` how fast."""

    day: date
    real: float
    speed: float

    def now(self) -> datetime:
        strikes = datetime(self.day.year, self.day.month, self.day.day, tzinfo=JAPAN)
        return strikes + timedelta(seconds=(time.time() - self.real) * self.speed)

    def until(self, at: datetime) -> float:
        """Real seconds until the clock shows a time."""
        return max(0.0, (at - self.now()).total_seconds() / self.speed)


@dataclass(slots=True)
class Night:
    """What one process saw. ``turned_away``: acts of those who do not hold the post any more, or yet, as it must be."""

    acts: Counter[str] = field(default_factory=Counter)
    turned_away: Counter[str] = field(default_factory=Counter)
    let_through: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    acted_on: list[UUID] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A page that its old holder opened before midnight and acts on after it."""

    case: Flown
    page: CasePage
    step: StepView
    old: int


def work(cases: Sequence[Flown], passing: Passing) -> Night:
    """Act on the cases as the clock goes, one act each: half of them before midnight, as far as time allows.

    One in ``QUIET_EVERY`` is left alone.
    """
    cases = [case for case in cases if case.number % QUIET_EVERY]
    night = Night()
    strikes = datetime(passing.day.year, passing.day.month, passing.day.day, tzinfo=JAPAN)
    half = len(cases) // 2
    opened: list[_Opened] = []
    for number, case in enumerate(cases[:half]):
        if passing.now() >= strikes:
            break
        _before(night, case, passing, opened, number)
    time.sleep(passing.until(strikes))
    for one in opened:
        _old_page(night, one, passing)
    for number, case in enumerate(cases[half:]):
        if passing.now() >= strikes + AFTER:
            break
        _after(night, case, passing, number)
    return night


def _before(night: Night, case: Flown, passing: Passing, opened: list[_Opened], number: int) -> None:
    at = passing.now()
    found = _turn(night, case, at)
    if found is None:
        return
    page, step = found
    today, tomorrow = (holders({step.post_id}, day).get(step.post_id) for day in _days(passing))
    if today is None:
        return
    moves = tomorrow is not None and tomorrow != today
    if moves and number % TOO_EARLY_EVERY == 0:
        _wrongly(night, "too_early", page, step, Actor(tomorrow), at)  # type: ignore[arg-type]
    if moves and number % WAIT_EVERY == 0:
        opened.append(_Opened(case, page, step, today))
        return
    _rightly(night, "before_midnight", page, step, at)


def _after(night: Night, case: Flown, passing: Passing, number: int) -> None:
    at = passing.now()
    found = _turn(night, case, at)
    if found is None:
        return
    page, step = found
    yesterday, today = (holders({step.post_id}, day).get(step.post_id) for day in _days(passing))
    if yesterday is not None and yesterday != today and number % WAIT_EVERY == 0:
        _wrongly(night, "old_holder", page, step, Actor(yesterday), at)
    if today is not None:
        _rightly(night, "after_midnight", page, step, at)


def _old_page(night: Night, one: _Opened, passing: Passing) -> None:
    _wrongly(night, "page_opened_before_midnight", one.page, one.step, Actor(one.old), passing.now())
    at = passing.now()
    found = _turn(night, one.case, at)
    if found is not None:
        _rightly(night, "after_midnight", *found, at)


def _days(passing: Passing) -> tuple[date, date]:
    return passing.day - timedelta(days=1), passing.day


def _turn(night: Night, case: Flown, at: datetime) -> tuple[CasePage, StepView] | None:
    """The page of a case and the step whose turn it is; None where there is none."""
    if not case.route:
        return None
    try:
        page = page_of(case, at)
    except Cannot as refusal:
        night.refused.append(f"page of {case.case_id}: {refusal}")
        return None
    if page.state == RETURNED:
        return None
    return next(((page, step) for step in steps_left(page) if step.state == OPEN), None)


def _rightly(night: Night, when: str, page: CasePage, step: StepView, at: datetime) -> None:
    """The one who holds the post at this very time acts, and must not be refused."""
    person = holders({step.post_id}, day_in_japan(at)).get(step.post_id)
    if person is None:
        return
    try:
        act(page, step, Actor(person), at, opinion="異存ありません。")
    except Cannot as refusal:
        night.refused.append(f"{page.case_id} {step.position} {at.isoformat()}: {refusal}")
    except Exception:
        night.failed.append(traceback.format_exc())
    else:
        night.acts[when] += 1
        night.acted_on.append(page.case_id)


def _wrongly(night: Night, why: str, page: CasePage, step: StepView, actor: Actor, at: datetime) -> None:
    """Somebody who does not hold the post at this time tries, and must be refused."""
    try:
        act(page, step, actor, at, opinion="異存ありません。")
    except Cannot:
        night.turned_away[why] += 1
    except Exception:
        night.failed.append(traceback.format_exc())
    else:
        night.let_through.append(f"{why}: {page.case_id} {step.position} {at.isoformat()}")
        night.acted_on.append(page.case_id)
