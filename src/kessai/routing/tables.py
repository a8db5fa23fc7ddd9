"""Reads of authority tables as things with a life: drafts, scheduled, in force, past; checked and exported."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from kessai.kernel.errors import NotFound
from kessai.kernel.lines import write_lines
from kessai.kernel.words import N_, Text
from kessai.organisation import lookups
from kessai.organisation.rules import RouteChart
from kessai.records import queries as records
from kessai.routing import columns, queries
from kessai.routing.checking import (
    ExampleResult,
    Finding,
    Form,
    Forms,
    check_chart,
    check_rows,
    compare,
)
from kessai.routing.conditions import read_values
from kessai.routing.models import AuthorityTable, MatterType
from kessai.routing.reading import read_table
from kessai.routing.rules import CIRCULATION, CannotPlan, CaseFacts, Example, Plan, Row, Table, names_in, plan

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


def _found(tenant_id: int, table_id: int) -> AuthorityTable:
    found = AuthorityTable.objects.filter(tenant_id=tenant_id, id=table_id).first()
    if found is None:
        raise NotFound(N_("この決裁規程の表はありません。"), N_("一覧から選び直してください。"))
    return found


def _state(found: AuthorityTable, on: date) -> str:
    if found.state == AuthorityTable.DRAFT:
        return DRAFT
    if on < found.period.lower:
        return SCHEDULED
    return IN_FORCE if found.period.upper is None or on < found.period.upper else PAST


def _info(found: AuthorityTable, on: date, rows: int, examples: int) -> TableInfo:
    period = found.period
    return TableInfo(
        id=found.id,
        tenant_id=found.tenant_id,
        name=found.name,
        name_en=found.name_en,
        state=_state(found, on),
        effective=found.effective,
        ends=period.upper if period else None,
        enacted_by=found.enacted_by,
        note=found.note,
        drafted_by=found.drafted_by,
        drafted_at=found.drafted_at,
        rows=rows,
        examples=examples,
    )


def tables(*, tenant_id: int, on: date) -> tuple[TableInfo, ...]:
    """Every table of a ministry: drafts first, then the latest; states as of a day."""
    found = AuthorityTable.objects.filter(tenant_id=tenant_id).annotate(
        row_count=Count("rows", distinct=True), example_count=Count("examples", distinct=True)
    )
    infos = [_info(table, on, table.row_count, table.example_count) for table in found]
    return tuple(sorted(infos, key=lambda t: (t.state == DRAFT, t.effective, t.id), reverse=True))


def table_info(*, tenant_id: int, table_id: int, on: date) -> TableInfo:
    """One table of a ministry; refused with NotFound if there is none."""
    found = _found(tenant_id, table_id)
    return _info(found, on, found.rows.count(), found.examples.count())


def table(*, tenant_id: int, table_id: int) -> Table:
    """A table with all its rows, a draft too; refused with NotFound if there is none."""
    found = _found(tenant_id, table_id)
    return Table(found.id, found.name, found.name_en, queries.rows_of(table_id=found.id))


def examples_of(*, tenant_id: int, table_id: int) -> tuple[Example, ...]:
    """The examples of a table, by number."""
    return tuple(
        Example(
            number=found.number,
            facts=CaseFacts(
                found.matter_code, found.amount, frozenset(found.flags), read_values(found.values)
            ),
            drafter=found.drafter,
            decider=found.decider,
            consents=tuple(found.consents),
            note=found.note,
        )
        for found in _found(tenant_id, table_id).examples.order_by("number")
    )


def digest(*, tenant_id: int, table_id: int) -> str:
    """SHA-256, in hex, over everything that is decided when a table is enacted: name, day, rows, examples."""
    found = _found(tenant_id, table_id)
    head = f"{found.tenant_id}\n{found.id}\n{found.name}\n{found.name_en}\n{found.effective}\n"
    files = [export_table(tenant_id=tenant_id, table_id=table_id, kind=kind) for kind in ("csv", "examples")]
    return hashlib.sha256(b"\0".join([head.encode(), *files])).hexdigest()


def export_table(*, tenant_id: int, table_id: int, kind: str) -> bytes:
    """A table as a file that imports back as the same table. ``kind``: csv (rows only), examples (CSV), xlsx."""
    rows = [columns.row_texts(row) for row in table(tenant_id=tenant_id, table_id=table_id).rows]
    if kind == "csv":
        return write_lines(columns.TABLE, rows)
    examples = [
        columns.example_texts(example) for example in examples_of(tenant_id=tenant_id, table_id=table_id)
    ]
    if kind == "examples":
        return write_lines(columns.EXAMPLES, examples)
    assert kind == "xlsx", kind
    # Here, since every request would wait for the library otherwise.
    from kessai.kernel.sheets import Sheet, write_workbook

    return write_workbook(
        [
            Sheet(columns.TABLE_SHEET, columns.TABLE, rows),
            Sheet(columns.EXAMPLES_SHEET, columns.EXAMPLES, examples),
        ]
    )


def forms(*, tenant_ids: Collection[int], on: date) -> Forms:
    """The matter types that every one of some ministries has on a day; of fields, those that all of them have."""
    found: dict[str, list[Form]] = {}
    for matter in MatterType.objects.filter(tenant_id__in=tenant_ids, period__contains=on):
        fields = frozenset(field["key"] for field in matter.fields)
        required = frozenset(
            field["key"] for field in matter.fields if field.get("required") and not field.get("shown_if")
        )
        found.setdefault(matter.code, []).append(Form(fields, required))
    return {
        code: Form(
            frozenset.intersection(*(form.fields for form in all_forms)),
            frozenset.intersection(*(form.required for form in all_forms)),
        )
        for code, all_forms in found.items()
        if len(all_forms) == len(set(tenant_ids))
    }


def retention_codes(*, tenant_ids: Collection[int], on: date) -> tuple[str, ...]:
    """The codes of the retention classes that every one of some ministries has on a day."""
    codes = records.retention_codes(tenant_ids=tenant_ids, on=on)
    return tuple(code for code, tenants in codes.items() if tenants >= set(tenant_ids))


def check(*, rows: Collection[Row], tenant_ids: Collection[int], on: date) -> tuple[Finding, ...]:
    """What is wrong with rows as a table of some ministries, by the chart and the forms of a day."""
    found = list(check_rows(rows, forms(tenant_ids=tenant_ids, on=on)))
    known = retention_codes(tenant_ids=tenant_ids, on=on)
    text = N_("保存期間「%(code)s」が、この日の定めにありません。")
    for row in rows:
        if row.retention_code not in known and not (row.level == CIRCULATION and not row.retention_code):
            found.append(Finding(row.number, Text(text, {"code": row.retention_code})))
    for tenant_id in tenant_ids:
        reach = lookups.reach(tenant_id=tenant_id, on=on)
        names = lookups.named_seats(tenant_id=tenant_id, names=names_in(rows), on=on)
        found += [finding for finding in check_chart(rows, reach, names) if finding not in found]
    return tuple(found)


def check_table(*, tenant_id: int, table_id: int, on: date | None = None) -> tuple[Finding, ...]:
    """What is wrong with a table, by the chart and the rules of a day (its own first day if None)."""
    found = table_info(tenant_id=tenant_id, table_id=table_id, on=on or date.min)
    rows = queries.rows_of(table_id=table_id)
    if not rows:
        return (Finding(None, Text(N_("この表には行がありません。"))),)
    return check(rows=rows, tenant_ids=[tenant_id], on=on or found.effective)


def check_examples(*, tenant_id: int, table_id: int, on: date | None = None) -> tuple[ExampleResult, ...]:
    """What comes of each example, by the chart of a day (the table's own first day if None)."""
    found = table_info(tenant_id=tenant_id, table_id=table_id, on=on or date.min)
    return run_examples(
        tenant_id=tenant_id,
        table=table(tenant_id=tenant_id, table_id=table_id),
        examples=examples_of(tenant_id=tenant_id, table_id=table_id),
        on=on or found.effective,
    )


def run_examples(
    *, tenant_id: int, table: Table, examples: Iterable[Example], on: date
) -> tuple[ExampleResult, ...]:
    """What comes of examples by a table and the chart of a day."""
    examples = tuple(examples)
    codes = {code for e in examples for code in (e.drafter, e.decider, *e.consents)}
    seats = lookups.named_seats(tenant_id=tenant_id, names=[f"post:{code}" for code in codes], on=on)
    charts: dict[str, RouteChart] = {}
    plans: list[Plan | CannotPlan] = []
    for example in examples:
        drafter = seats.get(f"post:{example.drafter}")
        try:
            if drafter is None:
                raise CannotPlan(
                    N_("起案する職「%(post)s」が、この日の組織にありません。"), post=example.drafter
                )
            if example.drafter not in charts:
                chart = queries.chart_for(post_id=drafter.post_id, on=on)
                charts[example.drafter] = queries.with_names(chart, table.rows, on=on)
            plans.append(plan(example.facts, table, charts[example.drafter]))
        except CannotPlan as refusal:
            plans.append(refusal)
    ids = {step.seat.post_id for found in plans if isinstance(found, Plan) for step in found.steps}
    post_codes = lookups.post_codes(post_ids=ids)
    return tuple(compare(e, found, post_codes) for e, found in zip(examples, plans, strict=True))


@dataclass(frozen=True, slots=True)
class Tried:
    """What would become of a file, were it a table: its rows and examples, and what is wrong with them."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    examples: tuple[ExampleResult, ...]


def try_file(*, tenant_id: int, source: bytes, on: date, examples_source: bytes | None = None) -> Tried:
    """Read and check a file as a table that starts on a day, and keep nothing. Errors: CannotImport."""
    file = read_table(
        source,
        examples=examples_source,
        forms=forms(tenant_ids=[tenant_id], on=on),
        retention=retention_codes(tenant_ids=[tenant_id], on=on),
    )
    results = run_examples(
        tenant_id=tenant_id, table=Table(0, "", "", file.rows), examples=file.examples, on=on
    )
    return Tried(file.rows, check(rows=file.rows, tenant_ids=[tenant_id], on=on), results)
