"""Reads for rulebooks and drafters: the posts and units that are named, and how far up the line of every unit goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from kessai.organisation.named import Called, Name, UnitReach, is_called, read_name
from kessai.organisation.queries import _rows
from kessai.organisation.rules import RANK, Seat, head_of


def named_seats(*, tenant_id: int, names: Iterable[str], on: date) -> dict[str, Seat]:
    """The seats that a rulebook names, as they are on a day, by the names; those not found are missing.

    A post or unit that was abolished by then stands for its successor, so a table outlives a reorganisation.
    """
    read = [name for text in dict.fromkeys(names) if (name := read_name(text))]
    found = _seats_of(tenant_id, read, on)
    gone = [name for name in read if name.text not in found and ":" in name.whose]
    if gone:
        now = {row["name"]: row["now"] for row in _rows("names_now", _codes(tenant_id, gone, on))}
        heirs = [replace(name, whose=now[name.whose]) for name in gone if name.whose in now]
        found |= _seats_of(tenant_id, heirs, on)
    return found


def _seats_of(tenant_id: int, names: Collection[Name], on: date) -> dict[str, Seat]:
    if not names:
        return {}
    seats: dict[str, list[Seat]] = {}
    for row in _rows("named", _codes(tenant_id, names, on)):
        seats.setdefault(row.pop("name"), []).append(Seat(**row))
    return {name.text: seat for name in names if (seat := _chosen(name, seats.get(name.whose, [])))}


def _codes(tenant_id: int, names: Iterable[Name], on: date) -> dict[str, Any]:
    whose = [name.whose for name in names]
    return {
        "tenant": tenant_id,
        "day": on,
        "posts": [text.removeprefix("post:") for text in whose if text.startswith("post:")],
        "units": [text.removeprefix("unit:") for text in whose if text.startswith("unit:")],
        "functions": [text for text in whose if ":" not in text],
    }


def _chosen(name: Name, seats: Collection[Seat]) -> Seat | None:
    if name.whose.startswith("post:"):
        return next(iter(seats), None)
    if not name.level:
        return head_of(seat for seat in seats if seat.unit_depth == 0)
    able = [seat for seat in seats if seat.rank >= RANK[name.level]]
    return min(able, key=lambda seat: (seat.unit_depth, seat.rank, seat.post_id), default=None)


def reach(*, tenant_id: int, on: date) -> tuple[UnitReach, ...]:
    """How far up the line of every unit with posts goes, of a ministry on a day, by code."""
    return tuple(
        UnitReach(row["code"], row["name"], row["place"], frozenset(row["levels"]))
        for row in _rows("reach", {"tenant": tenant_id, "day": on})
    )


def post_codes(*, post_ids: Collection[int]) -> dict[int, str]:
    """The codes of posts by id."""
    return {row["post_id"]: row["code"] for row in _rows("post_codes", {"posts": list(post_ids)})}


def called(*, tenant_id: int, texts: Iterable[str], on: date) -> dict[str, tuple[Called, ...]]:
    """The posts and units of a ministry that texts call on a day, by the text; a text that calls none is missing.

    Where a text calls a post and a unit, both are there. Posts come first.
    """
    bare = {text: "".join(text.split()) for text in texts}
    wanted = sorted({plain for plain in bare.values() if plain})
    if not wanted:
        return {}
    found: dict[str, list[Called]] = {}
    for row in _rows("called", {"tenant": tenant_id, "texts": wanted, "day": on}):
        text = row.pop("text")
        one = Called(**row | {"above": tuple(row["above"])})
        if is_called(text, one):
            found.setdefault(text, []).append(one)
    return {text: tuple(found[plain]) for text, plain in bare.items() if plain in found}


def members(*, unit_ids: Collection[int], on: date) -> dict[int, tuple[Seat, ...]]:
    """Every post of some units and of the units below them on a day, by unit; ``unit_depth`` 0 is the unit's own."""
    found: dict[int, list[Seat]] = {}
    for row in _rows("members", {"units": list(unit_ids), "day": on}) if unit_ids else ():
        found.setdefault(row.pop("of_unit"), []).append(Seat(**row))
    return {unit: tuple(seats) for unit, seats in found.items()}
