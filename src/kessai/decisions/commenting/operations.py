"""Comments beside the text of a draft: put there, answered, settled. Talk about a working copy."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions import access, anchors, repeats
from kessai.decisions.anchors import Passage
from kessai.decisions.commenting import queries, rules, writes
from kessai.decisions.models import DraftComment
from kessai.decisions.previewing.queries import unknown
from kessai.decisions.telling import previews as telling
from kessai.drafting import letters
from kessai.drafting import writes as drafting
from kessai.drafting.fields import ALWAYS
from kessai.drafting.writes import LockedDraft
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.routing import queries as routing


def comment(
    *,
    actor: Actor,
    tenant_id: int,
    draft_id: UUID,
    act_id: UUID,
    at: datetime,
    about: Passage,
    text: str,
) -> UUID:
    """Put words beside a field of a draft, about a passage of it if ``about`` has a quote; the id of the comment.

    Errors: NotFound, where the draft is neither one's own nor shown to be commented on; CannotComment.
    """
    with transaction.atomic():
        draft, seeing, speaks = _speaking(actor, tenant_id, draft_id, at)
        if (done := queries.made(tenant_id=tenant_id, act_id=act_id, actor=actor)) is not None:
            return done
        said = repeats.remark_of(text)
        stands = draft.typed.get(about.field, "")
        place = anchors.find(about, stands) if about.quote else None
        rules.judge_comment(
            writing=draft.open,
            field=_has(draft, tenant_id, about.field, at),
            text=said,
            found=not about.quote or (place is not None and place.exact),
        )
        anchor = (
            anchors.passage(about.field, stands, place.start, place.end)
            if place
            else Passage(about.field, "")
        )
        made = writes.put(
            draft, (tenant_id, draft_id), seeing, speaks, act_id=act_id, anchor=anchor, text=said
        )
        telling.commented(tenant_id=tenant_id, draft_id=draft_id, thread_id=made, by=actor.person_id, at=at)
    return made


def reply(
    *, actor: Actor, tenant_id: int, draft_id: UUID, thread_id: UUID, act_id: UUID, at: datetime, text: str
) -> None:
    """Answer a comment; who takes part in it is told. Errors: NotFound, CannotComment."""
    with transaction.atomic():
        draft, seeing, speaks = _speaking(actor, tenant_id, draft_id, at)
        first = _first(tenant_id, draft_id, thread_id)
        if queries.made(tenant_id=tenant_id, act_id=act_id, actor=actor) is not None:
            return
        said = repeats.remark_of(text)
        rules.judge_comment(writing=draft.open, field=True, text=said, found=True)
        writes.put(
            draft,
            (tenant_id, draft_id),
            seeing,
            speaks,
            act_id=act_id,
            anchor=Passage(**first.anchor),
            text=said,
            thread_id=first.id,
        )
        telling.commented(
            tenant_id=tenant_id, draft_id=draft_id, thread_id=first.id, by=actor.person_id, at=at
        )


def settle(
    *, actor: Actor, tenant_id: int, draft_id: UUID, thread_id: UUID, settled: bool, at: datetime
) -> None:
    """Say that a comment is dealt with, or that it is not; once more is no error. Errors: NotFound."""
    with transaction.atomic():
        _, seeing, speaks = _speaking(actor, tenant_id, draft_id, at)
        first = _first(tenant_id, draft_id, thread_id)
        if not rules.may_settle(drafter=speaks.drafter, writer=first.person_id == actor.person_id):
            raise unknown()
        writes.settle(tenant_id=tenant_id, thread_id=first.id, by=seeing.name.name if settled else "", at=at)


def _speaking(
    actor: Actor, tenant_id: int, draft_id: UUID, at: datetime
) -> tuple[LockedDraft, access.Sight, queries.Voice]:
    # The draft first: a submission holds it while it ends what is shown.
    draft = drafting.lock(tenant_id=tenant_id, draft_id=draft_id)
    if draft is None:
        raise unknown()
    seeing = access.sight(actor=actor, at=at)
    return draft, seeing, queries.voice(seeing, tenant_id=tenant_id, draft_id=draft_id)


def _first(tenant_id: int, draft_id: UUID, thread_id: UUID) -> DraftComment:
    mine = DraftComment.objects.filter(tenant_id=tenant_id, draft_id=draft_id, id=thread_id)
    first = mine.filter(thread_id=thread_id).first()
    if first is None:
        raise unknown()
    return first


def _has(draft: LockedDraft, tenant_id: int, key: str, at: datetime) -> bool:
    """Whether a key is of the form of a draft, or of one of its letters."""
    form = routing.matter(tenant_id=tenant_id, code=draft.matter_code, on=day_in_japan(at)).fields
    return key in (*ALWAYS, *(entry["key"] for entry in form), *letters.keys(draft.typed))
