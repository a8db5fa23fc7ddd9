"""Made-up histories of a ministry's cases, on which the forecast is held to its word."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from kessai.insight.forecast.rules import Stage, Task
from kessai.insight.honesty.rules import Past, Stay, detours_of

ROUTES: Sequence[Sequence[Sequence[tuple[str, int]]]] = (
    (((("review", 1),), (("review", 2),), (("decide", 3),))),
    (((("review", 1),), (("review", 2),), (("consent", 10), ("consent", 11)), (("decide", 4),))),
    (((("review", 5),), (("consent", 10),), (("review", 6),), (("decide", 4),))),
)


def planned(route: Sequence[Sequence[tuple[str, int]]]) -> tuple[Stage, ...]:
    """A route as it lies before a case that has just been sent."""
    return tuple(
        Stage(tuple(Task(what, post, None if n else 0) for what, post in tasks), len(tasks))
        for n, tasks in enumerate(route)
    )


@dataclass(frozen=True)
class Ministry:
    """How its people work. ``alike``: how much the steps of one case share (0: nothing). ``returned``: share of cases.

    ``slower``: by how much everything slows down over the history (a change of those who hold the posts).
    """

    alike: float = 0.0
    returned: float = 0.1
    slower: float = 0.0
    away: float = 0.03
    cases: int = 900
    a_day: int = 4

    def history(self, seed: int) -> list[Past]:
        chance = random.Random(seed)
        pace = {post: chance.uniform(0.3, 2.2) for post in range(1, 12)}
        return [self._case(chance, pace, n) for n in range(self.cases)]

    def _case(self, chance: random.Random, pace: dict[int, float], n: int) -> Past:
        route = ROUTES[chance.randrange(len(ROUTES))]
        begun = n // self.a_day
        mood = chance.gauss(0, 0.9) * self.alike
        drift = 1 + self.slower * n / self.cases
        stays: list[Stay] = []
        today, rounds = begun, [chance.random() < self.returned, False]
        for sent_back in rounds[0 if rounds[0] else 1 :]:
            stop = chance.randrange(len(route)) if sent_back else len(route)
            for stage, tasks in enumerate(route[: stop + 1]):
                ends = []
                for what, post in tasks:
                    days = int(drift * pace[post] * chance.lognormvariate(mood, 0.9))
                    if chance.random() < self.away:
                        days += chance.randrange(3, 11)
                    stays.append(Stay(what, post, stage, today, today + days, last=not sent_back))
                    ends.append(today + days)
                today = max(ends)
            if sent_back:
                today += 1 + int(chance.lognormvariate(0.5, 0.8))
        matter = f"m{ROUTES.index(route)}"
        return Past(matter, begun, today, tuple(stays), planned(route), detours_of(stays, len(route), today))
