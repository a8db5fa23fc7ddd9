"""事前確認, 根回し: showing a draft to posts beforehand, remarking on it, writing in it. It binds nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions import access, clearances, draft_marks, repeats
from kessai.decisions.models import Preview
from kessai.decisions.previewing import queries, rules
from kessai.decisions.telling import previews as telling
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.drafting.operations import CannotMerge, storable
from kessai.drafting.versions.rules import Screen
from kessai.drafting.versions.writes import Saved
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.identifiers import new_id
from kessai.organisation import queries as organisation


def ask(
    *,
    actor: Actor,
    tenant_id: int,
    draft_id: UUID,
    post_id: int,
    act_id: UUID,
    at: datetime,
    note: str = "",
    level: str = rules.COMMENT,
) -> UUID:
    """Show one's own draft to a post; the id of the preview. ``level``: how far. Errors: NotFound, CannotPreview."""
    with transaction.atomic():
        draft = drafting.lock(tenant_id=tenant_id, draft_id=draft_id)
        post = drafts.post_of(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
        assert draft is not None
        of_draft = Preview.objects.filter(tenant_id=tenant_id, draft_id=draft_id)
        if (done := of_draft.filter(act_id=act_id, by_person_id=actor.person_id).first()) is not None:
            return UUID(str(done.id))
        seat = organisation.seats(post_ids=[post_id], on=day_in_japan(at)).get(post_id)
        known = seat is not None and seat.tenant_id == tenant_id
        shown = of_draft.filter(post_id=seat.post_id if seat else 0, remarked_at=None, **queries.SHOWS)
        rules.judge_ask(
            writing=draft.open,
            known=known,
            own=seat is not None and seat.post_id == post.post_id,
            already=shown.exclude(level=rules.GAVE).exists(),
            post=seat.title if seat else "",
            level=level,
        )
        assert seat is not None
        needed = draft_marks.mark(
            drafts.draft_unchecked(tenant_id=tenant_id, draft_id=draft_id, at=at), at=at
        ).needs
        clearances.require_post(seat, needed, at=at)
        made = Preview(
            tenant_id=tenant_id,
            id=new_id(),
            draft_id=draft_id,
            act_id=act_id,
            post_id=seat.post_id,
            level=level,
            by_person_id=actor.person_id,
            by_person_name=organisation.person(person_id=actor.person_id).name,
            by_post_title=post.title,
            note=repeats.remark_of(note),
            asked_at=at,
        )
        made.save(force_insert=True)
        telling.ask(preview=made, needed=needed, at=at)
    return made.id


def remark(
    *,
    actor: Actor,
    tenant_id: int,
    draft_id: UUID,
    preview_id: UUID,
    version: int,
    at: datetime,
    text: str = "",
) -> None:
    """Say what one thinks of a draft one was shown, on the version that was on the screen; empty: nothing to remark.

    Once for each time of being asked. Errors: NotFound; CannotPreview.
    """
    with transaction.atomic():
        # The draft first: a submission holds it while it records the remarks.
        draft = drafting.lock(tenant_id=tenant_id, draft_id=draft_id)
        seeing = access.sight(actor=actor, at=at)
        mine = Preview.objects.filter(tenant_id=tenant_id, draft_id=draft_id, id=preview_id)
        row = mine.filter(post_id__in=list(seeing.held)).first()
        if draft is None or row is None:
            raise queries.unknown()
        if not queries.cleared(seeing, tenant_id=tenant_id, draft_id=draft_id):
            raise queries.unknown()
        said = repeats.remark_of(text)
        again = row.person_id == actor.person_id and row.remark == said
        if not rules.judge_remark(
            queries.preview_of(row), version=version, current=draft.version, again=again
        ):
            return
        held = seeing.held[row.post_id]
        Preview.objects.filter(tenant_id=tenant_id, id=row.id).update(
            person_id=actor.person_id,
            person_name=seeing.name.name,
            post_title=held.title,
            unit_name=held.unit_name,
            remark=said,
            version=version,
            remarked_at=max(at, row.asked_at),
        )
        telling.answered(preview=row, drafting_post=draft.post_id, by=actor.person_id, at=at)


def withdraw(*, actor: Actor, tenant_id: int, draft_id: UUID, preview_id: UUID, at: datetime) -> None:
    """Show one's draft to a post no longer. A remark that was made stays, and is recorded with the submission."""
    with transaction.atomic():
        drafting.lock(tenant_id=tenant_id, draft_id=draft_id)
        drafts.post_of(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
        row = Preview.objects.filter(tenant_id=tenant_id, draft_id=draft_id, id=preview_id).first()
        if row is None:
            raise queries.unknown()
        if rules.judge_withdraw(queries.preview_of(row)):
            Preview.objects.filter(tenant_id=tenant_id, id=row.id).update(withdrawn_at=at)


def write(
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
    """Write in a draft that one was asked to write in, as its drafter saves it. Its fields only: files, steps by hand,
    marking and submission stay with the drafter. Errors: NotFound; CannotSave, CannotMerge.
    """
    with transaction.atomic():
        draft = drafting.lock(tenant_id=tenant_id, draft_id=draft_id)
        seeing = access.sight(actor=actor, at=at)
        queries.require_level(seeing, tenant_id=tenant_id, draft_id=draft_id, levels=(rules.EDIT,))
        if draft is None or not draft.open:
            raise queries.unknown()
        sent = {key: value for key, value in typed.items() if key not in rules.OF_THE_DRAFTER}
        done, left = drafting.write(
            tenant_id=tenant_id,
            draft_id=draft_id,
            typed=storable(sent, draft.version),
            screen=Screen(screen, version, stood or {}),
            person=actor.person_id,
            at=at,
        )
    if left:
        raise CannotMerge(done, left)
    return done
