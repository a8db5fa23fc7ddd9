"""Reads of drafts and their files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.db import connection

from kessai.drafting import blobs
from kessai.drafting.inspecting import queries as inspecting
from kessai.drafting.models import Attachment, Draft, Revision, Version
from kessai.drafting.rules import AttachedFile, Content
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.absence import queries as absence
from kessai.organisation.absence.rules import DRAFT
from kessai.organisation.clearance import queries as clearance
from kessai.organisation.queries import HeldPost
from kessai.organisation.rules import Seat


@dataclass(frozen=True, slots=True)
class DraftAttachment:
    id: UUID
    position: int
    title: str
    filename: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft as it is being written. ``revisions``: how often it was submitted; ``open``: may be changed now."""

    tenant_id: int
    draft_id: UUID
    post_id: int
    post_title: str
    unit_name: str
    matter_code: str
    typed: dict[str, str]
    version: int
    open: bool
    revisions: int
    attachments: tuple[DraftAttachment, ...]
    created_at: datetime
    updated_at: datetime
    post_title_en: str = ""
    unit_name_en: str = ""
    carried: Mapping[str, str] = field(default_factory=dict)
    """What it has from an earlier case and must be touched, by key (see carrying)."""
    by_hand: Sequence[Mapping[str, Any]] = ()
    """Steps that its drafter adds to the route, as they are kept (decisions.by_hand)."""
    needs: Sequence[str] = ()
    """What whoever sees it must be cleared for, whatever is typed: of its last submission, or of its precedent."""


@dataclass(frozen=True, slots=True)
class FixedRevision:
    """A submitted revision. ``content_json`` and ``attachments_json`` are what ``content_hash`` was taken of."""

    number: int
    content: Content
    attachments: tuple[AttachedFile, ...]
    content_json: dict[str, object]
    attachments_json: list[dict[str, object]]
    content_hash: bytes
    made_at: datetime


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list."""

    tenant_id: int
    draft_id: UUID
    title: str
    matter_code: str
    revisions: int
    updated_at: datetime


def visible_to(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> Draft:
    """The draft, if it is one of the actor's then; NotFound otherwise."""
    return _mine(actor, tenant_id, draft_id, at)[0]


