"""Reads of what a set of changes touches: which posts, and with them which deputies and units.

``hold`` comes first, in the caller's transaction: it works out the touched posts and keeps them, until the
transaction ends, in the temporary table ``organisation_touched`` (see sql/touched_make.sql), which the queries of
upper rooms may join. Works for a draft and for a set that is scheduled, before its day and after it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.organisation.models import ChangeSet
from kessai.organisation.queries import _SQL
from kessai.organisation.rules import LEVELS

ORDERS, REORGANISATION = "orders", "reorganisation"


@dataclass(frozen=True, slots=True)
class Change:
    """A set of changes: whose, of which kind, and the day it is for."""

    change_id: UUID
    tenant_id: int
    kind: str
    state: str
    effective: date


@dataclass(frozen=True, slots=True)
class TouchedPost:
    """A post whose tasks other people have from the day on. ``successor_id``: the post they are with from then on."""

    post_id: int
    was_held: bool
    will_be_held: bool
    successor_id: int | None

    @property
    def falls_vacant(self) -> bool:
        return self.was_held and not self.will_be_held


@dataclass(frozen=True, slots=True)
class NamedPost:
    """A post with its title, and who has its tasks on the day before and on the day; nobody: no names.

    ``successor_title`` without ``successor_id``: the post that is to have them is yet to be made by the changes.
    """

    post_id: int
    code: str
    title: str
    title_en: str
    level: str
    in_line: bool
    unit_id: int
    unit_code: str
    unit_name: str
    unit_name_en: str
    successor_id: int | None
    successor_title: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StandingIn:
    """A deputy or secretary. ``why``: vacant (it lapses), appointed (by a holder who leaves), or other."""

    kind: str
    post_id: int
    other_id: int
    why: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who could take over from a vacant post: the post they hold, and who they are."""

    post_id: int
    code: str
    title: str
    title_en: str
    person_id: int
    staff_no: str
    name: str


def hold(*, change_id: UUID) -> Change:
    """Work out what a set touches, for the reads below and for upper rooms. An unknown set is a LookupError."""
    assert connection.in_atomic_block
    found = ChangeSet.objects.filter(id=change_id).first()
    if found is None:
        raise LookupError(f"no set of changes {change_id}")
    params: dict[str, Any] = {"change": change_id, "day": found.effective}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS organisation_touched")
        for name in ("touched_make", f"touched_by_{found.kind}", "touched_of_old"):
            cursor.execute(_SQL[name], params)
        cursor.execute("ANALYZE organisation_touched")
    return Change(found.id, found.tenant_id, found.kind, found.state, found.effective)


def put_beside(change: Change, *, post_ids: Collection[int]) -> None:
    """Let posts that are not touched stand beside those that are, with their holders of the day."""
    _run("touched_beside", {"posts": list(post_ids), "day": change.effective})


def posts() -> tuple[TouchedPost, ...]:
    """Every touched post."""
    return tuple(TouchedPost(**row) for row in _rows("touched_posts", {}))


def people() -> int:
    """How many people have other tasks from the day on."""
    return int(_rows("touched_people", {})[0]["total"])


def named(change: Change, *, post_ids: Collection[int]) -> dict[int, NamedPost]:
    """Touched posts, and posts put beside them, by id."""
    rows = _rows("touched_named", {"posts": list(post_ids), "day": change.effective})
    return {
        row["post_id"]: NamedPost(**{**row, "before": tuple(row["before"]), "after": tuple(row["after"])})
        for row in rows
    }


def in_line(change: Change, *, post_ids: Collection[int]) -> frozenset[int]:
    """Those of some posts that routes go through by themselves, on the day before."""
    rows = _rows("touched_in_line", {"posts": list(post_ids), "day": change.effective})
    return frozenset(row["post_id"] for row in rows)


def standing_in(change: Change, *, limit: int) -> tuple[tuple[StandingIn, ...], dict[str, tuple[int, int]]]:
    """Deputies and secretaries that are touched, those that lapse first; by kind how many, and how many lapse."""
    rows = _rows("touched_standing_in", {"day": change.effective, "limit": limit})
    totals = {row["kind"]: (row.pop("total"), row.pop("lapsing")) for row in rows}
    return tuple(StandingIn(**row) for row in rows), totals


def units_with_another_head(change: Change) -> dict[int, int]:
    """The units whose head changes, each with the head's post."""
    rows = _rows("touched_units", {"day": change.effective, "levels": list(LEVELS)})
    return {row["unit_id"]: row["post_id"] for row in rows}


@dataclass(frozen=True, slots=True)
class EndingUnit:
    """A unit that ends; ``successor``: the name of the one that has its files from then on, "" if none has."""

    unit_id: int
    name: str
    successor: str


def units_ending(change: Change) -> dict[int, EndingUnit]:
    """The units that a reorganisation ends; none for orders."""
    if change.kind != REORGANISATION:
        return {}
    rows = _rows("touched_units_ending", {"change": change.change_id})
    return {row["unit_id"]: EndingUnit(**row) for row in rows}


def kept_by_another(change: Change, *, post_ids: Collection[int]) -> frozenset[int]:
    """Those of some posts whose drafts another post keeps on the day."""
    rows = _rows("touched_kept", {"posts": list(post_ids), "day": change.effective})
    if change.kind == ORDERS and change.state != "scheduled":
        rows += _rows("touched_kept_by_orders", {"posts": list(post_ids)})
    return frozenset(row["post_id"] for row in rows)


def stand_ins(change: Change, *, post_ids: Collection[int]) -> dict[int, dict[str, StandIn]]:
    """Who could take over from vacant posts: by post, as far as there are any: the ``deputy``, the
    ``head``, and the ``keeper`` of what it leaves behind, the nearest in line above it.
    """
    rows = _rows(
        "touched_stand_ins", {"posts": list(post_ids), "day": change.effective, "levels": list(LEVELS)}
    )
    found: dict[int, dict[str, StandIn]] = {}
    for row in rows:
        of_post, kind = found.setdefault(row.pop("asked_id"), {}), row.pop("kind")
        of_post[kind] = StandIn(**row)
    return found


def _run(name: str, params: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], params)


def _rows(name: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
