"""引継ぎ: giving a draft to another post. Whoever follows in a post has its drafts anyway; this is for other posts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions import clearances, draft_marks, repeats
from kessai.decisions.handing import rules
from kessai.decisions.models import Preview
from kessai.decisions.previewing import rules as previewing
from kessai.decisions.telling import previews as telling
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.identifiers import new_id
from kessai.organisation import queries as organisation


def hand_over(
    *, actor: Actor, tenant_id: int, draft_id: UUID, post_id: int, act_id: UUID, at: datetime, note: str = ""
) -> None:
    """Give one's own draft to another post of the ministry, which drafts it from now on and is told.

    The post that gives it goes on reading it, and the case that it becomes. Errors: NotFound, CannotHandOver,
    CannotAct where nobody at the post may see it.
    """
    with transaction.atomic():
        draft = drafting.lock(tenant_id=tenant_id, draft_id=draft_id)
        of_draft = Preview.objects.filter(tenant_id=tenant_id, draft_id=draft_id)
        if of_draft.filter(act_id=act_id, by_person_id=actor.person_id).exists():
            return
        post = drafts.post_of(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
        assert draft is not None
        seat = organisation.seats(post_ids=[post_id], on=day_in_japan(at)).get(post_id)
        known = seat is not None and seat.tenant_id == tenant_id
        own = seat is not None and seat.post_id == post.post_id
        rules.judge(submitted=draft.revisions > 0 or not draft.open, known=known, own=own)
        assert seat is not None
        page = drafts.draft_unchecked(tenant_id=tenant_id, draft_id=draft_id, at=at)
        needed = draft_marks.mark(page, at=at).needs
        clearances.require_post(seat, needed, at=at)
        drafting.give(tenant_id=tenant_id, draft_id=draft_id, post_id=seat.post_id, at=at)
        # Who drafts it needs not be shown it; and who gives it a second time is shown it once.
        shown = of_draft.filter(recorded_seq=None, withdrawn_at=None)
        shown.filter(post_id=seat.post_id, remarked_at=None).update(withdrawn_at=at)
        shown.filter(post_id=post.post_id, level=previewing.GAVE).update(withdrawn_at=at)
        giver = organisation.person(person_id=actor.person_id).name
        gave = Preview(
            tenant_id=tenant_id,
            id=new_id(),
            draft_id=draft_id,
            act_id=act_id,
            post_id=post.post_id,
            level=previewing.GAVE,
            by_person_id=actor.person_id,
            by_person_name=giver,
            by_post_title=post.title,
            note=repeats.remark_of(note),
            asked_at=at,
            person_id=actor.person_id,
            person_name=giver,
        )
        gave.save(force_insert=True)
        telling.handed(preview=gave, drafting_post=seat.post_id, needed=needed, at=at)
