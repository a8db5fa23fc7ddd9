"""What the page of a case under way says of how long it has been where it is, and when it will be decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kessai.decisions.machine import ADD_STEP, ASK, CANCEL, ESCALATE, REMIND, REVISE, ROUTED, WITHDRAW
from kessai.decisions.results import CasePage, Option
from kessai.insight import standing
from kessai.insight.queries import Expected, Look, Stay
from kessai.web.standing.lines import how_long, usually

RISE, STEP, EDGE, LOW = 13, 26, 24, 20
"""Of the picture, in its own units: from dot to dot and day to day, the margin, and what is below the line."""
DAYS_DRAWN = range(4, 13)
"""So many different days are worth a picture; fewer, and what lies further apart, are told in words alone."""


FIRST = (REMIND, ASK, ESCALATE, WITHDRAW, REVISE, ADD_STEP, CANCEL)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long a step has waited: so, usually so, and in the words that say how sure that is."""

    how_long: str
    usual: str
    stay: Stay


@dataclass(frozen=True, slots=True)
class Column:
    """A day of the picture, with the heights of its dots. ``after``: past the deadline. ``named``: it is written."""

    day: date
    x: int
    dots: tuple[int, ...]
    likeliest: bool
    after: bool
    named: bool


@dataclass(frozen=True, slots=True)
class Picture:
    columns: tuple[Column, ...]
    width: int
    height: int
    line: int


@dataclass(frozen=True, slots=True)
class Shown:
    look: Look
    waits: Mapping[int, Waits]
    """By position."""
    picture: Picture | None
    in_time: bool
    can: tuple[Option, ...]
    """What the drafter may do, what is asked for most first."""


def shown(page: CasePage, at: datetime) -> Shown | None:
    """Of a case that is on its way to a decision; None otherwise."""
    if page.state != ROUTED or page.circulation is not None:
        return None
    look = standing.of_page(page, at=at)
    deadline = page.content.deadline
    expected = look.expected
    return Shown(
        look=look,
        waits={
            position: Waits(how_long(stay.days), usually(stay), stay) for position, stay in look.stays.items()
        },
        picture=_picture(expected, deadline) if expected else None,
        in_time=expected is None or deadline is None or expected.day <= deadline,
        can=tuple(sorted(page.options, key=lambda option: _place(option.name))),
    )


def _place(act: str) -> int:
    return FIRST.index(act) if act in FIRST else len(FIRST)


def _picture(expected: Expected, deadline: date | None) -> Picture | None:
    """Twenty days, all as likely, as twenty dots; None where words say it as well."""
    days = Counter(expected.dots)
    if len(days) not in DAYS_DRAWN:
        return None
    line = max(days.values()) * RISE + RISE // 2
    order = sorted(days)
    likeliest = order.index(min(order, key=lambda day: abs(day - expected.day)))
    named = {likeliest} | {n for n in (0, len(order) - 1) if abs(n - likeliest) > 1}
    return Picture(
        columns=tuple(
            Column(
                day=day,
                x=EDGE + n * STEP,
                dots=tuple(line - RISE // 2 - RISE * each for each in range(days[day])),
                likeliest=n == likeliest,
                after=deadline is not None and day > deadline,
                named=n in named,
            )
            for n, day in enumerate(order)
        ),
        width=2 * EDGE + (len(days) - 1) * STEP,
        height=line + LOW,
        line=line,
    )
