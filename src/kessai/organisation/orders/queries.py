"""Every read of appointment orders: sets, their lines, what they do to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.kernel.lines import BadLine
from kessai.organisation import changes as sets
from kessai.organisation.changes import ChangeView
from kessai.organisation.orders.rules import Checked, Counts, TypedLine, said

_SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}

KIND = "orders"
SHOWN = 500
"""Faults, and notes, that are said one by one."""


def changes(*, tenant_id: int) -> tuple[ChangeView, ...]:
    """The sets of appointment orders of a ministry, the latest day first."""
    return sets.changes(tenant_id=tenant_id, kind=KIND)


def change(*, change_id: UUID) -> ChangeView:
    """A set of appointment orders. Errors: NotFound."""
    return sets.change(change_id=change_id, kind=KIND)


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as typed, with what the last check said about it, if nothing was changed since."""

    number: int
    typed: TypedLine
    faults: tuple[BadLine, ...]
    notes: tuple[BadLine, ...]


def lines(
    *, change_id: UUID, offset: int = 0, limit: int = 100, only_faulty: bool = False
) -> tuple[LineView, ...]:
    """Lines of a set in order; ``only_faulty``: those that the last check named."""
    checked = last_check(change_id=change_id)
    faults, notes = _by_line(checked.faults if checked else ()), _by_line(checked.notes if checked else ())
    rows = _rows(
        "lines",
        {
            "change": change_id,
            "only": list(faults) if only_faulty else None,
            "offset": offset,
            "limit": limit,
        },
    )
    return tuple(
        LineView(number := row.pop("number"), TypedLine(**row), faults.get(number, ()), notes.get(number, ()))
        for row in rows
    )


def line(*, change_id: UUID, number: int) -> TypedLine | None:
    """One line as typed."""
    found = _rows("lines", {"change": change_id, "only": [number], "offset": 0, "limit": 1})
    return TypedLine(**{key: value for key, value in found[0].items() if key != "number"}) if found else None


def _by_line(said_: Sequence[BadLine]) -> dict[int, tuple[BadLine, ...]]:
    found: dict[int, tuple[BadLine, ...]] = {}
    for bad in said_:
        found[bad.number] = (*found.get(bad.number, ()), bad)
    return found


def last_check(*, change_id: UUID) -> Checked | None:
    """What the last check found; None if there was none, or something was changed since."""
    stored = sets.checked(change_id=change_id)
    return None if stored is None else restored(stored)


@dataclass(frozen=True, slots=True)
class PostEffect:
    """A post that a set touches: who holds it without the set and with it, (id, name) each."""

    post_id: int
    code: str
    title: str
    title_en: str
    unit_name: str
    unit_name_en: str
    before: tuple[tuple[int, str], ...]
    after: tuple[tuple[int, str], ...]
    folded_into: int | None


def effects(
    *, change_id: UUID, offset: int = 0, limit: int | None = None, only_vacated: bool = False
) -> tuple[PostEffect, ...]:
    """The posts a set touches, by code; of a draft what its good lines would do.

    In SQL: ``organisation_change_effects(change)``. ``only_vacated``: posts that are left without a holder.
    """
    params = {"change": change_id, "offset": offset, "limit": limit, "vacated": only_vacated}
    return tuple(
        PostEffect(**{**row, "before": _people(row["before"]), "after": _people(row["after"])})
        for row in _rows("effects", params)
    )


def _people(pairs: Sequence[Sequence[Any]]) -> tuple[tuple[int, str], ...]:
    return tuple((person_id, name) for person_id, name in pairs)


def found(*, change_id: UUID, on: date) -> dict[str, Any]:
    """What the plan of a set in the present transaction found, in the shape that is stored with the set."""
    counts = _rows("counts", {"day": on})[0]
    said_ = _rows("found", {"change": change_id, "limit": SHOWN})
    listed: dict[bool, list[list[Any]]] = {True: [], False: []}
    for row in said_:
        params = {key: value for key, value in row.items() if key not in ("grave", "number", "what")}
        params["since"] = params["since"].isoformat() if params["since"] else None
        listed[row["grave"]].append([row["number"], row["what"], _shortened(params)])
    totals = {key: counts.pop(key) for key in ("lines", "faults", "notes")}
    return {"totals": totals, "counts": counts, "faults": listed[True], "notes": listed[False]}


def _shortened(params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value[:100] if isinstance(value, str) else value
        for key, value in params.items()
        if value is not None
    }


_NAMES = ("act", "staff_no", "name", "post", "into", "kind", "until", "person", "title", "seats", "other",
          "since", "at_post")  # fmt: skip


def restored(stored: Mapping[str, Any]) -> Checked:
    """``found`` as what it says."""

    def bad(entries: Sequence[Sequence[Any]]) -> tuple[BadLine, ...]:
        return tuple(
            said(number, what, dict.fromkeys(_NAMES, "") | params) for number, what, params in entries
        )

    totals = stored["totals"]
    return Checked(
        lines=totals["lines"],
        faults=bad(stored["faults"]),
        faults_total=totals["faults"],
        notes=bad(stored["notes"]),
        notes_total=totals["notes"],
        counts=Counts(**stored["counts"]),
    )


def _rows(name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
