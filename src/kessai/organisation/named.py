"""Reads for rulebooks: the posts that a table names, and how far up the line of every unit goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from kessai.organisation.naming import FUNCTIONS
from kessai.organisation.queries import _rows
from kessai.organisation.rules import LEVELS, RANK, Seat, head_of


@dataclass(frozen=True, slots=True)
class Name:
    """What a rulebook calls a post by.

    ``post:<code>`` is that post; ``accounting`` or ``unit:<code>`` the head of the unit with that function or
    code; with ``@<level>`` behind it, the nearest post in line of that level or higher, in that unit or above.
    """

    text: str
    whose: str
    """Without the level."""
    level: str


def read_name(text: str) -> Name | None:
    """A name as a rulebook writes it; None if it is no name at all, whether or not there is such a post."""
    whose, at, level = text.partition("@")
    kind, colon, code = whose.partition(":")
    if at and (level not in LEVELS or kind == "post"):
        return None
    if colon:
        return Name(text, whose, level) if kind in ("post", "unit") and code else None
    return Name(text, whose, level) if whose in FUNCTIONS else None


def named_seats(*, tenant_id: int, names: Iterable[str], on: date) -> dict[str, Seat]:
    """The seats that a rulebook names, as they are on a day, by the names; those not found are missing."""
    read = [name for text in dict.fromkeys(names) if (name := read_name(text))]
    if not read:
        return {}
    params = {
        "tenant": tenant_id,
        "day": on,
        "posts": [name.whose.removeprefix("post:") for name in read if name.whose.startswith("post:")],
        "units": [name.whose.removeprefix("unit:") for name in read if name.whose.startswith("unit:")],
        "functions": [name.whose for name in read if ":" not in name.whose],
    }
    seats: dict[str, list[Seat]] = {}
    for row in _rows("named", params):
        seats.setdefault(row.pop("name"), []).append(Seat(**row))
    return {name.text: seat for name in read if (seat := _chosen(name, seats.get(name.whose, [])))}


def _chosen(name: Name, seats: Collection[Seat]) -> Seat | None:
    if name.whose.startswith("post:"):
        return next(iter(seats), None)
    if not name.level:
        return head_of(seat for seat in seats if seat.unit_depth == 0)
    able = [seat for seat in seats if seat.rank >= RANK[name.level]]
    return min(able, key=lambda seat: (seat.unit_depth, seat.rank, seat.post_id), default=None)


@dataclass(frozen=True, slots=True)
class UnitReach:
    """A unit that has posts. ``levels``: of the posts in line in it and above it; ``place``: one of PLACES."""

    code: str
    name: str
    place: str
    levels: frozenset[str]


def reach(*, tenant_id: int, on: date) -> tuple[UnitReach, ...]:
    """How far up the line of every unit with posts goes, of a ministry on a day, by code."""
    return tuple(
        UnitReach(row["code"], row["name"], row["place"], frozenset(row["levels"]))
        for row in _rows("reach", {"tenant": tenant_id, "day": on})
    )
