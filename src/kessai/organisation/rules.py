"""Levels of posts and the line through which a unit's matters go up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

LEVELS = (
    "officer",
    "section_chief",
    "deputy_director",
    "office_head",
    "director",
    "councillor",
    "director_general",
    "vice_minister",
    "minister",
)
"""From the lowest to the highest. An authority table names one of these as the decision level."""

RANK = {level: rank for rank, level in enumerate(LEVELS)}

UNIT_KINDS = (
    "ministry",
    "bureau",
    "department",
    "division",
    "office",
    "section",
    "institution",
    "regional_bureau",
)
"""Among them 施設等機関 (institution) and 地方支分部局 (regional_bureau), which rules of decision treat apart."""

PLACES = ("head_office", "regional", "institution")
"""Where a post is: 本省, 地方支分部局, 施設等機関, by the nearest unit at or above it that is one of the latter."""

APPOINTMENT_KINDS = ("regular", "concurrent", "acting_in_charge")


@dataclass(frozen=True, slots=True)
class Seat:
    """A post as it is on one day: its title, its unit, and who holds it (None: vacant)."""

    post_id: int
    tenant_id: int
    title: str
    title_en: str
    level: str
    in_line: bool
    unit_id: int
    unit_name: str
    unit_name_en: str
    unit_symbol: str
    holder_id: int | None
    holder_name: str | None
    unit_depth: int = 0
    """Steps from the drafter's unit upwards; 0 is the drafter's own unit."""

    @property
    def rank(self) -> int:
        return RANK[self.level]


@dataclass(frozen=True, slots=True)
class RouteChart:
    """What planning a route needs of the organisation, as of one day.

    ``line``: the seats of the drafter's unit and of every unit above it, nearest first, within a unit the
    lowest first. ``functions``: the head seat of the unit that has a function in the ministry, by the
    function's name (``accounting``) or by ``unit:<code>``.
    """

    drafter: Seat
    line: Sequence[Seat]
    functions: dict[str, Seat]
    drafter_place: str = "head_office"
    """One of PLACES."""
    own_decision: str = "refused"
    """What becomes of a draft whose decider would be the drafting post (S14): refused, allowed, goes_up."""
    several_places: str = "once"
    """Whether a post at several places of a route acts once, at the last of them, or at each (S12): once, each."""


def head_of(seats: Iterable[Seat]) -> Seat | None:
    """The seat through which a unit acts when it is asked: the highest in line."""
    in_line = [seat for seat in seats if seat.in_line]
    return max(in_line, key=lambda seat: (seat.rank, -seat.post_id), default=None)


@dataclass(frozen=True, slots=True)
class Gap:
    """[starts, ends) in days; ``ends`` None: until further notice."""

    starts: date
    ends: date | None


Stretch = tuple[date, date | None]


def gaps(whole: Iterable[Stretch], covered: Iterable[Stretch]) -> tuple[Gap, ...]:
    """The stretches of ``whole`` that nothing covers, the latest first; half-open, None: until further notice.

    Stretches of ``whole`` do not overlap; those of ``covered`` may.
    """
    held = sorted(((start, end or date.max) for start, end in covered), key=lambda stretch: stretch[0])
    found: list[tuple[date, date]] = []
    for start, until in sorted(whole, key=lambda stretch: stretch[0]):
        free, end = start, until or date.max
        for since, to in (*held, (end, end)):
            if free < min(since, end):
                # A gap that goes on from the stretch before is one gap.
                begins = found.pop()[0] if found and found[-1][1] == free else free
                found.append((begins, min(since, end)))
            free = max(free, to)
    return tuple(Gap(start, None if end == date.max else end) for start, end in reversed(found))
