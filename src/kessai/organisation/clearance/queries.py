"""Reads of clearances: who may see matters of a marking at a point in time, and the list of a ministry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.kernel.calendar import day_in_japan
from kessai.organisation.absence import queries as absence
from kessai.organisation.clearance import rules
from kessai.organisation.settings import settings_of

_SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}


def _rows(name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def cleared(*, person_ids: Collection[int], needed: Collection[str], at: datetime) -> frozenset[int]:
    """Those of some people who may see a matter that needs what it needs; all of them where it needs nothing."""
    if not needed or not person_ids:
        return frozenset(person_ids)
    covers: dict[int, set[str]] = {}
    for row in _rows("cleared", {"people": list(person_ids), "day": day_in_japan(at), "at": at}):
        covers.setdefault(row["person_id"], set()).add(row["covers"])
    return frozenset(p for p in person_ids if rules.cleared(needed, covers.get(p, set())))


def open_to(*, person_id: int, needed: Mapping[UUID, Collection[str]], at: datetime) -> frozenset[UUID]:
    """Of matters with what each needs, those that somebody may see."""
    asks = any(needed.values())
    rows = _rows("cleared", {"people": [person_id], "day": day_in_japan(at), "at": at}) if asks else []
    covers = {row["covers"] for row in rows}
    return frozenset(each for each, need in needed.items() if not need or rules.cleared(need, covers))


def posts_without(*, post_ids: Collection[int], needed: Collection[str], at: datetime) -> frozenset[int]:
    """Posts that somebody holds, and nobody who may see what it takes. A vacant post is none of them."""
    if not needed:
        return frozenset()
    held = absence.holders(post_ids=post_ids, at=at)
    people = {holder.person_id for holders in held.values() for holder in holders}
    able = cleared(person_ids=people, needed=needed, at=at)
    return frozenset(p for p, holders in held.items() if not any(h.person_id in able for h in holders))


@dataclass(frozen=True, slots=True)
class Line:
    """A clearance of a post or of a person, by code or staff number. ``ends`` None: until further notice."""

    post: str
    staff_no: str
    covers: str
    starts: date
    ends: date | None


def listed(
    *, tenant_id: int, at: datetime, post_id: int | None = None, person_id: int | None = None
) -> tuple[Line, ...]:
    """The clearances of a ministry in force or to come; of one post or person, if named."""
    given = {"tenant": tenant_id, "day": day_in_japan(at), "post": post_id, "person": person_id}
    return tuple(
        Line(row["post"] or "", row["staff_no"] or "", row["covers"], row["starts"], row["ends"])
        for row in _rows("listed", given)
    )


def restrictions(*, tenant_id: int, on: date) -> tuple[str, ...]:
    """The handling restrictions (取扱制限) that a drafter of a ministry may choose from on a day."""
    return tuple(settings_of(tenant_id=tenant_id, on=on)["handling_restrictions"])
