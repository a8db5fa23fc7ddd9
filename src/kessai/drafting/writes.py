"""Fixing and reopening a draft, inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from kessai.drafting import queries
from kessai.drafting.models import Draft, Revision
from kessai.drafting.rules import AttachedFile, Content, content_hash


@dataclass(frozen=True, slots=True)
class LockedDraft:
    """A draft whose row is locked until the transaction ends."""

    post_id: int
    matter_code: str
    typed: dict[str, str]
    open: bool
    revisions: int
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Fixed:
    number: int
    content: Content
    attachments: tuple[AttachedFile, ...]
    content_hash: bytes


def lock(*, tenant_id: int, draft_id: UUID) -> LockedDraft | None:
    """Lock a draft; None if there is none."""
    assert connection.in_atomic_block
    found = Draft.objects.select_for_update().filter(tenant_id=tenant_id, id=draft_id).first()
    if found is None:
        return None
    return LockedDraft(
        found.post_id,
        found.matter_code,
        dict(found.typed),
        found.open,
        found.revisions,
        found.version,
        found.updated_at,
    )


def fix(*, tenant_id: int, draft_id: UUID, content: Content, at: datetime) -> Fixed:
    """Make the next revision of a locked draft from its content and its files, and close the draft."""
    assert connection.in_atomic_block
    files = tuple(
        AttachedFile(a.title, a.filename, a.media_type, a.size, a.sha256)
        for a in queries.attachments(tenant_id=tenant_id, draft_id=draft_id)
    )
    draft = Draft.objects.get(tenant_id=tenant_id, id=draft_id)
    number = draft.revisions + 1
    body, listed = content.to_json(), [file.to_json() for file in files]
    digest = content_hash(body, listed)
    Revision(
        tenant_id=tenant_id,
        draft_id=draft_id,
        number=number,
        content=body,
        attachments=listed,
        content_hash=digest,
        made_at=at,
    ).save(force_insert=True)
    draft.revisions = number
    draft.open = False
    draft.updated_at = at
    draft.save(update_fields=["revisions", "open", "updated_at"])
    return Fixed(number, content, files, digest)


def reopen(*, tenant_id: int, draft_id: UUID, at: datetime) -> None:
    """Give a submitted draft back to its drafter's post to be worked on."""
    assert connection.in_atomic_block
    draft = Draft.objects.get(tenant_id=tenant_id, id=draft_id)
    draft.open = True
    draft.version += 1
    draft.updated_at = at
    draft.save(update_fields=["open", "version", "updated_at"])


def close(*, tenant_id: int, draft_id: UUID) -> None:
    """Nobody works on the draft any more."""
    assert connection.in_atomic_block
    Draft.objects.filter(tenant_id=tenant_id, id=draft_id, open=True).update(open=False)
