"""The acts of writing: start, save, attach, replace, detach, discard."""

from __future__ import annotations

import mimetypes
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max

from kessai.drafting import blobs, queries
from kessai.drafting.inspecting import writes as inspecting
from kessai.drafting.models import Attachment, Draft
from kessai.drafting.versions import writes as versions
from kessai.drafting.versions.queries import Theirs, theirs
from kessai.drafting.versions.rules import FILES, SAVED, Screen
from kessai.drafting.versions.writes import Saved as Saved
from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot
from kessai.kernel.identifiers import new_id
from kessai.kernel.words import N_, Plain

TYPED_LONGEST = 200_000
"""Characters of one field; a proposal text of a hundred pages fits."""

FILES_MOST = 100
"""Attachments of one draft: a submission binds each in its ledger entry, which has a longest length."""


class CannotSave(Cannot):
    """The draft cannot be changed as asked; ``version`` is the one stored."""

    def __init__(self, what: str, remedy: str, *, version: int, **params: Plain) -> None:
        super().__init__(what, remedy, version=version, **params)
        self.version = version


class CannotMerge(CannotSave):
    """Fields that another screen has changed too are not saved; all others are. ``theirs``: what stands in them."""

    def __init__(self, saved: Saved, theirs: tuple[Theirs, ...]) -> None:
        super().__init__(
            N_("ほかの画面でも変更された項目があります。"),
            N_("入力した文は残っています。両方を見比べて、残すほうを選んでください。"),
            version=saved.version,
        )
        self.saved = saved
        self.theirs = theirs


class CannotStart(Cannot):
    """No draft can be begun."""


class CannotAttach(Cannot):
    """The file is not attached."""


@dataclass(frozen=True, slots=True)
class DraftRef:
    tenant_id: int
    draft_id: UUID


def start(
    *,
    actor: Actor,
    post_id: int,
    matter_code: str,
    at: datetime,
    typed: Mapping[str, str] | None = None,
    carried: Mapping[str, str] | None = None,
    needs: Collection[str] = (),
) -> DraftRef:
    """Begin a draft as the holder of a post, or as its secretary.

    ``carried``: of ``typed`` what is from an earlier case and must be touched before it is submitted. ``needs``: what
    whoever sees it must be cleared for, until it is submitted with a marking of its own.
    """
    held = queries.posts_to_begin_as(actor=actor, at=at)
    if post_id not in held:
        raise CannotStart(
            N_("この職をきょうは持っていないため、起案できません。"), N_("起案する職を選び直してください。")
        )
    made = Draft(
        tenant_id=held[post_id].tenant_id,
        id=new_id(),
        post_id=post_id,
        person_id=actor.person_id,
        matter_code=matter_code,
        typed=storable(typed or {}, 0),
        carried=dict(carried or {}),
        needs=sorted(needs),
        created_at=at,
        updated_at=at,
    )
    with transaction.atomic():
        made.save(force_insert=True)
    return DraftRef(made.tenant_id, made.id)


def save(
    *,
    actor: Actor,
    tenant_id: int,
    draft_id: UUID,
    typed: Mapping[str, str],
    version: int | None,
    at: datetime,
    screen: str = "",
    stood: Mapping[str, str] | None = None,
) -> Saved:
    """Keep what was typed, valid or not, merged field by field into what is stored.

    ``version`` is the one that was on the screen; None saves over whatever is there. ``stood``: by key the mark of what
    stood in each field there (versions.rules.mark_of): what the screen left alone stays as another one has saved it.
    ``screen`` tells the screens apart. Errors: NotFound; CannotSave; CannotMerge, when all else is saved.
    """
    with transaction.atomic():
        draft = locked(actor, tenant_id, draft_id, at)
        done = versions.write(
            draft,
            sent=storable(typed, draft.version),
            screen=Screen(screen, version, stood or {}),
            person=actor.person_id,
            at=at,
        )
        left = theirs(draft=draft, keys=done.merged.conflicts, reader=actor.person_id)
    if left:
        raise CannotMerge(done, left)
    return done


