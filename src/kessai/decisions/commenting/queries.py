"""Reads of the comments beside the text of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions import access, anchors
from kessai.decisions.anchors import Passage
from kessai.decisions.commenting import rules
from kessai.decisions.models import DraftComment
from kessai.decisions.previewing import queries as previewing
from kessai.decisions.previewing.rules import ASKED
from kessai.drafting import queries as drafts
from kessai.kernel.actor import Actor
from kessai.kernel.errors import NotFound

THERE, REWORDED, GONE = "there", "reworded", "gone"


@dataclass(frozen=True, slots=True)
class Said:
    """A comment, or an answer to one."""

    post_title: str
    person_name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with its answers. ``place``: what became of the passage it is about; "" where none was marked.

    ``may_settle``: the reader may say that it is dealt with, or that it is not.
    """

    id: UUID
    field: str
    quote: str
    place: str
    said: Sequence[Said]
    settled_at: datetime | None
    settled_by: str
    may_settle: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """As what somebody speaks of a draft: its drafter, or a post that it is shown to by ``preview_id``."""

    post_title: str
    preview_id: UUID | None

    @property
    def drafter(self) -> bool:
        return self.preview_id is None


def voice(seeing: access.Sight, *, tenant_id: int, draft_id: UUID) -> Voice:
    """As what the reader may comment on a draft; NotFound where they may not."""
    try:
        post = drafts.post_of(
            actor=Actor(seeing.person), tenant_id=tenant_id, draft_id=draft_id, at=seeing.at
        )
    except NotFound:
        row = previewing.require_level(seeing, tenant_id=tenant_id, draft_id=draft_id, levels=ASKED)
        return Voice(seeing.held[row.post_id].title, row.id)
    return Voice(post.title, None)


def threads(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> tuple[Thread, ...]:
    """The comments on a draft that the reader drafts or may comment on, in their order; nothing for those who only
    read it."""
    seeing = access.sight(actor=actor, at=at)
    try:
        speaks = voice(seeing, tenant_id=tenant_id, draft_id=draft_id)
    except NotFound:
        return ()
    typed = drafts.draft_unchecked(tenant_id=tenant_id, draft_id=draft_id, at=at).typed
    rows = list(DraftComment.objects.filter(tenant_id=tenant_id, draft_id=draft_id).order_by("made_at", "id"))
    found = []
    for first in (row for row in rows if row.thread_id == row.id):
        anchor = anchors.read(first.anchor)
        assert isinstance(anchor, Passage)
        found.append(
            Thread(
                id=first.id,
                field=anchor.field,
                quote=anchor.quote,
                place=_place(anchor, typed.get(anchor.field, "")),
                said=tuple(
                    Said(row.post_title, row.person_name, row.text, row.made_at)
                    for row in rows
                    if row.thread_id == first.id
                ),
                settled_at=first.settled_at,
                settled_by=first.settled_by,
                may_settle=rules.may_settle(
                    drafter=speaks.drafter, writer=first.person_id == actor.person_id
                ),
            )
        )
    return tuple(found)


def _place(anchor: Passage, text: str) -> str:
    if not anchor.quote:
        return ""
    place = anchors.find(anchor, text)
    return GONE if place is None else THERE if place.exact else REWORDED


def made(*, tenant_id: int, act_id: UUID, actor: Actor) -> UUID | None:
    """The comment that an act of somebody has made already, if it has."""
    mine = DraftComment.objects.filter(tenant_id=tenant_id, act_id=act_id, person_id=actor.person_id)
    return mine.values_list("id", flat=True).first()
