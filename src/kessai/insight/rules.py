"""How long steps usually take: counts of past stays by working days, and what may be said from them. Pure.

A stay is one time that a case waited at a step, from the day it came to the day of the answer: 0 is the same day.
Counts are lists of how many stays took 0, 1, 2 … working days; those of half a year and more are counted together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ENOUGH = 20
"""Stays from which something may be said; with fewer it is said that there are few."""
LEFT_ENOUGH = 5
"""Stays that lasted as long as the present one, from which may be said how long it still lasts."""
LONGEST = 120
MIDDLE, MOST = 0.5, 0.9

Counts = Sequence[int]
Key = tuple[str, int, str]
"""What (a kind of step), at which post (0: any), in which kind of matter ("": any)."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Of ``n`` stays half took ``middle`` working days or fewer, nine of ten ``most`` or fewer.

    ``of_post``, ``of_matter``: they are those of this post, of this kind of matter.
    """

    n: int
    middle: int
    most: int
    of_post: bool
    of_matter: bool


def keys(what: str, post_id: int, matter: str) -> tuple[Key, ...]:
    """Where precedents are looked for, the nearest first; a stay counts at each of them."""
    return ((what, post_id, matter), (what, post_id, ""), (what, 0, matter), (what, 0, ""))


@dataclass(slots=True)
class Precedents:
    """Counts of stays by key."""

    counts: dict[Key, list[int]] = field(default_factory=dict)

    def add(self, what: str, post_id: int, matter: str, days: int) -> None:
        """Count a stay at all its keys; ``post_id`` 0 for what is of no post."""
        days = min(max(days, 0), LONGEST)
        for key in dict.fromkeys(keys(what, post_id, matter)):
            row = self.counts.setdefault(key, [])
            row.extend([0] * (days + 1 - len(row)))
            row[days] += 1


def nearest(
    counts: Mapping[Key, Counts], what: str, post_id: int, matter: str, *, lasted: int = 0
) -> tuple[Key, Counts] | None:
    """The nearest precedents of which there are enough, also of those that lasted so many days; None: too few."""
    for key in keys(what, post_id, matter):
        row = counts.get(key, ())
        if sum(row) >= ENOUGH and sum(row[lasted:]) >= LEFT_ENOUGH:
            return key, row
    return None


def known(counts: Mapping[Key, Counts], what: str) -> int:
    """How many stays there are of a kind of step in the whole ministry."""
    return sum(counts.get((what, 0, ""), ()))


def quantile(counts: Counts, share: float) -> int:
    """The fewest days within which at least that share of the stays was over. There is at least one stay."""
    wanted, seen = share * sum(counts), 0
    for days, count in enumerate(counts):
        seen += count
        if seen >= wanted and seen:
            return days
    return len(counts) - 1


def usual(counts: Mapping[Key, Counts], what: str, post_id: int, matter: str) -> Usual | None:
    """What is usual for a step; None where there are too few precedents."""
    found = nearest(counts, what, post_id, matter)
    if found is None:
        return None
    key, row = found
    return Usual(sum(row), quantile(row, MIDDLE), quantile(row, MOST), bool(key[1]), bool(key[2]))


def is_long(days: int, of: Usual | None) -> bool:
    """Whether a stay lasts longer than nine of ten, and longer than a day."""
    return of is not None and days > max(of.most, 1)