def attach(
    *,
    actor: Actor,
    tenant_id: int,
    draft_id: UUID,
    filename: str,
    title: str,
    stream: BinaryIO,
    at: datetime,
) -> UUID:
    """Attach a file at the end of the list; its bytes are kept before the row that names them."""
    queries.visible_to(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
    kept = _keep(tenant_id, filename, stream)
    return attach_kept(actor=actor, tenant_id=tenant_id, draft_id=draft_id, kept=kept, title=title, at=at)


def attach_kept(
    *, actor: Actor, tenant_id: int, draft_id: UUID, kept: Kept, at: datetime, title: str = ""
) -> UUID:
    """Attach a file whose bytes are stored already, at the end of the list."""
    with transaction.atomic():
        draft = locked(actor, tenant_id, draft_id, at)
        mine = Attachment.objects.filter(tenant_id=tenant_id, draft_id=draft_id)
        there = mine.aggregate(count=Count("id"), last=Max("position"))
        if there["count"] >= FILES_MOST:
            raise CannotAttach(
                N_("添付は%(n)s件までです。"), N_("一つのファイルにまとめて添付してください。"), n=FILES_MOST
            )
        versions.keep_if_due(draft, person=actor.person_id, at=at)
        titled = title.replace("\x00", "").strip() or PurePath(kept.filename).stem
        made = _attached(draft, kept, position=(there["last"] or 0) + 1, title=titled[:300], at=at)
        versions.touch(draft, [FILES], person=actor.person_id, at=at)
    return made


def replace(
    *,
    actor: Actor,
    tenant_id: int,
    draft_id: UUID,
    attachment_id: UUID,
    filename: str,
    stream: BinaryIO,
    at: datetime,
) -> UUID:
    """Put another file in the place of one, under its title. The attachment has a new id, for it is another."""
    queries.visible_to(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
    kept = _keep(tenant_id, filename, stream)
    with transaction.atomic():
        draft = locked(actor, tenant_id, draft_id, at)
        mine = Attachment.objects.filter(tenant_id=tenant_id, draft_id=draft_id)
        old = mine.filter(id=attachment_id).first()
        if old is None:
            raise CannotAttach(
                N_("差し替える添付が、ほかの画面で外されています。"),
                N_("新しい添付として加えてください。"),
            )
        versions.keep(draft, why=SAVED, at=at)
        mine.filter(id=attachment_id).delete()
        made = _attached(draft, kept, position=old.position, title=old.title, at=at)
        versions.touch(draft, [FILES], person=actor.person_id, at=at)
    return made


@dataclass(frozen=True, slots=True)
class Kept:
    """A file whose bytes are stored, and that no row names yet."""

    filename: str
    sha256: bytes
    size: int


def named(filename: str) -> str:
    """The name of a file as it is kept: without folders, at most 300 characters."""
    return unicodedata.normalize("NFC", PurePath(filename.replace("\\", "/").replace("\x00", "")).name)[:300]


def _keep(tenant_id: int, filename: str, stream: BinaryIO) -> Kept:
    name = named(filename)
    digest, size = blobs.store(tenant_id=tenant_id, stream=stream, limit=settings.KESSAI_UPLOAD_LIMIT_BYTES)
    if size == 0:
        raise CannotAttach(
            N_("「%(name)s」は空のファイルです。"),
            N_("ファイルを確かめて、添付し直してください。"),
            name=name,
        )
    return Kept(name, bytes.fromhex(digest), size)


def _attached(draft: Draft, kept: Kept, *, position: int, title: str, at: datetime) -> UUID:
    made = Attachment(
        tenant_id=draft.tenant_id,
        id=new_id(),
        draft_id=draft.id,
        position=position,
        title=title,
        filename=kept.filename or "file",
        media_type=mimetypes.guess_type(kept.filename)[0] or "application/octet-stream",
        size=kept.size,
        sha256=kept.sha256,
        added_at=at,
    )
    made.save(force_insert=True)
    inspecting.look_into(tenant_id=draft.tenant_id, sha256=kept.sha256.hex(), at=at)
    return made.id


def detach(*, actor: Actor, tenant_id: int, draft_id: UUID, attachment_id: UUID, at: datetime) -> None:
    """Take a file off the draft; removing one that is gone already is no error."""
    with transaction.atomic():
        draft = locked(actor, tenant_id, draft_id, at)
        old = Attachment.objects.filter(tenant_id=tenant_id, draft_id=draft_id, id=attachment_id)
        if old.exists():
            versions.keep(draft, why=SAVED, at=at)
            old.delete()
            versions.touch(draft, [FILES], person=actor.person_id, at=at)


def retitle(
    *, actor: Actor, tenant_id: int, draft_id: UUID, attachment_id: UUID, title: str, at: datetime
) -> None:
    """Give a file on the draft another title; an empty one is refused."""
    title = title.replace("\x00", "").strip()[:300]
    if not title:
        raise CannotAttach(N_("題名が空欄です。"), N_("題名を入れてから、もう一度押してください。"))
    with transaction.atomic():
        draft = locked(actor, tenant_id, draft_id, at)
        # By another id, for whoever submits has seen it by its old title.
        old = Attachment.objects.filter(tenant_id=tenant_id, draft_id=draft_id, id=attachment_id)
        found = old.first()
        if found is not None:
            versions.keep_if_due(draft, person=actor.person_id, at=at)
            old.delete()
            found.id, found.title = new_id(), title
            found.save(force_insert=True)
            versions.touch(draft, [FILES], person=actor.person_id, at=at)


def discard(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> None:
    """Throw away a draft that was never submitted."""
    with transaction.atomic():
        draft = locked(actor, tenant_id, draft_id, at)
        if draft.revisions:
            raise CannotSave(
                N_("一度提出した案件は捨てられません。"),
                N_("直して、もう一度提出してください。"),
                version=draft.version,
            )
        inspecting.release(
            tenant_id=tenant_id, files=queries.files_of(tenant_id=tenant_id, draft_id=draft_id)
        )
        draft.delete()


def locked(actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> Draft:
    """A draft of the actor's that may be written now, its row locked. Errors: NotFound, CannotSave."""
    # Locked before it is looked at: another screen may throw it away in between.
    draft = Draft.objects.select_for_update().filter(tenant_id=tenant_id, id=draft_id).first()
    queries.visible_to(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
    assert draft is not None
    if not draft.open:
        raise CannotSave(
            N_("この案件は提出済みで、いまは変更できません。"),
            N_(
                "進行中なら案件の画面で「修正を出す」か、差し戻してもらってください。"
                "決裁済みなら「この決裁を改める案件を起案する」で、新しい案件にしてください。"
            ),
            version=draft.version,
        )
    return draft


def storable(typed: Mapping[str, str], version: int) -> dict[str, str]:
    """What was typed, as it can be stored. Errors: CannotSave, where it is too long; ``version`` is the one stored."""
    kept = {}
    for key, value in typed.items():
        if len(value) > TYPED_LONGEST:
            raise CannotSave(
                N_("入力が長すぎます（%(n)s字まで）。"),
                N_("長い資料は添付にしてください。"),
                version=version,
                n=TYPED_LONGEST,
            )
        kept[key] = value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    return kept
