"""Reads of record files whose period is over: what becomes of them, who manages them, what is left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.kernel.actor import Actor
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost, UnitOfDay
from kessai.records.disposal.rules import Consent, Kept
from kessai.records.models import DisposedRecord, Record, RecordFile, RetentionHold

DUTY = "records"


@dataclass(frozen=True, slots=True)
class Manager:
    """As what somebody manages record files on a day: heads of units by unit, and ministries as a whole (総括)."""

    on: date
    heads: Mapping[int, HeldPost]
    whole: Mapping[int, HeldPost]
    units: tuple[int, ...]
    """The own units, and those that were merged into them: whose files may be theirs."""

    def of(self, tenant_id: int, unit: UnitOfDay | None) -> HeldPost | None:
        """The post by which files that a unit has today are theirs; None for files of others."""
        head = self.heads.get(unit.unit_id) if unit else None
        return head or self.whole.get(tenant_id)


@dataclass(frozen=True, slots=True)
class Line:
    """A record file whose period is over. ``left``: records with their content; ``gone``: destroyed ones."""

    tenant_id: int
    id: UUID
    name: str
    class_large: str
    class_medium: str
    fiscal_year: int
    unit_id: int
    unit: UnitOfDay | None
    """That has it today."""
    retention_code: str
    retention_name: tuple[str, str]
    made_on: date
    starts_on: date
    expires_on: date | None
    disposal: str
    left: int
    gone: int
    consent: Consent | None
    held_until: tuple[date | None, ...]

    @property
    def kept(self) -> Kept:
        return Kept(self.disposal, self.expires_on, self.consent, self.held_until, self.left)


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a file is kept beyond its period, by whom it was put on record, and until when."""

    id: UUID
    ground: str
    note: str
    begun_at: datetime
    by: str
    until: date | None
    settled_by: str


@dataclass(frozen=True, slots=True)
class Filed:
    """A record of a file; ``disposed_at``: when its content was destroyed."""

    case_id: UUID
    title: str
    made_on: date
    disposed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredDisposal:
    """What the register keeps of a destroyed record, as a verifier compares it."""

    title: str
    file_name: str | None
    made_on: date
    retention_code: str
    starts_on: date
    expires_on: date
    marking: str
    disclosure: str
    disposed_at: datetime


def manager(*, actor: Actor, on: date) -> Manager:
    """As what somebody manages record files: the head of a unit (文書管理者), or of a unit with the duty for all."""
    standing = organisation.standing(person_id=actor.person_id, on=on)
    heads = organisation.heads_of(unit_ids={post.unit_id for post in standing.held}, on=on)
    whole: dict[int, HeldPost] = {}
    for tenant_id in organisation.ministries_of_duty(person_id=actor.person_id, duty=DUTY, on=on):
        units = organisation.units_of_duty(tenant_id=tenant_id, duty=DUTY, on=on)
        post = next((p for p in standing.held if p.unit_id in units and p.post_id in heads), None)
        if post is not None:
            whole[tenant_id] = post
    return Manager(
        on=on,
        heads={post.unit_id: post for post in standing.held if post.post_id in heads},
        whole=whole,
        units=standing.units,
    )


_LINES = """
-- Record files with what is left of them, what stands in their way, and the last day of the file and of every record
-- in it: where the retention table changed within the year, some are kept for longer.
SELECT f.tenant_id, f.id, f.name, f.class_large, f.class_medium, f.fiscal_year, f.unit_id, f.retention_code,
       coalesce(c.name, ''), coalesce(c.name_en, ''), f.made_on, f.starts_on,
       CASE WHEN f.expires_on IS NULL OR kept.endless THEN NULL ELSE greatest(f.expires_on, kept.ends) END,
       f.disposal, kept.many, (SELECT count(*) FROM records_disposedrecord d
                               WHERE d.tenant_id = f.tenant_id AND d.file_id = f.id),
       k.given_by, k.reference, k.given_on,
       ARRAY(SELECT h.until FROM records_retentionhold h
             WHERE h.tenant_id = f.tenant_id AND h.file_id = f.id ORDER BY h.id)
FROM records_recordfile f
LEFT JOIN records_retentionclass c
    ON c.tenant_id = f.tenant_id AND c.code = f.retention_code AND c.period @> f.made_on
CROSS JOIN LATERAL (
    SELECT count(*) AS many, max(r.expires_on) AS ends, coalesce(bool_or(r.expires_on IS NULL), false) AS endless
    FROM records_record r WHERE r.tenant_id = f.tenant_id AND r.file_id = f.id) AS kept
LEFT JOIN LATERAL (
    SELECT * FROM records_disposalconsent k WHERE k.tenant_id = f.tenant_id AND k.file_id = f.id
    ORDER BY k.recorded_at DESC, k.id DESC LIMIT 1) AS k ON true
"""
_ONE = _LINES + "WHERE f.tenant_id = %(tenant)s AND f.id = %(file)s"
_OVER = (
    _LINES
    + """
WHERE f.tenant_id = ANY(%(tenants)s) AND f.expires_on < %(day)s AND kept.many > 0
  AND (f.unit_id = ANY(%(units)s) OR f.tenant_id = ANY(%(whole)s))
ORDER BY f.expires_on, f.name, f.id LIMIT %(limit)s
"""
)


