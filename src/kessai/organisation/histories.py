"""The chart as people read it: any day of it with its posts and holders, and what anything was over time."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.organisation import queries
from kessai.organisation.queries import ChartUnit, PersonName
from kessai.organisation.rules import Gap, gaps

_SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}


def _rows(name: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a post, by which kind of appointment, since when."""

    person_id: int
    name: str
    name_en: str
    kind: str
    since: date


@dataclass(frozen=True, slots=True)
class Coming:
    """What a post will be from its next change on. ``title`` "" where it is abolished, then with its ``successor``."""

    day: date
    title: str
    title_en: str
    unit_id: int | None
    holders: tuple[Holder, ...]
    successor_id: int | None
    successor_title: str
    successor_title_en: str


@dataclass(frozen=True, slots=True)
class SeatOfDay:
    """A post of a unit on a day. ``free``: how many of its seats nobody holds; ``coming`` None: no change known."""

    unit_id: int
    post_id: int
    code: str
    title: str
    title_en: str
    level: str
    seats: int
    holders: tuple[Holder, ...]
    coming: Coming | None

    @property
    def free(self) -> int:
        return max(0, self.seats - len(self.holders))


@dataclass(frozen=True, slots=True)
class ChangeAhead:
    """A scheduled set of changes. ``kind``: orders or reorganisation."""

    change_id: UUID
    kind: str
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class Found:
    """A unit, or a post with its holders (``post_id`` set), that fits the words of a search."""

    unit_id: int
    unit_name: str
    unit_name_en: str
    post_id: int | None
    title: str
    title_en: str
    holders: tuple[Holder, ...]


def ministries_of(*, person_id: int, on: date) -> tuple[int, ...]:
    """The ministries whose chart a person may read: their own, and those in which they hold a post on a day."""
    own = queries.person(person_id=person_id).tenant_id
    held = {post.tenant_id for post in queries.posts_held(person_id=person_id, on=on)}
    return (own, *sorted(held - {own}))


def seats_of_units(*, unit_ids: Collection[int], on: date) -> dict[int, tuple[SeatOfDay, ...]]:
    """The posts of some units on a day, by unit, the highest first."""
    found: dict[int, list[SeatOfDay]] = {}
    for row in _rows("unit_seats", {"units": list(unit_ids), "day": on}):
        coming = Coming(
            day=row.pop("next_day"),
            title=row.pop("next_title") or "",
            title_en=row.pop("next_title_en") or "",
            unit_id=row.pop("next_unit_id"),
            holders=_holders(row.pop("next_holders")),
            successor_id=row.pop("next_successor_id"),
            successor_title=row.pop("next_successor_title") or "",
            successor_title_en=row.pop("next_successor_title_en") or "",
        )
        row |= {"holders": _holders(row["holders"]), "coming": coming if coming.day else None}
        found.setdefault(row["unit_id"], []).append(SeatOfDay(**row))
    return {unit_id: tuple(seats) for unit_id, seats in found.items()}


def _holders(found: str) -> tuple[Holder, ...]:
    return tuple(Holder(**{**one, "since": date.fromisoformat(one["since"])}) for one in json.loads(found))


def changes_ahead(*, tenant_id: int, on: date) -> tuple[ChangeAhead, ...]:
    """The scheduled sets of changes after a day, the soonest first, at most 20."""
    return tuple(ChangeAhead(**row) for row in _rows("ahead", {"tenant": tenant_id, "day": on}))


