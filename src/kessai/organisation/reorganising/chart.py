"""The part of a chart that a reorganisation changes: units and posts as they are on its day, before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class UnitNow:
    """A unit on the day, without the reorganisation. ``ends``: of its present version, None until further notice."""

    unit_id: int
    version_id: int
    code: str
    parent: str
    name: str
    name_en: str
    kind: str
    symbol: str
    functions: tuple[str, ...]
    position: int
    starts: date
    ends: date | None
    other: str = ""
    """Title of the set of changes by which its version begins or ends from the day on."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A person holds a post on the day or later. ``elsewhere``: codes of the other posts they hold that day."""

    appointment_id: int
    person_id: int
    person_name: str
    place: int
    starts: date
    ends: date | None
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PostNow:
    """A post on the day, without the reorganisation."""

    post_id: int
    version_id: int
    code: str
    unit: str
    title: str
    title_en: str
    level: str
    in_line: bool
    seats: int
    starts: date
    ends: date | None
    other: str = ""
    holdings: tuple[Holding, ...] = ()


@dataclass(frozen=True, slots=True)
class Orphan:
    """A unit or post that has ended by the day and that nobody has succeeded."""

    what: str
    id: int
    code: str
    title: str
    unit_id: int | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A ministry on the day of a reorganisation, as far as that can touch it.

    ``units``: all that exist that day; ``posts``: those that the set names, and those of units it names.
    ``unit_codes``/``post_codes``: of those that the set wants to create, the ones that were ever used.
    ``orphans``: by kind and code, those named that ended earlier without a successor.
    """

    units: Mapping[str, UnitNow]
    posts: Mapping[str, PostNow]
    unit_codes: frozenset[str] = frozenset()
    post_codes: frozenset[str] = frozenset()
    orphans: Mapping[tuple[str, str], Orphan] = field(default_factory=dict)


@dataclass(slots=True)
class UnitThen:
    """A unit as it is to be from the day on. ``was`` None: it is new; ``line``: the first one that changes it."""

    code: str
    parent: str
    name: str
    name_en: str
    kind: str
    symbol: str
    functions: tuple[str, ...]
    position: int
    was: UnitNow | None
    line: int = 0
    ends: bool = False
    act: str = ""
    """By which act it ends."""
    successors: tuple[str, ...] = ()
    gave: tuple[str, ...] = ()
    """Units that it gave a part to, living on itself."""

    @property
    def changed(self) -> bool:
        was = self.was
        return was is not None and (
            self.parent, self.name, self.name_en, self.kind, self.symbol, self.functions
        ) != (was.parent, was.name, was.name_en, was.kind, was.symbol, was.functions)  # fmt: skip


@dataclass(slots=True)
class PostThen:
    """A post as it is to be from the day on."""

    code: str
    unit: str
    title: str
    title_en: str
    level: str
    in_line: bool
    seats: int
    was: PostNow | None
    line: int = 0
    ends: bool = False
    act: str = ""
    """By which act it ends."""
    successors: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        was = self.was
        return was is not None and (
            self.unit, self.title, self.title_en, self.level, self.in_line, self.seats
        ) != (was.unit, was.title, was.title_en, was.level, was.in_line, was.seats)  # fmt: skip


def unit_then(now: UnitNow) -> UnitThen:
    return UnitThen(
        now.code,
        now.parent,
        now.name,
        now.name_en,
        now.kind,
        now.symbol,
        now.functions,
        now.position,
        was=now,
    )


def post_then(now: PostNow) -> PostThen:
    return PostThen(now.code, now.unit, now.title, now.title_en, now.level, now.in_line, now.seats, was=now)
