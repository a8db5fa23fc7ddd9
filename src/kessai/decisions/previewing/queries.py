"""Reads of previews: whom a draft was shown to and what they said, and the draft as they read it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kessai.decisions import access, draft_marks, planned_route
from kessai.decisions.models import Preview
from kessai.decisions.previewing import rules
from kessai.decisions.results import PreviewItem, RoutePreview
from kessai.drafting import queries as drafts
from kessai.drafting.queries import DraftAttachment, DraftPage, Typed
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.clearance import queries as clearance

OPEN: dict[str, Any] = {
    "remarked_at": None,
    "withdrawn_at": None,
    "recorded_seq": None,
    "level__in": rules.ASKED,
}
SHOWS: dict[str, Any] = {"withdrawn_at": None, "recorded_seq": None}


@dataclass(frozen=True, slots=True)
class Asked:
    """A preview as the drafter sees it. ``state``: open, seen, withdrawn; reads, where nothing is asked.

    ``title``, ``name``: whom it is shown to today, or who looked at it, as of that day; ``changed``: the draft was
    changed after they saw it.
    """

    id: UUID
    state: str
    title: str
    name: str | None
    note: str
    asked_at: datetime
    remark: str
    remarked_at: datetime | None
    changed: bool
    level: str = rules.COMMENT


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft as somebody reads it who was asked to look at it. ``remarked_at``: when they said something of it.

    ``asks``: an answer is asked for; ``comments``, ``writes``: whether they may put words beside it, and write in it.
    """

    preview_id: UUID
    asked_by: str
    note: str
    asked_at: datetime
    as_post: str
    as_post_en: str
    draft: DraftPage
    route: RoutePreview
    remark: str
    remarked_at: datetime | None
    changed: bool
    asks: bool = True
    comments: bool = True
    writes: bool = False


def preview_of(row: Preview) -> rules.Preview:
    """A stored preview as the rules see it."""
    return rules.Preview(
        remarked=row.remarked_at is not None,
        withdrawn=row.withdrawn_at is not None,
        recorded=row.recorded_seq is not None,
        level=row.level,
    )


def unknown() -> NotFound:
    """The same whether there is such a draft or not."""
    return NotFound(
        N_("この下書きは見つかりません。"),
        N_("提出されたか、事前確認が取り下げられました。見る必要があるときは、起案者に頼んでください。"),
    )


def require_shown(seeing: access.Sight, *, tenant_id: int, draft_id: UUID) -> Preview:
    """The preview by which a post of the reader may read the draft, one that still asks first; NotFound otherwise."""
    mine = Preview.objects.filter(
        tenant_id=tenant_id, draft_id=draft_id, post_id__in=list(seeing.held), **SHOWS
    )
    rows = list(mine.order_by("asked_at"))
    if not rows or not cleared(seeing, tenant_id=tenant_id, draft_id=draft_id):
        raise unknown()
    return next((row for row in rows if preview_of(row).open), rows[-1])


def require_level(
    seeing: access.Sight, *, tenant_id: int, draft_id: UUID, levels: Collection[str]
) -> Preview:
    """The preview by which a post of the reader may do more with a draft than read it; NotFound otherwise."""
    mine = Preview.objects.filter(
        tenant_id=tenant_id, draft_id=draft_id, post_id__in=list(seeing.held), level__in=levels, **SHOWS
    )
    row = mine.order_by("-asked_at").first()
    if row is None or not cleared(seeing, tenant_id=tenant_id, draft_id=draft_id):
        raise unknown()
    return row


def levels(seeing: access.Sight, *, tenant_id: int, draft_id: UUID) -> frozenset[str]:
    """How far a draft is shown to the reader's posts."""
    mine = Preview.objects.filter(
        tenant_id=tenant_id, draft_id=draft_id, post_id__in=list(seeing.held), **SHOWS
    )
    return frozenset(mine.values_list("level", flat=True))


def cleared(seeing: access.Sight, *, tenant_id: int, draft_id: UUID) -> bool:
    """Whether the reader may see a draft as it is marked now (S28)."""
    draft = drafts.draft_unchecked(tenant_id=tenant_id, draft_id=draft_id, at=seeing.at)
    needed = draft_marks.mark(draft, at=seeing.at).needs
    return seeing.person in clearance.cleared(person_ids=[seeing.person], needed=needed, at=seeing.at)


