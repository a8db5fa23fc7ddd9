"""Reads of the forms of matter types over time, of those being written, and of what a table asks of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.routing.conditions import read_conditions
from kessai.routing.models import AuthorityTable, FormDraft, MatterType


@dataclass(frozen=True, slots=True)
class Version:
    """A form as it is in force from ``since`` until the day before ``until`` (None: until further notice)."""

    since: date
    until: date | None
    fields: tuple[Mapping[str, Any], ...]
    question: str
    boilerplate: str
    note: str
    changed_by: int | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Written:
    """A form that is being written, as it was typed."""

    rows: Sequence[Mapping[str, str]]
    question: str
    boilerplate: str
    effective: str
    note: str
    version: int
    changed_by: int
    changed_at: datetime


def versions(*, tenant_id: int, code: str) -> tuple[Version, ...]:
    """The forms that a matter type has had, has and will have, the first one first."""
    rows = MatterType.objects.filter(tenant_id=tenant_id, code=code).order_by("period")
    return tuple(
        Version(
            row.period.lower,
            row.period.upper,
            tuple(row.fields),
            row.question,
            row.boilerplate,
            row.note,
            row.changed_by,
            row.changed_at,
        )
        for row in rows
    )


def written(*, tenant_id: int, code: str) -> Written | None:
    """The form of a matter type that is being written; None where nobody has begun."""
    found = FormDraft.objects.filter(tenant_id=tenant_id, code=code).first()
    if found is None:
        return None
    return Written(
        found.rows,
        found.question,
        found.boilerplate,
        found.effective,
        found.note,
        found.version,
        found.changed_by,
        found.changed_at,
    )


def being_written(*, tenant_id: int) -> frozenset[str]:
    """The codes of the matter types whose form is being written."""
    return frozenset(FormDraft.objects.filter(tenant_id=tenant_id).values_list("code", flat=True))


def asked_by_tables(*, tenant_id: int, code: str, since: date) -> frozenset[str]:
    """The fields by which a table in force on a day or later decides cases of a kind."""
    tables = AuthorityTable.objects.filter(
        tenant_id=tenant_id, state=AuthorityTable.ENACTED, period__overlap=DateRange(since, None)
    )
    keys: set[str] = set()
    for table in tables:
        for row in table.rows.filter(matter_code=code):
            keys |= {condition.key for condition in read_conditions(row.conditions)}
            if row.amount_from is not None or row.amount_below is not None:
                keys.add("amount")
    return frozenset(keys)
