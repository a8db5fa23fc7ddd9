"""Reads of authority tables as things with a life: drafts, scheduled, in force, past; checked and exported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kessai.routing.checking import ExampleResult, Finding
from kessai.routing.rules import Example, Table

DRAFT, SCHEDULED, IN_FORCE, PAST = "draft", "scheduled", "in_force", "past"


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A version of a ministry's authority table. ``state``: draft, scheduled, in_force or past, as of a day.

    ``effective``: the first day of the table, planned or fixed; ``ends``: the day it ends on, None until further
    notice. ``enacted_by``: the case that decided it; None for drafts and tables that an operator brought in.
    """

    id: int
    tenant_id: int
    name: str
    name_en: str
    state: str
    effective: date
    ends: date | None
    enacted_by: UUID | None
    note: str
    drafted_by: int | None
    drafted_at: datetime | None
    rows: int
    examples: int


def tables(*, tenant_id: int, on: date) -> tuple[TableInfo, ...]:
    """Every table of a ministry, drafts and the latest first; states as of a day."""
    raise NotImplementedError


def table_info(*, tenant_id: int, table_id: int, on: date) -> TableInfo:
    """One table of a ministry; refused with NotFound if there is none."""
    raise NotImplementedError


def table(*, tenant_id: int, table_id: int) -> Table:
    """A table with all its rows, a draft too; refused with NotFound if there is none."""
    raise NotImplementedError


def examples_of(*, tenant_id: int, table_id: int) -> tuple[Example, ...]:
    """The examples of a table, by number."""
    raise NotImplementedError


def digest(*, tenant_id: int, table_id: int) -> str:
    """SHA-256, in hex, over everything that is decided when a table is enacted: name, day, rows, examples."""
    raise NotImplementedError


def export_table(*, tenant_id: int, table_id: int, kind: str) -> bytes:
    """A table as a file that imports back as the same table. ``kind``: csv (rows only), examples (CSV), xlsx."""
    raise NotImplementedError


def check_table(*, tenant_id: int, table_id: int, on: date | None = None) -> tuple[Finding, ...]:
    """What is wrong with a table, by the chart and the rules of a day (its own first day if None)."""
    raise NotImplementedError


def check_examples(*, tenant_id: int, table_id: int, on: date | None = None) -> tuple[ExampleResult, ...]:
    """What comes of each example, by the chart of a day (the table's own first day if None)."""
    raise NotImplementedError
