"""Posts and people for units that have only names: who would sit there, decided by a seed and nothing else.

Every unit gets its head first, then every division its deputy, a section chief and an officer, so that routes
work however small the total is; whoever is left over goes where the weight of a unit asks for more. A larger
total only adds: nobody's post depends on how many come after.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from kessai.organisation.naming import heads_of, plain

MARK = ":"
"""In every post code made here, and in no other: unit code, this, what the post is."""

_WEIGHT = {
    "ministry": 1.0,
    "bureau": 2.0,
    "department": 3.0,
    "division": 10.0,
    "office": 5.0,
    "section": 5.0,
    "institution": 25.0,
    "regional_bureau": 5.0,
}
_TITLE_EN = {
    "officer": "Officer",
    "section_chief": "Section Chief",
    "deputy_director": "Deputy Director",
    "office_head": "Head of Office",
    "director": "Director",
    "councillor": "Councillor",
    "director_general": "Director-General",
    "vice_minister": "Vice-Minister",
    "minister": "Minister",
}
_WITH_DEPUTY = {"division", "office", "institution"}
_A_CHIEF_AMONG = 6


@dataclass(frozen=True, slots=True)
class UnitToStaff:
    """A unit as it is on the day. ``has_sections``: sections with heads of their own are below it."""

    tenant_id: int
    unit_id: int
    code: str
    name: str
    kind: str
    depth: int
    has_sections: bool


@dataclass(frozen=True, slots=True)
class Names:
    """Names to draw from, each with its reading in Latin letters: 佐藤, Sato."""

    surnames: Sequence[tuple[str, str]]
    given: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A post and the person who is to hold it, both new."""

    tenant_id: int
    unit_id: int
    post_code: str
    title: str
    title_en: str
    level: str
    in_line: bool
    staff_no: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class _Seat:
    unit: UnitToStaff
    what: str
    title: str
    level: str
    in_line: bool

    @property
    def code(self) -> str:
        return f"{self.unit.code}{MARK}{self.what}"


def least(units: Sequence[UnitToStaff]) -> int:
    """How many posts these units need at least: their heads."""
    return sum(len(heads_of(unit.name, unit.depth)) for unit in units)


def staff(
    units: Sequence[UnitToStaff],
    *,
    wanted: int,
    seed: int,
    names: Names,
    there: Mapping[int, Mapping[str, str]],
) -> list[StaffLine]:
    """The ``wanted`` first of the seats that are not ``there`` (staff numbers by post code, by ministry)."""
    last = {
        tenant: max((int(number) for number in posts.values() if number.isdecimal()), default=0)
        for tenant, posts in there.items()
    }
    missing = (seat for seat in _seats(units, seed) if seat.code not in there[seat.unit.tenant_id])
    made = []
    for seat in islice(missing, max(wanted, 0)):
        last[seat.unit.tenant_id] += 1
        name, name_en = _name(seed, seat.code, names)
        made.append(
            StaffLine(
                tenant_id=seat.unit.tenant_id,
                unit_id=seat.unit.unit_id,
                post_code=seat.code,
                title=seat.title,
                title_en=_TITLE_EN[seat.level],
                level=seat.level,
                in_line=seat.in_line,
                staff_no=f"{last[seat.unit.tenant_id]:06d}",
                name=name,
                name_en=name_en,
            )
        )
    return made


def _seats(units: Sequence[UnitToStaff], seed: int) -> Iterator[_Seat]:
    """Seats without end, the most needed first."""
    for unit in units:
        for rank, head in enumerate(heads_of(unit.name, unit.depth)):
            yield _Seat(unit, "head" if rank == 0 else f"head{rank + 1}", head.title, head.level, True)
    for unit in units:
        if unit.kind in _WITH_DEPUTY:
            yield _Seat(unit, "deputy", _deputy_title(unit), "deputy_director", True)
    for unit in units:
        if unit.kind in _WITH_DEPUTY and not unit.has_sections:
            yield _chief(unit, 1)
    for unit in units:
        if unit.kind in _WITH_DEPUTY or unit.kind == "section":
            yield _officer(unit, 1)
    yield from _rest(units, seed)


def _rest(units: Sequence[UnitToStaff], seed: int) -> Iterator[_Seat]:
    # The method of divisors: each seat goes to the unit whose weight per seat is the highest, so that a larger
    # total never takes a seat away from a unit.
    weights = [_WEIGHT[unit.kind] * (0.5 + _draw(seed, unit.code) % 1000 / 666) for unit in units]
    queue = [(-weight, number, 0) for number, weight in enumerate(weights)]
    heapq.heapify(queue)
    while True:
        _, number, given = queue[0]
        yield _further(units[number], given)
        heapq.heapreplace(queue, (-weights[number] / (given + 2), number, given + 1))


def _further(unit: UnitToStaff, given: int) -> _Seat:
    """The seat of a unit after the first ones and ``given`` more: a section chief now and then, else an officer."""
    if unit.kind in _WITH_DEPUTY and not unit.has_sections and given % _A_CHIEF_AMONG == _A_CHIEF_AMONG - 1:
        return _chief(unit, given // _A_CHIEF_AMONG + 2)
    return _officer(unit, given + 2)


def _deputy_title(unit: UnitToStaff) -> str:
    head = heads_of(unit.name, unit.depth)[0].title
    return f"{head}補佐" if unit.kind != "institution" else f"{plain(unit.name)}次長"


_KANJI = "〇一二三四五六七八九"


def _ordinal(number: int) -> str:
    """第一, 第十二: ordinals as sections carry them."""
    tens, ones = divmod(number, 10)
    if tens > 9:
        return f"第{number}"
    return "第" + (_KANJI[tens] if tens > 1 else "") + ("十" if tens else "") + (_KANJI[ones] if ones else "")


def _chief(unit: UnitToStaff, number: int) -> _Seat:
    stem = plain(unit.name).removesuffix("課").removesuffix("室")
    return _Seat(unit, f"chief{number}", f"{stem}{_ordinal(number)}係長", "section_chief", False)


def _officer(unit: UnitToStaff, number: int) -> _Seat:
    if unit.kind == "ministry":
        return _Seat(unit, f"officer{number}", "官房付", "officer", False)
    return _Seat(unit, f"officer{number}", f"{plain(unit.name)}員", "officer", False)


def _draw(seed: int, code: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{seed}/{code}".encode(), digest_size=8).digest())


def _name(seed: int, code: str, names: Names) -> tuple[str, str]:
    drawn = _draw(seed, code)
    surname, surname_en = names.surnames[drawn % len(names.surnames)]
    given, given_en = names.given[drawn // len(names.surnames) % len(names.given)]
    return f"{surname} {given}", f"{surname_en} {given_en}"
