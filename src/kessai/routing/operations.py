"""The public acts on the rulebook: bringing in matter types and authority tables by effective date.

Acts of an installation's operator, so without an ``actor``; each is one transaction, and a file with any bad
line changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.lines import Faults
from kessai.kernel.words import N_
from kessai.routing import columns, importing, queries, tables, writes
from kessai.routing.checking import ExampleResult, Finding
from kessai.routing.importing import MatterLine
from kessai.routing.models import AuthorityTable, MatterType
from kessai.routing.reading import TableFile, read_table


class CannotChangeTable(Cannot):
    """The table is enacted; only drafts change."""


class CannotImportTable(Cannot):
    """The table cannot take effect on that day; nothing has changed."""


@dataclass(frozen=True, slots=True)
class MattersImported:
    """What became of the matter types, counted over all the ministries."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class TablesImported:
    """``tenants``: ministries whose table this is now; ``unchanged``: those that had it already."""

    rows: int
    tenants: tuple[int, ...]
    unchanged: tuple[int, ...]


def import_matters(
    *, source: bytes, tenant_ids: Collection[int], effective: date, fields: Collection[str]
) -> MattersImported:
    """Bring in matter types: from ``effective`` on as the file says; those it leaves out stay.

    ``fields``: the keys that a form may have (drafting.fields). Errors: CannotImport.
    """
    lines = importing.read_matters(source, fields=fields)
    with transaction.atomic():
        writes.one_at_a_time()
        last = {
            (found.tenant_id, found.code): found
            for found in MatterType.objects.filter(tenant_id__in=tenant_ids).order_by("period")
        }
        new: list[tuple[int, int, MatterLine]] = []
        ended: list[int] = []
        faults = Faults()
        for tenant_id in tenant_ids:
            for position, line in enumerate(lines, start=1):
                found = last.get((tenant_id, line.code))
                if found is not None and _same(found, position, line):
                    continue
                if found is not None:
                    ended.append(found.id)
                    _refuse_earlier(line, found, effective, faults)
                new.append((tenant_id, position, line))
        faults.raise_if_any()
        writes.end_matters(ended, effective)
        writes.add_matters(new, effective)
    return MattersImported(
        added=len(new) - len(ended),
        changed=len(ended),
        unchanged=len(lines) * len(tenant_ids) - len(new),
    )


def _same(found: MatterType, position: int, line: MatterLine) -> bool:
    texts = (
        "name", "name_en", "description", "description_en", "keywords", "question", "boilerplate", "class_large",
        "class_medium",
    )  # fmt: skip
    return (
        found.position == position
        and found.fields == [dict(field) for field in line.fields]
        and found.issued == line.issued
        and found.additions == [dict(addition) for addition in line.additions]
        and all(getattr(found, text) == getattr(line, text) for text in texts)
    )


def _refuse_earlier(line: MatterLine, found: MatterType, effective: date, faults: Faults) -> None:
    starts = found.period.lower
    if effective <= starts:
        faults.add(
            line.number,
            N_("事案の種類「%(code)s」には%(day)sからの定めがあり、その日以前からは変えられません。"),
            code=line.code,
            day=starts.isoformat(),
        )


def import_authority(
    *,
    source: bytes,
    tenant_ids: Collection[int],
    effective: date,
    name: str,
    name_en: str,
    examples_source: bytes | None = None,
) -> TablesImported:
    """Bring in an authority table for some ministries; the one before it ends on that day.

    Every line is checked against the matter types and retention classes in force that day, the whole against the
    chart of that day; its examples must come out. Errors: CannotImport; CannotImportTable where another table
    starts on or after the day. The same table again changes nothing.
    """
    with transaction.atomic():
        writes.one_at_a_time()
        file = _read(source, examples_source, tenant_ids, effective)
        _refuse_findings(file, tables.check(rows=file.rows, tenant_ids=tenant_ids, on=effective))
        last: dict[int, AuthorityTable] = {
            table.tenant_id: table
            for table in AuthorityTable.objects.filter(
                tenant_id__in=tenant_ids, state=AuthorityTable.ENACTED
            ).order_by("period")
        }
        unchanged = tuple(t for t, table in last.items() if _is_table(table, file, effective, name, name_en))
        wanted = [t for t in tenant_ids if t not in unchanged]
        _refuse_later_tables([last[t] for t in wanted if t in last], effective)
        ids = writes.add_drafts(
            wanted, file.rows, file.examples, name=name, name_en=name_en, effective=effective
        )
        for tenant_id, table_id in zip(wanted, ids, strict=True):
            _refuse_examples(file, tables.check_examples(tenant_id=tenant_id, table_id=table_id))
        writes.end_tables([last[t].id for t in wanted if t in last], effective)
        writes.put_in_force(ids, case_id=None)
    return TablesImported(len(file.rows), tuple(wanted), unchanged)


def _read(source: bytes, examples: bytes | None, tenant_ids: Collection[int], on: date) -> TableFile:
    return read_table(
        source,
        examples=examples,
        forms=tables.forms(tenant_ids=tenant_ids, on=on),
        retention=tables.retention_codes(tenant_ids=tenant_ids, on=on),
    )


