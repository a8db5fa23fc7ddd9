"""Reads of authority tables for officials: which there are, what is in them, which case enacts which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kessai.decisions import access as cases
from kessai.decisions.authority import access
from kessai.decisions.authority import rules as comparing
from kessai.decisions.authority.access import may_change, ministries
from kessai.decisions.authority.explaining import Explained, Recomputed, explain, recomputed
from kessai.decisions.authority.what_if import WhatIf, what_if
from kessai.decisions.authority.writes import MATTER
from kessai.decisions.models import Case, Enactment, TableUpload
from kessai.drafting import queries as drafts
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_, Text
from kessai.organisation import lookups
from kessai.organisation import queries as organisation
from kessai.records import queries as records
from kessai.routing import queries as rulebook
from kessai.routing import tables
from kessai.routing.checking import ExampleResult, Finding
from kessai.routing.rules import Row, Table, names_in

__all__ = [
    "MATTER", "Explained", "Recomputed", "WhatIf", "called", "differences", "enacts", "examples", "explain",
    "export", "listed", "may_change", "ministries", "page", "post_titles", "recomputed", "table", "upload",
    "what_if",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class EnactingCase:
    """The case by which a table takes effect. ``state``: draft, or as of a case; ``mine``: the actor may open it.

    ``open_draft``: it is being written, by somebody whose draft it is; ``stale``: its files show another table.
    """

    tenant_id: int
    case_id: UUID
    state: str
    number: str
    decided_at: datetime | None
    mine: bool
    stale: bool = False


@dataclass(frozen=True, slots=True)
class TablePage:
    """A table as its page shows it; ``may_change``: by the actor, today."""

    info: tables.TableInfo
    table: Table
    findings: tuple[Finding, ...]
    examples: tuple[ExampleResult, ...]
    case: EnactingCase | None
    drafted_by: str
    may_change: bool

    @property
    def blocked(self) -> bool:
        return any(f.blocks for f in self.findings) or any(not e.passed for e in self.examples)


def listed(
    *, actor: Actor, tenant_id: int, at: datetime
) -> tuple[tuple[tables.TableInfo, EnactingCase | None], ...]:
    """The tables of a ministry with the case of each, drafts and the latest first; NotFound for strangers."""
    today = day_in_japan(at)
    access.require_reader(actor=actor, tenant_id=tenant_id, on=today)
    return tuple((info, _case(actor, info, at)) for info in tables.tables(tenant_id=tenant_id, on=today))


def table(*, actor: Actor, tenant_id: int, table_id: int, at: datetime) -> tuple[tables.TableInfo, Table]:
    """A table with its rows; NotFound for strangers."""
    today = day_in_japan(at)
    access.require_reader(actor=actor, tenant_id=tenant_id, on=today)
    return (
        tables.table_info(tenant_id=tenant_id, table_id=table_id, on=today),
        tables.table(tenant_id=tenant_id, table_id=table_id),
    )


def page(*, actor: Actor, tenant_id: int, table_id: int, at: datetime) -> TablePage:
    """Everything the page of a table says; NotFound for strangers."""
    today = day_in_japan(at)
    info, rows = table(actor=actor, tenant_id=tenant_id, table_id=table_id, at=at)
    draft = info.state == tables.DRAFT
    name = organisation.person(person_id=info.drafted_by).name if info.drafted_by else ""
    return TablePage(
        info=info,
        table=rows,
        findings=tables.check_table(tenant_id=tenant_id, table_id=table_id) if draft else (),
        examples=tables.check_examples(tenant_id=tenant_id, table_id=table_id) if draft else (),
        case=_case(actor, info, at),
        drafted_by=name,
        may_change=access.may_change(actor=actor, tenant_id=tenant_id, on=today),
    )


def examples(*, actor: Actor, tenant_id: int, table_id: int, at: datetime) -> tuple[ExampleResult, ...]:
    """What comes of the table's examples on its first day; NotFound for strangers."""
    access.require_reader(actor=actor, tenant_id=tenant_id, on=day_in_japan(at))
    return tables.check_examples(tenant_id=tenant_id, table_id=table_id)


def export(*, actor: Actor, tenant_id: int, table_id: int, kind: str, at: datetime) -> bytes:
    """A table as a file: csv, examples or xlsx; NotFound for strangers."""
    access.require_reader(actor=actor, tenant_id=tenant_id, on=day_in_japan(at))
    return tables.export_table(tenant_id=tenant_id, table_id=table_id, kind=kind)


@dataclass(frozen=True, slots=True)
class Called:
    """What the codes of a table are called on a day, in Japanese and English, by code."""

    retention: Mapping[str, tuple[str, str]]
    matters: Mapping[str, tuple[str, str]]
    posts: Mapping[str, tuple[str, str]]


def called(*, tenant_id: int, rows: Iterable[Row], on: date) -> Called:
    """The names of everything that rows say by codes. For those who may read them."""
    seats = lookups.named_seats(tenant_id=tenant_id, names=names_in(rows), on=on)
    return Called(
        retention=records.retention_names(tenant_id=tenant_id, on=on),
        matters={m.code: (m.name, m.name_en) for m in rulebook.matters(tenant_id=tenant_id, on=on)},
        posts={name: (seat.title, seat.title_en) for name, seat in seats.items()},
    )


