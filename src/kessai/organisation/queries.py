"""Every read of the organisation: the chart as of a day, who holds what, who may be asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from kessai.organisation.rules import RouteChart, Seat, head_of

_SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post somebody holds on a day, with the titles of that day."""

    tenant_id: int
    post_id: int
    title: str
    title_en: str
    level: str
    unit_id: int
    unit_name: str
    unit_name_en: str
    kind: str
    since: date


@dataclass(frozen=True, slots=True)
class PersonName:
    person_id: int
    tenant_id: int
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class TenantName:
    id: int
    code: str
    name: str
    name_en: str


def _rows(name: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def posts_held(*, person_id: int, on: date) -> tuple[HeldPost, ...]:
    """The posts a person holds on a day, the regular one first."""
    return tuple(HeldPost(**row) for row in _rows("posts_held", {"person": person_id, "day": on}))


def person(*, person_id: int) -> PersonName:
    """A person's name; an unknown id is a LookupError."""
    rows = _rows("person", {"person": person_id})
    if not rows:
        raise LookupError(f"no person {person_id}")
    return PersonName(**rows[0])


def tenant(*, tenant_id: int) -> TenantName:
    """A ministry's names; an unknown id is a LookupError."""
    rows = _rows("tenant", {"tenant": tenant_id})
    if not rows:
        raise LookupError(f"no tenant {tenant_id}")
    return TenantName(**rows[0])


def seats(*, post_ids: Collection[int], on: date) -> dict[int, Seat]:
    """Posts by id as they are on a day; one that does not exist that day is missing from the answer."""
    rows = _rows("seats", {"posts": list(post_ids), "day": on})
    return {row["post_id"]: Seat(**row) for row in rows}


def units_below(*, unit_id: int, on: date) -> tuple[int, ...]:
    """A unit and all units below it on a day."""
    return tuple(row["unit_id"] for row in _rows("units_below", {"unit": unit_id, "day": on}))


def route_chart(*, post_id: int, on: date) -> RouteChart | None:
    """The organisation as the route of a draft by this post sees it on a day; None if there is no such post."""
    drafter = seats(post_ids=[post_id], on=on).get(post_id)
    if drafter is None:
        return None
    line = tuple(Seat(**row) for row in _rows("line", {"unit": drafter.unit_id, "day": on}))
    functions: dict[str, list[Seat]] = {}
    for row in _rows("functions", {"tenant": drafter.tenant_id, "day": on}):
        name = row.pop("function")
        functions.setdefault(name, []).append(Seat(**row))
    heads = {name: head for name, seats_of in functions.items() if (head := head_of(seats_of))}
    return RouteChart(drafter=drafter, line=line, functions=heads)