def over(*, manager: Manager, limit: int) -> tuple[Line, ...]:
    """The record files of a manager whose period is over, and whose content is there, the longest over first."""
    params = {
        "day": manager.on,
        "tenants": sorted({post.tenant_id for post in (*manager.heads.values(), *manager.whole.values())}),
        "units": list(manager.units) if manager.heads else [],
        "whole": list(manager.whole),
        "limit": limit,
    }
    lines = _lines(_OVER, params, manager.on)
    return tuple(line for line in lines if manager.of(line.tenant_id, line.unit) is not None)


def file_line(*, tenant_id: int, file_id: UUID, on: date) -> Line | None:
    """A record file, with what is left of it and what stands in its way; None where there is none. No access check."""
    return next(iter(_lines(_ONE, {"tenant": tenant_id, "file": file_id}, on)), None)


def _lines(question: str, params: dict[str, Any], on: date) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(question, params)
        rows = cursor.fetchall()
    now = organisation.units_now(unit_ids={row[6] for row in rows}, on=on)
    found = []
    for row in rows:
        tenant, file, name, large, medium, year, unit, code, kept, kept_en = row[:10]
        made, starts, ends, disposal, left, gone, by, reference, given, held = row[10:]
        found.append(
            Line(
                tenant_id=tenant,
                id=file,
                name=name,
                class_large=large,
                class_medium=medium,
                fiscal_year=year,
                unit_id=unit,
                unit=now.get(unit),
                retention_code=code,
                retention_name=(kept, kept_en),
                made_on=made,
                starts_on=starts,
                expires_on=ends,
                disposal=disposal,
                left=left,
                gone=gone,
                consent=Consent(by, reference, given) if given is not None else None,
                held_until=tuple(held),
            )
        )
    return found


def holds(*, tenant_id: int, file_id: UUID) -> tuple[Hold, ...]:
    """What keeps, or kept, a file beyond its period, the first first."""
    rows = RetentionHold.objects.filter(tenant_id=tenant_id, file_id=file_id).order_by("begun_at", "id")
    return tuple(
        Hold(
            row.id,
            row.ground,
            row.note,
            row.begun_at,
            f"{row.post_title} {row.person_name}",
            row.until,
            row.settled_by,
        )
        for row in rows
    )


def records_of(*, tenant_id: int, file_id: UUID, limit: int) -> tuple[Filed, ...]:
    """The records of a file, those that are left first, in the order in which they were made."""
    mine = {"tenant_id": tenant_id, "file_id": file_id}
    left = Record.objects.filter(**mine).order_by("made_on", "case_id")[:limit]
    gone = DisposedRecord.objects.filter(**mine).order_by("disposed_at", "case_id")[: limit - len(left)]
    return (
        *(Filed(row.case_id, row.title, row.made_on) for row in left),
        *(Filed(row.case_id, row.title, row.made_on, row.disposed_at) for row in gone),
    )


def left_in(*, tenant_id: int, file_id: UUID) -> Sequence[UUID]:
    """The cases of a file whose content is there, in the order in which they were made."""
    rows = Record.objects.filter(tenant_id=tenant_id, file_id=file_id).order_by("made_on", "case_id")
    return list(rows.values_list("case_id", flat=True))


def gone_of(*, tenant_id: int, file_id: UUID) -> Sequence[UUID]:
    """The cases of a file whose content was destroyed."""
    rows = DisposedRecord.objects.filter(tenant_id=tenant_id, file_id=file_id)
    return list(rows.values_list("case_id", flat=True))


def file_of(*, tenant_id: int, case_id: UUID) -> UUID | None:
    """The record file that a case is in, or was in when it was destroyed."""
    mine = {"tenant_id": tenant_id, "case_id": case_id}
    for model in (Record, DisposedRecord):
        found: UUID | None = model._default_manager.filter(**mine).values_list("file_id", flat=True).first()
        if found is not None:
            return found
    return None


def stored_disposals(*, tenant_id: int, case_ids: Collection[UUID]) -> dict[UUID, StoredDisposal]:
    """What the register keeps of destroyed records, by case."""
    rows = list(DisposedRecord.objects.filter(tenant_id=tenant_id, case_id__in=list(case_ids)))
    files = RecordFile.objects.filter(tenant_id=tenant_id, id__in={row.file_id for row in rows})
    names = dict(files.values_list("id", "name"))
    return {
        row.case_id: StoredDisposal(
            title=row.title,
            file_name=names.get(row.file_id),
            made_on=row.made_on,
            retention_code=row.retention_code,
            starts_on=row.starts_on,
            expires_on=row.expires_on,
            marking=row.marking,
            disclosure=row.disclosure,
            disposed_at=row.disposed_at,
        )
        for row in rows
    }