def post_titles(*, tenant_id: int, codes: Iterable[str], on: date) -> dict[str, tuple[str, str]]:
    """The Japanese and English titles of posts on a day, by their codes."""
    seats = lookups.named_seats(tenant_id=tenant_id, names=[f"post:{code}" for code in codes], on=on)
    return {name.removeprefix("post:"): (seat.title, seat.title_en) for name, seat in seats.items()}


@dataclass(frozen=True, slots=True)
class Differences:
    """A table beside another one; ``other`` None where there is nothing to compare with."""

    info: tables.TableInfo
    other: tables.TableInfo | None
    changes: tuple[comparing.RowChange, ...]
    unchanged: int


def differences(
    *, actor: Actor, tenant_id: int, table_id: int, at: datetime, other_id: int | None = None
) -> Differences:
    """Row by row, what a table changes of another one: of that in force today, unless it is said which."""
    today = day_in_japan(at)
    info, mine = table(actor=actor, tenant_id=tenant_id, table_id=table_id, at=at)
    found = tables.tables(tenant_id=tenant_id, on=today)
    other = next((t for t in found if t.id == other_id), None) or _before(info, found)
    if other is None:
        return Differences(info, None, comparing.changes((), mine.rows), 0)
    theirs = tables.table(tenant_id=tenant_id, table_id=other.id)
    changed = comparing.changes(theirs.rows, mine.rows)
    return Differences(info, other, changed, len(mine.rows) - sum(c.after is not None for c in changed))


def _before(info: tables.TableInfo, found: tuple[tables.TableInfo, ...]) -> tables.TableInfo | None:
    """The table that this one follows, or would follow: enacted, and begun before its first day."""
    earlier = [
        t for t in found if t.state != tables.DRAFT and t.effective < info.effective and t.id != info.id
    ]
    return max(earlier, key=lambda t: t.effective, default=None)


@dataclass(frozen=True, slots=True)
class UploadView:
    """A file that was sent in. ``faults``: (sheet, line, why); line 0 is the form, not the file."""

    id: UUID
    table_id: int | None
    filename: str
    source: bytes
    examples_filename: str
    examples: bytes | None
    name: str
    name_en: str
    effective: date | None
    note: str
    faults: tuple[tuple[str, int, Text], ...]
    at: datetime


def upload(*, actor: Actor, tenant_id: int, upload_id: UUID, at: datetime) -> UploadView:
    """A file that was sent in and what is wrong with it; for those with the duty only."""
    access.require_duty(actor=actor, tenant_id=tenant_id, on=day_in_japan(at))
    found = TableUpload.objects.filter(tenant_id=tenant_id, id=upload_id).first()
    if found is None:
        raise NotFound(N_("送ったファイルが見つかりません。"), N_("表を送り直してください。"))
    return UploadView(
        id=found.id,
        table_id=found.table_id,
        filename=found.filename,
        source=bytes(found.source),
        examples_filename=found.examples_filename,
        examples=bytes(found.examples_source) if found.examples_source is not None else None,
        name=found.name,
        name_en=found.name_en,
        effective=found.effective,
        note=found.note,
        faults=tuple((str(f["sheet"]), int(f["line"]), Text(f["text"], f["params"])) for f in found.faults),
        at=found.at,
    )


def enacts(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> tables.TableInfo | None:
    """The table that a case (or a draft) puts into effect; None for every other case, and for strangers."""
    today = day_in_japan(at)
    link = Enactment.objects.filter(tenant_id=tenant_id, draft_id=case_id).first()
    if link is None or tenant_id not in access.ministries(actor=actor, on=today):
        return None
    try:
        return tables.table_info(tenant_id=tenant_id, table_id=link.table_id, on=today)
    except NotFound:
        return None


def _case(actor: Actor, info: tables.TableInfo, at: datetime) -> EnactingCase | None:
    link = Enactment.objects.filter(tenant_id=info.tenant_id, table_id=info.id).first()
    case_id = info.enacted_by or (link.draft_id if link else None)
    if case_id is None:
        return None
    case = Case.objects.filter(tenant_id=info.tenant_id, id=case_id).first()
    stale = (
        info.state == tables.DRAFT
        and link is not None
        and link.digest != tables.digest(tenant_id=info.tenant_id, table_id=info.id)
    )
    return EnactingCase(
        tenant_id=info.tenant_id,
        case_id=case_id,
        state=case.state if case else "draft",
        number=case.number if case else "",
        decided_at=case.decided_at if case else None,
        mine=_may_open(actor, info.tenant_id, case_id, at, submitted=case is not None),
        stale=stale,
    )


def _may_open(actor: Actor, tenant_id: int, case_id: UUID, at: datetime, *, submitted: bool) -> bool:
    try:
        if submitted:
            cases.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        else:
            drafts.draft(actor=actor, tenant_id=tenant_id, draft_id=case_id, at=at)
    except NotFound:
        return False
    return True
