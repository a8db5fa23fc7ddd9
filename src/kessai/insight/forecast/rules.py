"""When a case will be decided: the stays that are left, added up from precedents. Pure.

What is left of a route is one stage after the other; a stage is over when the last of its needed answers is there. The
days of each are taken from precedents, independently of each other, and the delay by returns and new rounds is added
from those of decided cases that were as far from their decision. A spread is how likely each number of working days
from today is. Adding such spreads is exact where a simulation would be a sample of the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul

from kessai.insight.rules import Counts, Key, nearest

Spread = Sequence[float]
FURTHEST = 250
"""Working days ahead; what is later counts there."""
FARTHEST_BACK = 3
"""Stages to the decision, from which detours are told apart; more are taken together."""
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The shares below the days of an outlook: nine of ten between the outer, half between the inner ones."""


@dataclass(frozen=True, slots=True)
class Task:
    """An answer that is needed. ``waited``: working days since it was asked for, None: it is not yet.

    ``not_before``: working days from today until anybody is there to give it.
    """

    what: str
    post_id: int
    waited: int | None = None
    not_before: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """Tasks at the same time, of which so many answers are needed."""

    tasks: tuple[Task, ...]
    needed: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """How likely each number of working days from today to the decision is."""

    spread: Spread

    def within(self, days: int) -> float:
        """How likely it is decided by that many working days from today."""
        return sum(self.spread[: days + 1]) if days >= 0 else 0.0

    def by(self, level: float) -> int:
        """The first day by which it is at least so likely; a hair of rounding does not make it a day later."""
        seen = 0.0
        for day, likely in enumerate(self.spread):
            seen += likely
            if seen >= level - 1e-9:
                return day
        return len(self.spread) - 1


def detour(left: int) -> str:
    """What the delay is called that came to cases with so many stages left, this one counted."""
    return f"detour{min(left, FARTHEST_BACK)}"


def outlook(counts: Mapping[Key, Counts], stages: Sequence[Stage], matter: str) -> Outlook | None:
    """When a case with these stages before it is decided; None where precedents are too few to say so."""
    spreads = [_stage(counts, stage, matter) for stage in stages]
    spreads.append(_later(counts, detour(len(stages)), 0, matter))
    found = [spread for spread in spreads if spread is not None]
    return Outlook(added(found)) if len(found) == len(spreads) else None


def _stage(counts: Mapping[Key, Counts], stage: Stage, matter: str) -> Spread | None:
    spreads = [_task(counts, task, matter) for task in stage.tasks]
    found = [spread for spread in spreads if spread is not None]
    return together(found, stage.needed) if len(found) == len(spreads) else None


def _task(counts: Mapping[Key, Counts], task: Task, matter: str) -> Spread | None:
    if task.not_before or task.waited is None:
        fresh = _later(counts, task.what, task.post_id, matter)
        return None if fresh is None else [0.0] * task.not_before + list(fresh)
    found = nearest(counts, task.what, task.post_id, matter, lasted=task.waited)
    return None if found is None else shares(found[1][task.waited :])


def _later(counts: Mapping[Key, Counts], what: str, post_id: int, matter: str) -> Spread | None:
    found = nearest(counts, what, post_id, matter)
    return None if found is None else shares(found[1])


def shares(counts: Counts) -> Spread:
    """How likely each number of days is, by counts of stays."""
    total = sum(counts)
    return [count / total for count in counts]


def added(spreads: Iterable[Spread]) -> Spread:
    """One after the other."""
    sum_of: list[float] = [1.0]
    for spread in spreads:
        sum_of = _two(sum_of, spread)
    return sum_of


def _two(one: Spread, other: Spread) -> list[float]:
    length = len(one) + len(other) - 1
    turned, last = [*reversed(other)], len(other) - 1
    # The sum over all pairs that come to n; map keeps it fast enough for a page of twenty cases.
    found = [sum(map(mul, one[max(n - last, 0) : n + 1], turned[max(last - n, 0) :])) for n in range(length)]
    if length <= FURTHEST + 1:
        return found
    return [*found[:FURTHEST], sum(found[FURTHEST:])]


def together(spreads: Sequence[Spread], needed: int) -> Spread:
    """At the same time, until so many are done: how likely that is on each day."""
    longest = max(len(spread) for spread in spreads)
    over = [list(accumulate([*spread, *[0.0] * (longest - len(spread))])) for spread in spreads]
    by_day = [_at_least([each[day] for each in over], needed) for day in range(longest)]
    return [done - before for done, before in zip(by_day, [0.0, *by_day[:-1]], strict=True)]


def _at_least(each: Sequence[float], needed: int) -> float:
    """How likely so many are done, each as likely as given."""
    done = [1.0]
    for likely in each:
        done = [
            (done[n] * (1 - likely) if n < len(done) else 0.0) + (done[n - 1] * likely if n else 0.0)
            for n in range(len(done) + 1)
        ]
    return sum(done[needed:])