def shown(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> Shown:
    """The draft with its planned route, for somebody it is shown to; NotFound for everybody else."""
    seeing = access.sight(actor=actor, at=at)
    row = require_shown(seeing, tenant_id=tenant_id, draft_id=draft_id)
    draft = drafts.draft_unchecked(tenant_id=tenant_id, draft_id=draft_id, at=at)
    may = levels(seeing, tenant_id=tenant_id, draft_id=draft_id)
    return Shown(
        preview_id=row.id,
        asked_by=f"{row.by_post_title} {row.by_person_name}",
        note=row.note,
        asked_at=row.asked_at,
        as_post=seeing.held[row.post_id].title,
        as_post_en=seeing.held[row.post_id].title_en,
        draft=draft,
        route=planned_route.of(draft, at=at),
        remark=row.remark,
        remarked_at=row.remarked_at,
        changed=row.version not in (None, draft.version),
        asks=row.level in rules.ASKED,
        comments=bool(may & set(rules.ASKED)),
        writes=rules.EDIT in may,
    )


def attachments(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> tuple[DraftAttachment, ...]:
    """The files of a draft that the reader is shown; NotFound otherwise."""
    require_shown(access.sight(actor=actor, at=at), tenant_id=tenant_id, draft_id=draft_id)
    return drafts.attachments(tenant_id=tenant_id, draft_id=draft_id)


def attachment(
    *, actor: Actor, tenant_id: int, draft_id: UUID, file_id: UUID, at: datetime
) -> DraftAttachment:
    """A file of a draft that the reader is shown; NotFound otherwise."""
    files = attachments(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
    found = next((file for file in files if file.id == file_id), None)
    if found is None:
        raise unknown()
    return found


def asked(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> tuple[Asked, ...]:
    """Whom one's own draft was shown to since it was last submitted, those who said something first."""
    draft = drafts.draft(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
    rows = list(
        Preview.objects.filter(tenant_id=tenant_id, draft_id=draft_id, recorded_seq=None).order_by("asked_at")
    )
    seats = organisation.seats(post_ids={row.post_id for row in rows}, on=day_in_japan(at))
    found = []
    for row in rows:
        seat = seats.get(row.post_id)
        seen = row.remarked_at is not None
        found.append(
            Asked(
                id=row.id,
                state="seen"
                if seen
                else "withdrawn"
                if row.withdrawn_at
                else "open"
                if row.level in rules.ASKED
                else "reads",
                title=row.post_title if seen else seat.title if seat else "",
                name=row.person_name if seen else seat.holder_name if seat else None,
                note=row.note,
                asked_at=row.asked_at,
                remark=row.remark,
                remarked_at=row.remarked_at,
                changed=seen and row.version != draft.version,
                level=row.level,
            )
        )
    return tuple(
        sorted((one for one in found if one.state != "withdrawn"), key=lambda one: one.state != "seen")
    )


def waiting(seeing: access.Sight) -> tuple[PreviewItem, ...]:
    """The drafts that the reader's posts are asked to look at, the longest waiting first."""
    return _items(seeing, Preview.objects.filter(**OPEN).order_by("asked_at"))


def shared(seeing: access.Sight, *, besides: Iterable[PreviewItem]) -> tuple[PreviewItem, ...]:
    """The drafts shown to the reader's posts besides those they are asked to look at, the latest first, each once."""
    mine = Preview.objects.filter(**SHOWS).exclude(**OPEN).order_by("-asked_at")
    asked = {one.draft_id for one in besides}
    once = {one.draft_id: one for one in _items(seeing, mine) if one.draft_id not in asked}
    return tuple(once.values())


def _items(seeing: access.Sight, previews: QuerySet[Preview]) -> tuple[PreviewItem, ...]:
    rows = list(previews.filter(tenant_id__in=seeing.tenants, post_id__in=list(seeing.held))[:100])
    typed: dict[UUID, Typed] = {}
    for tenant in {row.tenant_id for row in rows}:
        ids = [row.draft_id for row in rows if row.tenant_id == tenant]
        typed |= drafts.typed_of(tenant_id=tenant, draft_ids=ids, at=seeing.at)
    marks = draft_marks.marks(typed.values(), at=seeing.at)
    needed = {id: mark.needs for id, mark in marks.items()}
    open_to = clearance.open_to(person_id=seeing.person, needed=needed, at=seeing.at)
    return tuple(
        PreviewItem(
            tenant_id=row.tenant_id,
            draft_id=row.draft_id,
            title=typed[row.draft_id].title,
            asked_by=f"{row.by_post_title} {row.by_person_name}",
            note=row.note,
            asked_at=row.asked_at,
            post_title=seeing.held[row.post_id].title,
            post_title_en=seeing.held[row.post_id].title_en,
            writes=row.level == rules.EDIT,
        )
        for row in rows
        if row.draft_id in open_to
    )


def counts(*, tenant_id: int, draft_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Of drafts that are shown to somebody: how many said something, and how many were asked."""
    found: dict[UUID, tuple[int, int]] = {}
    rows = Preview.objects.filter(tenant_id=tenant_id, draft_id__in=draft_ids, level__in=rules.ASKED, **SHOWS)
    for draft_id, remarked_at in rows.values_list("draft_id", "remarked_at"):
        said, of = found.get(draft_id, (0, 0))
        found[draft_id] = (said + (remarked_at is not None), of + 1)
    return found