def _refuse_findings(file: TableFile, findings: Iterable[Finding]) -> None:
    faults = Faults()
    for finding in findings:
        if finding.blocks:
            faults.add(file.lines.get(finding.row or 0, 1), finding.text.message, **finding.text.params)
    faults.raise_if_any()


def _refuse_examples(file: TableFile, results: Iterable[ExampleResult]) -> None:
    faults = Faults(columns.EXAMPLES_SHEET)
    for result in results:
        if not result.passed:
            line = file.example_lines[result.example.number]
            faults.add(line, result.text.message, **result.text.params)
    faults.raise_if_any()


def _is_table(table: AuthorityTable, file: TableFile, effective: date, name: str, name_en: str) -> bool:
    return (
        table.period.lower == effective
        and (table.name, table.name_en) == (name, name_en)
        and queries.rows_of(table_id=table.id) == file.rows
        and tables.examples_of(tenant_id=table.tenant_id, table_id=table.id) == file.examples
    )


def _refuse_later_tables(tables: Sequence[AuthorityTable], effective: date) -> None:
    for table in tables:
        if effective <= table.period.lower:
            raise CannotImportTable(
                N_("%(day)sからの決裁規程の表「%(name)s」があります。その日以前からの表は取り込めません。"),
                N_("それより後の施行日を指定してください。"),
                day=table.period.lower.isoformat(),
                name=table.name,
            )


@dataclass(frozen=True, slots=True)
class DraftSaved:
    """A draft as it stands now: what is wrong with it, and what came of its examples."""

    table_id: int
    findings: tuple[Finding, ...]
    examples: tuple[ExampleResult, ...]


def draft_table(
    *,
    tenant_id: int,
    source: bytes,
    name: str,
    name_en: str,
    effective: date,
    at: datetime,
    examples_source: bytes | None = None,
    note: str = "",
    person_id: int | None = None,
) -> DraftSaved:
    """Keep a table as a draft for a day; it binds nobody.

    ``source``: CSV or Excel; the examples come from the second sheet or ``examples_source``. A file with a line
    that cannot be read is a CannotImport; a table that reads but is not right as a whole is kept, with findings.
    Errors: CannotChangeTable for a name that is missing or too long.
    """
    _check_names(name, name_en)
    with transaction.atomic():
        file = _read(source, examples_source, [tenant_id], effective)
        (table_id,) = writes.add_drafts(
            [tenant_id],
            file.rows,
            file.examples,
            name=name,
            name_en=name_en,
            effective=effective,
            note=note,
            drafted_by=person_id,
            drafted_at=at,
        )
        return _saved(tenant_id, table_id)


def replace_draft(
    *,
    tenant_id: int,
    table_id: int,
    source: bytes,
    name: str,
    name_en: str,
    effective: date,
    at: datetime,
    examples_source: bytes | None = None,
    note: str = "",
    person_id: int | None = None,
) -> DraftSaved:
    """Put another content in the place of a draft's. Errors: as draft_table; CannotChangeTable once enacted."""
    _check_names(name, name_en)
    with transaction.atomic():
        found = _draft(tenant_id, table_id)
        file = _read(source, examples_source, [tenant_id], effective)
        found.name, found.name_en, found.effective, found.note = name, name_en, effective, note
        found.drafted_by, found.drafted_at = person_id, at
        writes.replace_draft(found, file.rows, file.examples)
        return _saved(tenant_id, table_id)


def discard_draft(*, tenant_id: int, table_id: int) -> None:
    """Throw a draft away. Errors: NotFound; CannotChangeTable once enacted."""
    with transaction.atomic():
        writes.discard_draft(_draft(tenant_id, table_id))


def _saved(tenant_id: int, table_id: int) -> DraftSaved:
    return DraftSaved(
        table_id,
        tables.check_table(tenant_id=tenant_id, table_id=table_id),
        tables.check_examples(tenant_id=tenant_id, table_id=table_id),
    )


def _check_names(*names: str) -> None:
    if not all(0 < len(name.strip()) <= 200 for name in names):
        raise CannotChangeTable(
            N_("表の名前が入っていないか、200字を超えています。"),
            N_("日本語と英語の名前を、それぞれ1字から200字までで入れてください。"),
        )


def _draft(tenant_id: int, table_id: int) -> AuthorityTable:
    """A draft, kept from others until the transaction ends."""
    found = (
        AuthorityTable.objects.select_for_update(no_key=True).filter(tenant_id=tenant_id, id=table_id).first()
    )
    if found is None:
        raise NotFound(N_("この決裁規程の表はありません。"), N_("一覧から選び直してください。"))
    if found.state != AuthorityTable.DRAFT:
        raise CannotChangeTable(
            N_("表「%(name)s」は施行が決まっているので、変えられません。"),
            N_("この表を書き出して直し、新しい改正案として取り込んでください。"),
            name=found.name,
        )
    return found
