"""Rows that a ministry knows by a code, in force from a day until another one of the same code takes their place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.kernel.lines import Faults
from kessai.kernel.words import N_


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an import did, over all the ministries it was for."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row as a file states it, with the number of its line. ``values``: by column, without code and period.

    ``until``: the first day on which it is in force no more; None: until further notice.
    """

    number: int
    code: str
    values: Mapping[str, Any]
    until: date | None = None
    said: str = ""
    """What to call it in a refusal; its code if nothing is given."""


def bring(
    model: type[models.Model],
    wanted: Sequence[tuple[int, Wanted]],
    *,
    effective: date,
    known_by: str = "code",
    within: Mapping[str, Any] | None = None,
) -> Loaded:
    """Let rows (ministry, row) be in force from a day; what is so already stays. Inside the caller's transaction.

    ``known_by``: the column of the code; ``within``: further columns that a code is looked for in. Errors: CannotImport
    where a code has another row from that day or later on.
    """
    assert connection.in_atomic_block
    scope, faults = dict(within or {}), Faults()
    tenants = {tenant_id for tenant_id, _ in wanted}
    rows: Iterable[Any] = model._default_manager.filter(tenant_id__in=tenants, **scope).order_by("period")
    last = {(row.tenant_id, getattr(row, known_by)): row for row in rows}
    new, ended = [], []
    for tenant_id, row in wanted:
        found = last.get((tenant_id, row.code))
        if found and found.period.upper == row.until and _same(found, row.values):
            continue
        if found:
            refuse_earlier(row.number, row.said or row.code, found.period.lower, effective, faults)
            ended.append(found.id)
        own = {known_by: row.code, **scope, **row.values}
        new.append(model(tenant_id=tenant_id, period=DateRange(effective, row.until), **own))
    faults.raise_if_any()
    _end(model._meta.db_table, ended, effective)
    model._default_manager.bulk_create(new)
    return Loaded(len(new) - len(ended), len(ended), len(wanted) - len(new))


def _same(found: models.Model, values: Mapping[str, Any]) -> bool:
    return all(getattr(found, column) == value for column, value in values.items())


def refuse_earlier(number: int, what: str, starts: date, effective: date, faults: Faults) -> None:
    if effective <= starts:
        faults.add(
            number,
            N_("「%(what)s」には%(day)sからの定めがあり、その日以前からは変えられません。"),
            what=what,
            day=starts.isoformat(),
        )


def _end(table: str, ids: Collection[int], on: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET period = daterange(lower(period), %s)"
            " WHERE id = ANY(%s) AND (upper_inf(period) OR upper(period) > %s)",
            [on, list(ids), on],
        )
