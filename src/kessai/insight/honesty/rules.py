"""Whether expected days come true: decided cases, each forecast from what was known when it was sent. Pure.

The cases are gone through in the order of their submission. For each of the latest, the day of its decision is
forecast from the stays and detours that were over by then, and compared with the day it came. The earlier of these
tell at which levels half and nine of ten came true (so a history whose steps are slow together widens the range); the
later ones tell how often the range at those levels did. Days are working days, counted from any first day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kessai.insight.forecast.rules import LEVELS, Outlook, Stage, detour, outlook
from kessai.insight.rules import Precedents

CHECKED_AT_MOST = 400
TOO_NEW = 30
"""Working days."""
CHECKED_ENOUGH = 60
"""Forecasts that can be compared, from which levels and shares are told."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A finished stay at a step. ``last``: of the last round. ``stage``: its place; ``left``: stages to the end."""

    what: str
    post_id: int
    stage: int
    opened: int
    closed: int
    last: bool = True


@dataclass(frozen=True, slots=True)
class Past:
    """A past case: its stays, and the day of its decision (None: it was not). ``planned``: its first route.

    ``detours``: by how many stages were left of the first route, the days beyond those of the last one.
    """

    matter: str
    begun: int
    decided: int | None
    stays: tuple[Stay, ...]
    planned: tuple[Stage, ...]
    detours: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """Of ``n`` forecasts the day came within the inner range in ``half``, within the outer one in ``most``."""

    n: int
    half: int
    most: int
    levels: tuple[float, ...]


def detours_of(stays: Iterable[Stay], stages: int, decided: int) -> tuple[tuple[int, int], ...]:
    """The detours of a decided case whose first route had so many stages.

    Where it was with n stages left for the first time, it took so many days more than the last n stages of its last
    round.
    """
    stays = tuple(stays)
    spans: dict[int, int] = {}
    for stage in {stay.stage for stay in stays if stay.last}:
        of = [stay for stay in stays if stay.last and stay.stage == stage]
        spans[stage] = max(stay.closed for stay in of) - min(stay.opened for stay in of)
    order = sorted(spans)
    first = sorted({stay.stage for stay in stays if not stay.last}) or order
    found = []
    for n, stage in enumerate(first):
        left = stages - n
        opened = min(stay.opened for stay in stays if stay.stage == stage)
        took = sum(spans[each] for each in order[-left:]) if left > 0 else 0
        if left > 0:
            found.append((left, max(decided - opened - took, 0)))
    return tuple(found)


class Fact(NamedTuple):
    """From a day on it is known that something of a post (0: of none) took so many days in a kind of matter."""

    known: int
    matter: str
    what: str
    post_id: int
    days: int


def learnt(past: Past) -> Iterator[Fact]:
    """All that a case has to tell."""
    for stay in past.stays:
        yield Fact(stay.closed, past.matter, stay.what, stay.post_id, stay.closed - stay.opened)
    for left, days in past.detours:
        yield Fact(past.decided or 0, past.matter, detour(left), 0, days)


def check(cases: Sequence[Past]) -> Checked:
    """Forecast the latest decided cases from what was known before, and compare."""
    compared = _compared(sorted(cases, key=lambda case: case.begun))
    if len(compared) < CHECKED_ENOUGH:
        return Checked(0, 0, 0, LEVELS)
    middle = len(compared) // 2
    levels = _levels([_place(found, days) for found, days in compared[:middle]])
    later = compared[middle:]

    def came_true(lower: float, upper: float) -> int:
        return sum(found.by(lower) <= days <= found.by(upper) for found, days in later)

    return Checked(len(later), came_true(levels[1], levels[3]), came_true(levels[0], levels[4]), levels)


def _compared(cases: Sequence[Past]) -> list[tuple[Outlook, int]]:
    """Forecasts of the latest decided cases on the day of their submission, each with the days it took.

    Of the very last weeks none: of those only the quick ones are decided.
    """
    until = max((case.begun for case in cases), default=0) - TOO_NEW
    wanted = {n for n, case in enumerate(cases) if case.decided is not None and case.begun <= until}
    wanted = set(sorted(wanted)[-CHECKED_AT_MOST:])
    coming = sorted(fact for case in cases for fact in learnt(case))
    precedents, found, heard = Precedents(), [], 0
    for n, case in enumerate(cases):
        while heard < len(coming) and coming[heard].known < case.begun:
            precedents.add(
                coming[heard].what, coming[heard].post_id, coming[heard].matter, coming[heard].days
            )
            heard += 1
        if n in wanted and (seen := outlook(precedents.counts, case.planned, case.matter)) is not None:
            found.append((seen, (case.decided or 0) - case.begun))
    return found


def _place(found: Outlook, days: int) -> float:
    """Where the day came in what was forecast: 0 before all of it, 1 after; in the middle of its own day."""
    return (found.within(days - 1) + found.within(days)) / 2


def _levels(places: Sequence[float]) -> tuple[float, ...]:
    """The levels within which the wanted shares of the days came; never narrower than those wanted."""
    ordered = sorted(places)
    low, quarter, _, three, high = (ordered[int(level * (len(ordered) - 1))] for level in LEVELS)
    wanted = LEVELS
    return (
        min(low, wanted[0]),
        min(quarter, wanted[1]),
        wanted[2],
        max(three, wanted[3]),
        max(high, wanted[4]),
    )
