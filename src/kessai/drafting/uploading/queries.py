"""Reads of files that are on their way to a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.drafting import blobs
from kessai.drafting import queries as drafts
from kessai.drafting.models import Upload
from kessai.kernel.actor import Actor
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A file of which ``offset`` of ``length`` bytes have come. ``attached_as``: once all have, the attachment."""

    id: UUID
    filename: str
    length: int
    offset: int
    mark: str
    attached_as: UUID | None
    begun_at: datetime

    @property
    def percent(self) -> int:
        return self.offset * 100 // self.length


def upload(*, actor: Actor, tenant_id: int, draft_id: UUID, upload_id: UUID, at: datetime) -> OnItsWay:
    """An upload to one's own draft; NotFound otherwise."""
    drafts.visible_to(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
    row = Upload.objects.filter(tenant_id=tenant_id, draft_id=draft_id, id=upload_id).first()
    if row is None:
        raise NotFound(N_("送りかけのファイルが見つかりません。"), N_("もう一度、初めから添付してください。"))
    return _way(row)


def on_their_way(*, tenant_id: int, draft_id: UUID) -> tuple[OnItsWay, ...]:
    """What began to come to a draft and is not attached yet. No access check."""
    rows = Upload.objects.filter(tenant_id=tenant_id, draft_id=draft_id, attached_as=None)
    return tuple(_way(row) for row in rows.order_by("begun_at"))


def same(*, tenant_id: int, draft_id: UUID, mark: str, length: int) -> OnItsWay | None:
    """The upload of the same file, by what a browser knows it by: on its way, or attached and still there."""
    if not mark:
        return None
    rows = Upload.objects.filter(tenant_id=tenant_id, draft_id=draft_id, mark=mark, length=length)
    there = {file.id for file in drafts.attachments(tenant_id=tenant_id, draft_id=draft_id)}
    found = next((row for row in rows if row.attached_as is None or row.attached_as in there), None)
    return None if found is None else _way(found)


def _way(row: Upload) -> OnItsWay:
    path = blobs.incoming(tenant_id=row.tenant_id) / str(row.id)
    come = path.stat().st_size if path.exists() else 0
    offset = row.length if row.attached_as else min(come, row.length)
    return OnItsWay(row.id, row.filename, row.length, offset, row.mark, row.attached_as, row.begun_at)
