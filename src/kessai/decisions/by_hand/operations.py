"""Adding steps by hand to one's own draft, moving them, and taking them off, before it is submitted (S15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kessai.decisions import machine, planned_route, repeats, writes
from kessai.decisions.by_hand import queries, rules
from kessai.decisions.models import Case
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost
from kessai.organisation.settings import settings_of


def add(
    *,
    actor: Actor,
    tenant_id: int,
    draft_id: UUID,
    kind: str,
    post_id: int,
    after: int,
    act_id: UUID,
    at: datetime,
    reason: str,
    answer_by: date | None = None,
    later: bool = False,
) -> None:
    """Keep with one's own draft that a post is to review, consent, advise or read, with a reason.

    ``after``: the post on the planned route behind which it stands; rules.FIRST for before all of them. The next
    submission puts it on the route. ``answer_by``, ``later``: see rules.judge_answer_by. Errors: NotFound, CannotAct.
    """
    with transaction.atomic():
        draft, post, with_drafter = _mine(actor, tenant_id, draft_id, at)
        if any(one["id"] == str(act_id) for one in draft.by_hand):
            return
        rules.require_with_drafter(
            with_drafter, settings=settings_of(tenant_id=tenant_id, on=day_in_japan(at))
        )
        said = repeats.remark_of(reason)
        page = drafts.draft(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
        planned = planned_route.entries_of(page, at=at)
        only_read = planned.plan is not None and planned.plan.circulation
        rules.judge(kind, said, only_read=only_read, there=len(draft.by_hand))
        rules.judge_answer_by(kind, answer_by, today=day_in_japan(at), deadline=planned.deadline, later=later)
        one = {"id": str(act_id), "kind": kind, "post": post_id, "after": after, "reason": said}
        if answer_by is not None:
            one |= {"answer_by": answer_by.isoformat(), "later": later}
        seats = organisation.seats(post_ids=[post_id, post.post_id], on=day_in_japan(at))
        seat = queries.require(seats.get(post_id), one, seats[post.post_id], planned.needs, at)
        rules.judge_twice(planned.entries, kind, seat.post_id, seat.title)
        one |= {"post": seat.post_id, "title": seat.title}
        drafting.set_by_hand(
            steps=[*draft.by_hand, one], person=actor.person_id, tenant_id=tenant_id, draft_id=draft_id, at=at
        )


def move(*, actor: Actor, tenant_id: int, draft_id: UUID, added: UUID, to: rules.Spot, at: datetime) -> None:
    """Put one at another place of the planned route; where it stands there already, nothing happens.

    What the table demands has its place by the table, and cannot be named here. Errors: NotFound, CannotAct.
    """
    with transaction.atomic():
        draft, _, with_drafter = _mine(actor, tenant_id, draft_id, at)
        rules.require_with_drafter(
            with_drafter, settings=settings_of(tenant_id=tenant_id, on=day_in_japan(at))
        )
        page = drafts.draft(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
        steps = rules.moved(draft.by_hand, str(added), to, planned_route.entries_of(page, at=at).entries)
        if steps != list(draft.by_hand):
            drafting.set_by_hand(
                steps=steps, person=actor.person_id, tenant_id=tenant_id, draft_id=draft_id, at=at
            )


def remove(*, actor: Actor, tenant_id: int, draft_id: UUID, added: UUID, at: datetime) -> None:
    """Take one off again; one that is gone already is no error."""
    with transaction.atomic():
        draft, _, _ = _mine(actor, tenant_id, draft_id, at)
        left: list[Mapping[str, Any]] = [one for one in draft.by_hand if one["id"] != str(added)]
        if len(left) < len(draft.by_hand):
            drafting.set_by_hand(
                steps=left, person=actor.person_id, tenant_id=tenant_id, draft_id=draft_id, at=at
            )


def _mine(
    actor: Actor, tenant_id: int, draft_id: UUID, at: datetime
) -> tuple[drafting.LockedDraft, HeldPost, bool]:
    """The draft, locked behind its case as everybody does; the post that writes it; whether it may be added to."""
    writes.lock_case(tenant_id=tenant_id, case_id=draft_id)
    draft = drafting.lock(tenant_id=tenant_id, draft_id=draft_id)
    post = drafts.post_of(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
    assert draft is not None
    case = Case.objects.filter(tenant_id=tenant_id, id=draft_id).first()
    return draft, post, draft.open and (case is None or case.state in machine.WITH_DRAFTER)