def search(*, tenant_id: int, words: str, on: date, limit: int) -> tuple[Found, ...]:
    """Units, then posts, of a day that hold every word; at most ``limit`` of each."""
    plain = unicodedata.normalize("NFKC", words.replace("\x00", "")).lower().split()
    if not plain:
        return ()
    escaped = (word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") for word in plain)
    params = {
        "tenant": tenant_id,
        "day": on,
        "patterns": [f"%{word}%" for word in escaped],
        "limit": limit,
    }
    return tuple(
        Found(**{**row, "holders": _holders(row["holders"])}) for row in _rows("chart_found", params)
    )


@dataclass(frozen=True, slots=True)
class Named:
    """What a code stands for on a day: a unit, a post (then with its unit), or a person (a staff number)."""

    what: str
    code: str
    name: str
    name_en: str
    unit_name: str
    unit_name_en: str


def names_by_code(*, tenant_id: int, codes: Collection[str], on: date) -> dict[tuple[str, str], Named]:
    """By ("unit", "post" or "person", code); codes that stand for nothing on the day are missing."""
    rows = _rows("names_by_code", {"tenant": tenant_id, "codes": list(codes), "day": on})
    return {(row["what"], row["code"]): Named(**row) for row in rows}


def unit_names(*, unit_ids: Collection[int], on: date) -> dict[int, str]:
    """What units are called on a day; those that are not there are missing."""
    rows = _rows("unit_names", {"units": list(unit_ids), "day": on})
    return {row["unit_id"]: row["name"] for row in rows}


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line of the chart as a file: a unit, a post of it ("" in a unit without posts) and one holder ("": vacant)."""

    unit: ChartUnit
    code: str = ""
    title: str = ""
    title_en: str = ""
    level: str = ""
    in_line: bool | None = None
    seats: int | None = None
    staff_no: str = ""
    name: str = ""
    name_en: str = ""
    kind: str = ""
    since: date | None = None


def chart_lines(*, tenant_id: int, on: date) -> tuple[ChartLine, ...]:
    """The whole chart of a day, unit by unit as ``queries.chart`` orders them."""
    posts: dict[int, list[dict[str, Any]]] = {}
    for row in _rows("chart_lines", {"tenant": tenant_id, "day": on}):
        posts.setdefault(row.pop("unit_id"), []).append(
            {key: "" if value is None and key != "since" else value for key, value in row.items()}
        )
    return tuple(
        ChartLine(unit, **row)
        for unit in queries.chart(tenant_id=tenant_id, on=on)
        for row in posts.get(unit.unit_id, [{}])
    )


@dataclass(frozen=True, slots=True)
class UnitPeriod:
    """A unit during a period. ``ends`` None: until further notice; ``change_title`` "": no set of changes began it."""

    code: str
    starts: date
    ends: date | None
    name: str
    name_en: str
    kind: str
    symbol: str
    parent_id: int | None
    parent_name: str
    parent_name_en: str
    change_title: str


@dataclass(frozen=True, slots=True)
class UnitKin:
    """A unit from which, or which, another became on a day; ``main``: the one that takes over what is not divided."""

    unit_id: int
    main: bool
    day: date
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """A unit over time, the latest period first."""

    periods: tuple[UnitPeriod, ...]
    came_from: tuple[UnitKin, ...]
    became: tuple[UnitKin, ...]


def unit_history(*, tenant_id: int, unit_id: int) -> UnitHistory | None:
    """What a unit was called and belonged to, what it came from and became; None: no such unit in the ministry."""
    periods = tuple(
        UnitPeriod(**row) for row in _rows("unit_history", {"tenant": tenant_id, "unit": unit_id})
    )
    if not periods:
        return None
    kin: dict[str, list[UnitKin]] = {"from": [], "became": []}
    for row in _rows("unit_kin", {"unit": unit_id}):
        kin[row.pop("side")].append(UnitKin(**row))
    return UnitHistory(periods, tuple(kin["from"]), tuple(kin["became"]))


@dataclass(frozen=True, slots=True)
class PostPeriod:
    """A post during a period."""

    code: str
    starts: date
    ends: date | None
    title: str
    title_en: str
    level: str
    seats: int
    unit_id: int
    unit_name: str
    unit_name_en: str
    change_title: str


@dataclass(frozen=True, slots=True)
class Holding:
    """A person holds a post during a period; ``place``: which of the equal holders."""

    person_id: int
    name: str
    name_en: str
    kind: str
    place: int
    starts: date
    ends: date | None
    change_title: str


@dataclass(frozen=True, slots=True)
class PostKin:
    """A post whose tasks went to another one on a day, or that took them over."""

    post_id: int
    day: date
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class PostHistory:
    """A post over time, the latest first. ``vacant``: when it existed and nobody held it."""

    periods: tuple[PostPeriod, ...]
    holders: tuple[Holding, ...]
    vacant: tuple[Gap, ...]
    took_over: tuple[PostKin, ...]
    went_to: tuple[PostKin, ...]


def post_history(*, tenant_id: int, post_id: int) -> PostHistory | None:
    """Who held a post when, what it was called when, its successor; None: no such post in the ministry."""
    params = {"tenant": tenant_id, "post": post_id}
    periods = tuple(PostPeriod(**row) for row in _rows("post_history", params))
    if not periods:
        return None
    holders = tuple(Holding(**row) for row in _rows("post_holders", params))
    kin: dict[str, list[PostKin]] = {"from": [], "became": []}
    for row in _rows("post_kin", {"post": post_id}):
        kin[row.pop("side")].append(PostKin(**row))
    vacant = gaps([(p.starts, p.ends) for p in periods], [(h.starts, h.ends) for h in holders])
    return PostHistory(periods, holders, vacant, tuple(kin["from"]), tuple(kin["became"]))


@dataclass(frozen=True, slots=True)
class Career:
    """A post that a person holds during a period, under the title it has then."""

    post_id: int
    kind: str
    starts: date
    ends: date | None
    title: str
    title_en: str
    unit_id: int
    unit_name: str
    unit_name_en: str
    change_title: str


@dataclass(frozen=True, slots=True)
class PersonHistory:
    person: PersonName
    held: tuple[Career, ...]


def person_history(*, tenant_id: int, person_id: int) -> PersonHistory | None:
    """What a person held when, the latest first; None: no such person in the ministry, by name or by post."""
    try:
        found = queries.person(person_id=person_id)
    except LookupError:
        return None
    if found.tenant_id != tenant_id:
        return None
    rows = _rows("person_history", {"tenant": tenant_id, "person": person_id})
    return PersonHistory(found, tuple(Career(**row) for row in rows))
