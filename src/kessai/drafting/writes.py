"""Fixing and reopening a draft, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.drafting import letters, queries
from kessai.drafting.models import Attachment, Draft, Revision
from kessai.drafting.rules import AttachedFile, Content, content_hash, reworded
from kessai.drafting.versions import writes as versions
from kessai.drafting.versions.queries import Theirs, theirs
from kessai.drafting.versions.rules import HANDED_OVER, OPENED, REVISED, SAVED, SUBMITTED, Screen
from kessai.drafting.versions.writes import Saved
from kessai.kernel.identifiers import new_id


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
    carried: dict[str, str]
    by_hand: Sequence[Mapping[str, Any]] = ()


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
        dict(found.carried),
        found.by_hand,
    )


def set_by_hand(
    *, tenant_id: int, draft_id: UUID, steps: Sequence[Mapping[str, Any]], person: int, at: datetime
) -> None:
    """Keep with a locked draft which steps its drafter adds to the route; other screens of it are told."""
    assert connection.in_atomic_block
    draft = Draft.objects.get(tenant_id=tenant_id, id=draft_id)
    draft.by_hand = [dict(step) for step in steps]
    versions.touch(draft, ["by_hand"], person=person, at=at)


def fix(
    *, tenant_id: int, draft_id: UUID, content: Content, at: datetime, needs: Collection[str] = ()
) -> Fixed:
    """Make the next revision of a locked draft from its content and its files, and close the draft.

    Steps that were added by hand are on the route by it, and no longer with the draft.

    ``needs``: what whoever sees it must be cleared for.
    """
    assert connection.in_atomic_block
    files = _files(tenant_id, draft_id)
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
    versions.keep(draft, why=SUBMITTED, at=at)
    draft.revisions = number
    draft.open = False
    draft.needs = list(needs)
    draft.by_hand = []
    draft.updated_at = at
    draft.save(update_fields=["revisions", "open", "needs", "by_hand", "updated_at"])
    return Fixed(number, content, files, digest)


def _files(tenant_id: int, draft_id: UUID) -> tuple[AttachedFile, ...]:
    return tuple(
        AttachedFile(a.title, a.filename, a.media_type, a.size, a.sha256)
        for a in queries.attachments(tenant_id=tenant_id, draft_id=draft_id)
    )


def fix_words(
    *, tenant_id: int, draft_id: UUID, number: int, content: Content, person: int, at: datetime
) -> Fixed:
    """Make the revision after ``number`` of a locked draft, with its files and with the words of ``content``.

    The draft gets these words where it still has those of the revision before. What its drafter has in hand stays;
    a screen of it that is open is told by the draft's version that something changed.
    """
    assert connection.in_atomic_block
    base = queries.revision(tenant_id=tenant_id, draft_id=draft_id, number=number)
    draft = Draft.objects.select_for_update().get(tenant_id=tenant_id, id=draft_id)
    body = content.to_json()
    digest = content_hash(body, base.attachments_json)  # type: ignore[arg-type]
    Revision(
        tenant_id=tenant_id,
        draft_id=draft_id,
        number=draft.revisions + 1,
        content=body,
        attachments=base.attachments_json,
        content_hash=digest,
        made_at=at,
    ).save(force_insert=True)
    was = reworded(base.content, question="", words=draft.typed).content
    same = [key for key in ("title", "text", "reason") if getattr(was, key) == getattr(base.content, key)]
    versions.keep(draft, why=SAVED, at=at)
    draft.typed |= {key: getattr(content, key) for key in same}
    was_said, now_said = letters.words_of(was.letters), letters.words_of(content.letters)
    for key, value in letters.words_of(base.content.letters).items():
        # A letter without a title of its own has that of the draft.
        if was_said[key] in ("", value) and now_said[key] != value:
            draft.typed[key] = now_said[key]
    draft.revisions += 1
    draft.save(update_fields=["revisions"])
    versions.touch(draft, same or [REVISED], person=person, at=at)
    return Fixed(draft.revisions, content, base.attachments, digest)


def mark(*, tenant_id: int, draft_id: UUID, needs: Collection[str]) -> None:
    """Whoever sees the draft must be cleared for something else, since another row of the table rules it."""
    assert connection.in_atomic_block
    Draft.objects.filter(tenant_id=tenant_id, id=draft_id).update(needs=list(needs))


def reopen(*, tenant_id: int, draft_id: UUID, person: int, at: datetime) -> None:
    """Give a submitted draft back to its drafter's post to be worked on; ``person``: who does."""
    assert connection.in_atomic_block
    draft = Draft.objects.get(tenant_id=tenant_id, id=draft_id)
    draft.open = True
    draft.save(update_fields=["open"])
    versions.touch(draft, [OPENED], person=person, at=at)


def close(*, tenant_id: int, draft_id: UUID) -> None:
    """Nobody works on the draft any more; files of a revision that was not put in make room for those of the last.

    What the draft was between its saves is no part of the record, and goes.
    """
    assert connection.in_atomic_block
    versions.drop(tenant_id=tenant_id, draft_id=draft_id)
    draft = Draft.objects.select_for_update().get(tenant_id=tenant_id, id=draft_id)
    if not draft.open:
        return
    last = queries.revision(tenant_id=tenant_id, draft_id=draft_id, number=draft.revisions)
    now = [file.to_json() for file in _files(tenant_id, draft_id)]
    if now != last.attachments_json:
        Attachment.objects.filter(tenant_id=tenant_id, draft_id=draft_id).delete()
        for file in last.attachments:
            attach_stored(tenant_id=tenant_id, draft_id=draft_id, file=file, at=draft.updated_at)
    Draft.objects.filter(tenant_id=tenant_id, id=draft_id).update(open=False)


def attach_stored(*, tenant_id: int, draft_id: UUID, file: AttachedFile, at: datetime) -> None:
    """Attach a file whose bytes are kept already, at the end of a draft's list."""
    assert connection.in_atomic_block
    there = Attachment.objects.filter(tenant_id=tenant_id, draft_id=draft_id).count()
    Attachment(
        tenant_id=tenant_id,
        id=new_id(),
        draft_id=draft_id,
        position=there + 1,
        title=file.title,
        filename=file.filename,
        media_type=file.media_type,
        size=file.size,
        sha256=bytes.fromhex(file.sha256),
        added_at=at,
    ).save(force_insert=True)


def write(
    *, tenant_id: int, draft_id: UUID, typed: Mapping[str, str], screen: Screen, person: int, at: datetime
) -> tuple[Saved, tuple[Theirs, ...]]:
    """Merge what somebody else than its drafter typed into a locked draft; what is left to be chosen."""
    assert connection.in_atomic_block
    draft = Draft.objects.get(tenant_id=tenant_id, id=draft_id)
    done = versions.write(draft, sent=typed, screen=screen, person=person, at=at)
    return done, theirs(draft=draft, keys=done.merged.conflicts, reader=person)


def give(*, tenant_id: int, draft_id: UUID, post_id: int, at: datetime) -> None:
    """Give a locked draft to another post, which drafts it from now on; what it is now is kept as a version."""
    assert connection.in_atomic_block
    draft = Draft.objects.get(tenant_id=tenant_id, id=draft_id)
    versions.keep(draft, why=HANDED_OVER, at=at)
    draft.post_id = post_id
    draft.save(update_fields=["post_id"])
