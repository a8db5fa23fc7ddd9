"""Fixing a draft as a revision and putting it on a route, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import continuing, machine, planning, replay, rounds, writes
from kessai.decisions.afterwards import writes as linked
from kessai.decisions.authority import writes as authority
from kessai.decisions.by_hand import rules as by_hand
from kessai.decisions.circulating import writes as circulating
from kessai.decisions.course import common
from kessai.decisions.joint import rules as joint
from kessai.decisions.models import Case, Event
from kessai.decisions.original import steps_of_round
from kessai.decisions.previewing import writes as previewing
from kessai.decisions.receiving import rules as received
from kessai.decisions.receiving import writes as receiving
from kessai.decisions.repeats import Outcome
from kessai.decisions.talking import writes as talking
from kessai.decisions.telling import writes as telling
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.ledger.sealing import Json
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost, PersonName
from kessai.organisation.rules import Seat
from kessai.organisation.settings import settings_of


def put_on_route(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    planned: planning.Planned,
    enacts: authority.Bound,
    post: HeldPost,
    draft_post_id: int,
    act_id: UUID,
    at: datetime,
    substance: bool | None = None,
    revising: bool = False,
    added: Collection[Mapping[str, Any]] = (),
    note: str = "",
    lowered: Collection[str] = (),
    raised_by: Collection[int] = (),
) -> Outcome:
    """Make the next revision and record its submission; or, ``revising``, that it replaces the last one in flight.

    A submission begins a round; so does a revision whose substance changes or whose route is another by what it says.
    ``added``: steps that the drafter adds by hand. ``lowered``: flags raised on the way that the drafter takes off,
    which ``raised_by``, people, are told.
    """
    assert connection.in_atomic_block and planned.plan is not None and planned.table is not None
    case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
    if case is not None:
        joint.judge_units(common.ruled(case), planning.ruling_json(planned), substance)
    fixed = drafting.fix(
        tenant_id=tenant_id,
        draft_id=case_id,
        content=planned.content,
        at=at,
        needs=planning.needs_of(planned),
    )
    route = planning.route_json(planned.plan)
    stand = _stands(case, at, revising=revising) if case is not None and substance is False else ()
    lapse = revising and substance is False and _reviews_lapse(tenant_id, at)
    stays = (
        case is not None
        and revising
        and stand == continuing.ALL
        and not lapse
        and rounds.same_route(case, route)
    )
    seat = organisation.seats(post_ids=[post.post_id], on=day_in_japan(at))[post.post_id]
    person = organisation.person(person_id=actor.person_id)
    seq = case.last_seq + 1 if case else 1
    round = case.round + (0 if stays else 1) if case else 1
    payload: dict[str, Json] = {
        **planning.ruling_json(planned),
        "content_hash": fixed.content_hash.hex(),
        "matter_name": planned.matter.name,
        "drafter_unit_id": seat.unit_id,
        "draft_post": draft_post_id,
        **_written_by(actor, post, at),
        **linked.bound(tenant_id=tenant_id, draft_id=case_id),
        **receiving.bound(tenant_id=tenant_id, draft_id=case_id),
        **previewing.bound(tenant_id=tenant_id, draft_id=case_id),
    }
    if lowered:
        payload["lowered"] = sorted(lowered)
    if case is not None and substance is not None:
        payload["substance"] = substance
    if planned.plan.circulation:
        payload["only_read"] = True
    if enacts.table is not None:
        payload["enacts"] = dict(enacts.table)
    kind = machine.REVISED if revising else machine.SUBMITTED
    before = _steps(case)
    if not stays:
        payload |= _route(case, route, stand, added, at, lapse)
    changes = _columns(planned, fixed, person, seat) | {"round": round, "last_seq": seq, "updated_at": at}
    made = case
    if case is None:
        made = Case(tenant_id=tenant_id, id=case_id, drafter_post_id=post.post_id, submitted_at=at, **changes)
        made.save(force_insert=True)
    else:
        Case.objects.filter(tenant_id=tenant_id, id=case_id).update(**changes)
    if not stays:
        rounds.begin(
            tenant_id=tenant_id,
            case_id=case_id,
            case=case,
            kind=kind,
            seq=seq,
            round=round,
            payload=payload,
            at=at,
        )
    capacity = machine.SECRETARY if "by_post" in payload else machine.OWN_CAPACITY
    event = writes.record(
        tenant_id=tenant_id,
        case_id=case_id,
        seq=seq,
        round=round,
        revision=fixed.number,
        doing=writes.Doing(kind, act_id, at, person, seat, capacity, None, note),
        payload=payload,
        content=fixed.content.to_json(),
        attachments=[file.to_json() for file in fixed.attachments],
    )
    assert made is not None
    previewing.close(tenant_id=tenant_id, draft_id=case_id, seq=seq)
    current = tuple(steps_of_round(tenant_id, case_id, round)[0].values())
    heard = talking.follow(case=made, event=event, state=machine.ROUTED, steps=current)
    telling.tell(
        case=made,
        event=event,
        before=before,
        after=_steps(case) if revising else current,
        fresh=None if stays else rounds.newly(before, current, payload),
        also_posts=heard.posts,
        also_people={*raised_by, *heard.people},
    )
    if planned.plan.circulation and planned.content.deadline is not None:
        circulating.schedule_end(tenant_id=tenant_id, case_id=case_id, deadline=planned.content.deadline)
    receiving.answer(
        tenant_id=tenant_id,
        case_id=case_id,
        doing=receiving.Doing(received.ANSWERED_EVENT, act_id, at, person, seat),
    )
    return Outcome(tenant_id, case_id, seq, kind)


def _route(
    case: Case | None,
    route: list[dict[str, Any]],
    stand: Collection[str],
    added: Collection[Mapping[str, Any]],
    at: datetime,
    lapse: bool,
) -> dict[str, Any]:
    """What the event says of a route that begins a round: what stood of the last one and stands on (S05, S06, S18)."""
    if case is None:
        return {"route": by_hand.with_added(route, added)}
    return rounds.read_anew(case, route, stand=stand, on=day_in_japan(at), added=added, reviews_lapse=lapse)


def _stands(case: Case, at: datetime, *, revising: bool) -> tuple[str, ...]:
    """Kinds of step whose answers stand where the substance is unchanged (S05, S06)."""
    if revising:
        return continuing.ALL
    back = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id, kind__in=machine.HANDS_BACK)
    handed_back = back.order_by("seq").last()
    assert handed_back is not None
    return continuing.standing(
        handed_back.payload, settings_of(tenant_id=case.tenant_id, on=day_in_japan(at))
    )


def _reviews_lapse(tenant_id: int, at: datetime) -> bool:
    """Whether a revision whose substance is unchanged has the reviews act again (S19)."""
    return settings_of(tenant_id=tenant_id, on=day_in_japan(at))["reviews_at_revision"] == "lapse"


def _columns(
    planned: planning.Planned, fixed: drafting.Fixed, person: PersonName, seat: Seat
) -> dict[str, Any]:
    """The columns of the case that a revision sets."""
    assert planned.table is not None and planned.plan is not None
    content = fixed.content
    return {
        "state": machine.ROUTED,
        "matter_code": content.matter_code,
        "matter_name": planned.matter.name,
        "table_id": planned.table.id,
        "title": content.title,
        "question": content.question,
        "amount": content.amount,
        "deadline": content.deadline,
        "urgent": bool(content.urgent_reason),
        "only_read": planned.plan.circulation,
        "bulk": planned.plan.row.bulk,
        "drafter_person_id": person.person_id,
        "drafter_name": person.name,
        "drafter_unit_id": seat.unit_id,
        "drafter_unit_name": seat.unit_name,
        "revision": fixed.number,
        "content_hash": fixed.content_hash,
        "flagged_seq": None,
        "needs": list(planning.needs_of(planned)),
        "joint_units": [place.unit.unit_id for place in planned.plan.joint],
    }


def _steps(case: Case | None) -> tuple[replay.Step, ...]:
    """The steps of the round that the case was in, as they are stored."""
    return tuple(steps_of_round(case.tenant_id, case.id, case.round)[0].values()) if case else ()


def _written_by(actor: Actor, post: HeldPost, at: datetime) -> dict[str, Json]:
    by = drafts.typed_by(actor=actor, post=post, at=at)
    return {"by_post": by.post_id, "by_title": by.title, "by_unit": by.unit_name} if by else {}