def post_of(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> HeldPost:
    """The post as which the actor submits the draft; NotFound where it is not theirs."""
    return _mine(actor, tenant_id, draft_id, at)[1]


def posts_to_write_as(*, actor: Actor, at: datetime) -> dict[int, HeldPost]:
    """By id the posts whose drafts are the actor's: held, kept, and those for which they write as secretary.

    The latter are of the kind ``secretary``.
    """
    standing = organisation.standing(person_id=actor.person_id, on=day_in_japan(at))
    served = absence.principals(held=standing.posts, at=at)
    return {
        **{post: each.post for post, each in served.items() if DRAFT in each.scopes},
        **standing.drafts,
    }


def posts_to_begin_as(*, actor: Actor, at: datetime) -> dict[int, HeldPost]:
    """By id the posts as which the actor begins a draft: held, the regular one first, and those of principals."""
    standing = organisation.standing(person_id=actor.person_id, on=day_in_japan(at))
    served = absence.principals(held=standing.posts, at=at)
    return {
        **{post.post_id: post for post in standing.held},
        **{each.post.post_id: each.post for each in served.values() if DRAFT in each.scopes},
    }


def typed_by(*, actor: Actor, post: HeldPost, at: datetime) -> HeldPost | None:
    """The secretary's own post, where the actor writes for another post; None for one who writes as themselves."""
    if post.kind != "secretary":
        return None
    served = absence.principals_of(person_id=actor.person_id, at=at, scope=DRAFT)
    return next((each.by for each in served.values() if each.post.post_id == post.post_id), None)


def _mine(actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> tuple[Draft, HeldPost]:
    found = Draft.objects.filter(tenant_id=tenant_id, id=draft_id).first()
    mine = posts_to_write_as(actor=actor, at=at)
    hidden = found is not None and not clearance.cleared(
        person_ids=[actor.person_id], needed=found.needs, at=at
    )
    if found is None or hidden or found.post_id not in mine:
        raise NotFound(N_("この下書きは見つかりません。"), N_("あなたの下書きは受信箱の右にあります。"))
    return found, mine[found.post_id]


def draft(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> DraftPage:
    """A draft of the actor's, with the post as which they submit it; NotFound otherwise."""
    found, post = _mine(actor, tenant_id, draft_id, at)
    return _page(found, post)


def _page(found: Draft, post: HeldPost | Seat | None) -> DraftPage:
    return DraftPage(
        tenant_id=found.tenant_id,
        draft_id=found.id,
        post_id=post.post_id if post else found.post_id,
        post_title=post.title if post else "",
        post_title_en=post.title_en if post else "",
        unit_name=post.unit_name if post else "",
        unit_name_en=post.unit_name_en if post else "",
        matter_code=found.matter_code,
        typed=dict(found.typed),
        carried=dict(found.carried),
        version=found.version,
        open=found.open,
        revisions=found.revisions,
        attachments=attachments(tenant_id=found.tenant_id, draft_id=found.id),
        created_at=found.created_at,
        updated_at=found.updated_at,
        by_hand=found.by_hand,
        needs=tuple(found.needs),
    )


def draft_unchecked(*, tenant_id: int, draft_id: UUID, at: datetime) -> DraftPage:
    """A draft as whoever it is shown to reads it. No access check; one that does not exist is a LookupError."""
    found = Draft.objects.filter(tenant_id=tenant_id, id=draft_id).first()
    if found is None:
        raise LookupError(f"no draft {draft_id}")
    return _page(found, organisation.seats(post_ids=[found.post_id], on=day_in_japan(at)).get(found.post_id))


def version_of(*, tenant_id: int, draft_id: UUID) -> int:
    """The version of a draft as it is stored. No access check."""
    return int(Draft.objects.values_list("version", flat=True).get(tenant_id=tenant_id, id=draft_id))


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of a draft, by which post, as that post is today."""

    tenant_id: int
    draft_id: UUID
    post_id: int
    matter_code: str
    typed: Mapping[str, str]
    needs: Sequence[str]
    revisions: int

    @property
    def title(self) -> str:
        return self.typed.get("title", "")


def typed_of(*, tenant_id: int, draft_ids: Collection[UUID], at: datetime) -> dict[UUID, Typed]:
    """What was typed of some drafts, by draft. No access check."""
    rows = list(Draft.objects.filter(tenant_id=tenant_id, id__in=draft_ids))
    seats = organisation.seats(post_ids={row.post_id for row in rows}, on=day_in_japan(at))
    return {
        row.id: Typed(
            tenant_id=row.tenant_id,
            draft_id=row.id,
            post_id=seats[row.post_id].post_id if row.post_id in seats else row.post_id,
            matter_code=row.matter_code,
            typed=row.typed,
            needs=row.needs,
            revisions=row.revisions,
        )
        for row in rows
    }


def attachments(*, tenant_id: int, draft_id: UUID) -> tuple[DraftAttachment, ...]:
    rows = Attachment.objects.filter(tenant_id=tenant_id, draft_id=draft_id).order_by("position")
    return tuple(
        DraftAttachment(a.id, a.position, a.title, a.filename, a.media_type, a.size, bytes(a.sha256).hex())
        for a in rows
    )


def open_drafts(*, actor: Actor, at: datetime) -> tuple[DraftLine, ...]:
    """The drafts of the actor's posts that are being written, the latest first."""
    mine = posts_to_write_as(actor=actor, at=at)
    rows = Draft.objects.filter(
        tenant_id__in={post.tenant_id for post in mine.values()}, post_id__in=list(mine), open=True
    ).order_by("-updated_at")[:100]
    return tuple(
        DraftLine(d.tenant_id, d.id, d.typed.get("title", ""), d.matter_code, d.revisions, d.updated_at)
        for d in rows
        if clearance.cleared(person_ids=[actor.person_id], needed=d.needs, at=at)
    )


@dataclass(frozen=True, slots=True)
class DraftsOfMatter:
    """How many drafts of a kind of matter are being written, and in how many of them some fields hold something."""

    count: int
    holding: int


_OF_MATTER = """
-- The drafts of a kind of matter that are being written, and those in which one of some fields holds something.
SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM unnest(%s::text[]) AS key WHERE btrim(coalesce(d.typed ->> key, '')) <> ''))
FROM drafting_draft d
WHERE d.tenant_id = %s AND d.matter_code = %s AND d.open
"""


def open_of_matter(*, tenant_id: int, matter_code: str, keys: Collection[str]) -> DraftsOfMatter:
    """The drafts of a kind of matter that are being written. Counts only; no access check."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_MATTER, [list(keys), tenant_id, matter_code])
        return DraftsOfMatter(*cursor.fetchone())


@dataclass(frozen=True, slots=True)
class DraftsOfPost:
    """How many drafts of a post are being written, and the title of the latest."""

    count: int
    latest: str


_OF_POSTS = """
-- How many drafts of each of some posts are being written, with the latest one.
SELECT d.post_id, count(*), (array_agg(d.typed ->> 'title' ORDER BY d.updated_at DESC) FILTER (WHERE d.needs = '{}'))[1]
FROM drafting_draft d
WHERE d.tenant_id = %s AND d.post_id = ANY(%s) AND d.open
GROUP BY d.post_id
"""


def open_by_post(*, tenant_id: int, post_ids: Collection[int]) -> dict[int, DraftsOfPost]:
    """The drafts of some posts that are being written; posts without any are left out.

    Titles only of those that nobody must be cleared for.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OF_POSTS, [tenant_id, list(post_ids)])
        return {post_id: DraftsOfPost(count, latest or "") for post_id, count, latest in cursor.fetchall()}


def revision(*, tenant_id: int, draft_id: UUID, number: int) -> FixedRevision:
    """A submitted revision; one that does not exist is a LookupError."""
    found = Revision.objects.filter(tenant_id=tenant_id, draft_id=draft_id, number=number).first()
    if found is None:
        raise LookupError(f"no revision {number} of {draft_id}")
    return _fixed(found)


def texts(*, tenant_id: int, revisions: Mapping[UUID, int]) -> dict[UUID, str]:
    """The proposal texts of several drafts, each of a revision."""
    if not revisions:
        return {}
    rows = Revision.objects.filter(tenant_id=tenant_id, draft_id__in=revisions)
    return {
        draft_id: text or ""
        for draft_id, number, text in rows.values_list("draft_id", "number", "content__text")
        if revisions[draft_id] == number
    }


def file_titles(*, tenant_id: int, revisions: Mapping[UUID, int]) -> dict[UUID, tuple[str, ...]]:
    """The titles of the attachments of several drafts, each of a revision."""
    found = files(tenant_id=tenant_id, revisions=revisions)
    return {draft_id: tuple(file.title for file in of) for draft_id, of in found.items()}


def files(*, tenant_id: int, revisions: Mapping[UUID, int]) -> dict[UUID, tuple[AttachedFile, ...]]:
    """The attachments of several drafts, each of a revision."""
    if not revisions:
        return {}
    rows = Revision.objects.filter(tenant_id=tenant_id, draft_id__in=revisions)
    return {
        draft_id: tuple(AttachedFile(**file) for file in of)
        for draft_id, number, of in rows.values_list("draft_id", "number", "attachments")
        if revisions[draft_id] == number
    }


def number_of(*, tenant_id: int, draft_id: UUID, content_hash: bytes) -> int | None:
    """The latest submitted revision with a content hash; None if there is none."""
    found = Revision.objects.filter(tenant_id=tenant_id, draft_id=draft_id, content_hash=content_hash)
    return found.order_by("-number").values_list("number", flat=True).first()


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """A submitted revision exactly as it is stored, readable or not."""

    number: int
    content_json: Any
    attachments_json: Any
    content_hash: bytes
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """What is stored of a draft, as a verifier compares it; ``files``: as a revision lists them."""

    post_id: int
    person_id: int
    matter_code: str
    open: bool
    revisions: int
    files: tuple[AttachedFile, ...]
    bare: bool
    """Nothing is typed in it, nor carried or put by hand into it."""


def stored_revisions(*, tenant_id: int, draft_ids: Collection[UUID]) -> dict[UUID, dict[int, StoredRevision]]:
    """All submitted revisions of several drafts, by draft and number."""
    found: dict[UUID, dict[int, StoredRevision]] = {}
    for row in Revision.objects.filter(tenant_id=tenant_id, draft_id__in=draft_ids):
        found.setdefault(row.draft_id, {})[row.number] = StoredRevision(
            row.number, row.content, row.attachments, bytes(row.content_hash), row.made_at
        )
    return found


def stored_drafts(*, tenant_id: int, draft_ids: Collection[UUID]) -> dict[UUID, StoredDraft]:
    """Several drafts with their files."""
    files: dict[UUID, list[AttachedFile]] = {}
    for file in Attachment.objects.filter(tenant_id=tenant_id, draft_id__in=draft_ids).order_by("position"):
        files.setdefault(file.draft_id, []).append(
            AttachedFile(file.title, file.filename, file.media_type, file.size, bytes(file.sha256).hex())
        )
    return {
        d.id: StoredDraft(
            *(d.post_id, d.person_id, d.matter_code, d.open, d.revisions, tuple(files.get(d.id, ()))),
            bare=not (d.typed or d.touched or d.carried or d.by_hand),
        )
        for d in Draft.objects.filter(tenant_id=tenant_id, id__in=draft_ids)
    }


def submitted_ids(*, tenant_id: int) -> Iterator[UUID]:
    """The drafts that have a submitted revision, in order, some thousand read at a time."""
    rows = (
        Revision.objects.filter(tenant_id=tenant_id).order_by("draft_id").values_list("draft_id", flat=True)
    )
    return rows.distinct().iterator(2_000)


def tenants() -> set[int]:
    """The ministries that have submitted anything."""
    return set(Revision.objects.order_by().values_list("tenant_id", flat=True).distinct())


def _fixed(found: Revision) -> FixedRevision:
    return FixedRevision(
        number=found.number,
        content=Content.from_json(found.content),
        attachments=tuple(AttachedFile(**file) for file in found.attachments),
        content_json=found.content,
        attachments_json=found.attachments,
        content_hash=bytes(found.content_hash),
        made_at=found.made_at,
    )


def open_blob(*, sha256: str, tenant_id: int, own: bool = False) -> BinaryIO:
    """The bytes of a stored file. No access check: call an access-checked query first.

    ``own``: for the post that attached it, which opens it before it was scanned. Errors: inspecting's CannotOpen.
    """
    inspecting.refuse_unsafe(tenant_id=tenant_id, sha256=sha256, own=own)
    try:
        return blobs.path_of(tenant_id=tenant_id, sha256=sha256).open("rb")
    except FileNotFoundError as error:
        raise NotFound(
            N_("ファイルの本体が見つかりません。"), N_("システムの担当に連絡してください。")
        ) from error


def files_of(*, tenant_id: int, draft_id: UUID) -> set[str]:
    """The hex SHA-256 of every file that a draft, its versions or its revisions name. No access check."""
    mine = {"tenant_id": tenant_id, "draft_id": draft_id}
    found = {
        bytes(sha256).hex() for sha256 in Attachment.objects.filter(**mine).values_list("sha256", flat=True)
    }
    kept = (
        *Version.objects.filter(**mine).values_list("files", flat=True),
        *Revision.objects.filter(**mine).values_list("attachments", flat=True),
    )
    return found | {str(file["sha256"]) for files in kept for file in files}


def hash_stored(*, sha256: str, tenant_id: int) -> str | None:
    """The hex SHA-256 of a stored file's bytes as they are now; None if they are gone."""
    return blobs.hash_stored(tenant_id=tenant_id, sha256=sha256)


def size_stored(*, sha256: str, tenant_id: int) -> int | None:
    """Bytes of a stored file as it is now; None if it is gone."""
    return blobs.size_stored(tenant_id=tenant_id, sha256=sha256)
