"""What records managers see of files whose period is over, and what is left to be read of a destroyed case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from kessai.decisions import access, machine
from kessai.decisions.access import Sight
from kessai.decisions.models import Case, Event
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_, Text
from kessai.organisation.clearance import queries as clearance
from kessai.organisation.queries import HeldPost
from kessai.records.disposal import queries as disposal
from kessai.records.disposal import rules
from kessai.records.disposal.queries import Filed, Hold, Line, Manager
from kessai.records.disposal.rules import CannotDestroy

LIMIT, RECORDS_SHOWN = 200, 500


@dataclass(frozen=True, slots=True)
class FileView:
    """A record file whose period is over; ``refusal``: why it may not be destroyed now, None where it may."""

    line: Line
    refusal: Text | None
    remedy: Text | None

    @property
    def may_destroy(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record of a file. ``mine``: the reader is cleared for it; the title of what they are not is not told.
    ``opens``: they may read the case itself."""

    case_id: UUID
    title: str
    made_on: date
    disposed_at: datetime | None
    mine: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class FilePage:
    """A record file as its manager sees it. ``over``: its period has ended, so that a consent may be recorded."""

    view: FileView
    post: HeldPost
    over: bool
    records: tuple[RecordView, ...]
    holds: tuple[Hold, ...]


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What is left of a case whose content was destroyed: the act by which it went, and what that says."""

    tenant_id: int
    case_id: UUID
    seq: int
    at: datetime
    number: str
    title: str
    decided_at: datetime
    only_read: bool
    original: str
    consent_by: str
    consent_reference: str
    consent_on: date
    file_name: str
    unit_name: str
    starts_on: date
    expires_on: date
    person_name: str
    post_title: str
    by_unit: str


def manages(*, actor: Actor, at: datetime) -> bool:
    """Whether somebody manages any record files today."""
    found = disposal.manager(actor=actor, on=day_in_japan(at))
    return bool(found.heads or found.whole)


def files(*, actor: Actor, at: datetime) -> tuple[FileView, ...]:
    """The record files that somebody manages, whose period is over and of which something is left."""
    found = disposal.over(manager=disposal.manager(actor=actor, on=day_in_japan(at)), limit=LIMIT)
    return tuple(_view(line, day_in_japan(at)) for line in found)


def file_page(*, actor: Actor, tenant_id: int, file_id: UUID, at: datetime) -> FilePage:
    """One record file; NotFound for whoever does not manage it."""
    on = day_in_japan(at)
    line, post = managed(disposal.manager(actor=actor, on=on), tenant_id, file_id)
    found = disposal.records_of(tenant_id=tenant_id, file_id=file_id, limit=RECORDS_SHOWN)
    hidden = _not_cleared(actor, tenant_id, found, at)
    opens = access.visible(
        access.sight(actor=actor, at=at), tenant_id=tenant_id, case_ids=[each.case_id for each in found]
    )
    view = _view(line, on)
    return FilePage(
        view=view,
        post=post,
        over=line.left > 0 and line.expires_on is not None and line.expires_on < on,
        records=tuple(
            RecordView(
                each.case_id,
                "" if each.case_id in hidden else each.title,
                each.made_on,
                each.disposed_at,
                each.case_id not in hidden,
                each.case_id in opens,
            )
            for each in found
        ),
        holds=disposal.holds(tenant_id=tenant_id, file_id=file_id),
    )


def managed(manager: Manager, tenant_id: int, file_id: UUID) -> tuple[Line, HeldPost]:
    """A record file and the post by which it is somebody's to manage; NotFound where it is not."""
    line = disposal.file_line(tenant_id=tenant_id, file_id=file_id, on=manager.on)
    post = manager.of(tenant_id, line.unit) if line else None
    if line is None or post is None:
        raise NotFound(
            N_("この行政文書ファイルは見つかりません。"),
            N_("文書管理者（ファイルを管理する部署の長）か、総括の部署の長だけが開けます。"),
        )
    return line, post


def _view(line: Line, on: date) -> FileView:
    try:
        rules.judge(line.kept, on)
    except CannotDestroy as refusal:
        return FileView(line, refusal.what, refusal.remedy)
    return FileView(line, None, None)


def _not_cleared(actor: Actor, tenant_id: int, found: Collection[Filed], at: datetime) -> set[UUID]:
    marked = Case.objects.filter(tenant_id=tenant_id, id__in=[each.case_id for each in found]).exclude(
        needs=[]
    )
    hidden: set[UUID] = set()
    for case_id, needs in marked.values_list("id", "needs"):
        if actor.person_id not in clearance.cleared(person_ids=[actor.person_id], needed=needs, at=at):
            hidden.add(case_id)
    return hidden


def content_left(*, tenant_id: int, case_id: UUID) -> tuple[str, ...]:
    """What else than the record there is of a destroyed case, by name: must be empty."""
    with connection.cursor() as cursor:
        cursor.execute(access.SQL["content_left"], {"tenant": tenant_id, "case": case_id})
        return tuple(row[0] for row in cursor.fetchall())


def is_destroyed(*, tenant_id: int, case_id: UUID) -> bool:
    return Case.objects.filter(tenant_id=tenant_id, id=case_id, state=machine.DESTROYED).exists()


def destroyed(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> Destroyed:
    """What is left of a destroyed case, for its unit and whoever manages its file; NotFound for others."""
    seeing = access.sight(actor=actor, at=at)
    if not _visible(seeing, actor, tenant_id, case_id):
        raise NotFound(N_("この案件は見つかりません。"))
    event = Event.objects.get(tenant_id=tenant_id, case_id=case_id, kind=machine.DESTROYED_EVENT)
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    said, consent, record = (event.payload[key] for key in ("destroyed", "consent", "record"))
    return Destroyed(
        tenant_id=tenant_id,
        case_id=case_id,
        seq=event.seq,
        at=event.at,
        number=said["number"],
        title=said.get("title", ""),
        decided_at=datetime.fromisoformat(said["decided_at"]),
        only_read=case.only_read,
        original=said["original"],
        consent_by=consent["by"],
        consent_reference=consent["reference"],
        consent_on=date.fromisoformat(consent["on"]),
        file_name=record["file"],
        unit_name=record["unit"],
        starts_on=date.fromisoformat(record["starts_on"]),
        expires_on=date.fromisoformat(record["expires_on"]),
        person_name=event.person_name,
        post_title=event.post_title,
        by_unit=event.unit_name,
    )


def _visible(seeing: Sight, actor: Actor, tenant_id: int, case_id: UUID) -> bool:
    params = {"tenant": tenant_id, "case": case_id, "manages": _manages(seeing, actor, tenant_id, case_id)}
    with connection.cursor() as cursor:
        cursor.execute(access.SQL["destroyed"], seeing.params() | params)
        return cursor.fetchone() is not None


def _manages(seeing: Sight, actor: Actor, tenant_id: int, case_id: UUID) -> bool:
    file_id = disposal.file_of(tenant_id=tenant_id, case_id=case_id)
    if file_id is None:
        return False
    try:
        managed(disposal.manager(actor=actor, on=day_in_japan(seeing.at)), tenant_id, file_id)
    except NotFound:
        return False
    return True
