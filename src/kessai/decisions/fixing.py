"""Fixing a draft as a revision and putting it on a route, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import machine, planning, replay, writes
from kessai.decisions.afterwards import writes as linked
from kessai.decisions.authority import writes as authority
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.original import steps_of_round
from kessai.decisions.repeats import Outcome
from kessai.decisions.telling import writes as telling
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.ledger.sealing import Json
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost

AGREED = (machine.CONSENT,)
ALL_ANSWERS = (machine.CONSENT, machine.REVIEW)


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
    note: str = "",
) -> Outcome:
    """Make the next revision and record its submission; or, ``revising``, that it replaces the last one in flight.

    A submission begins a round; so does a revision whose substance changes or whose route is another by what it says.
    """
    assert connection.in_atomic_block and planned.plan is not None and planned.table is not None
    case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
    fixed = drafting.fix(tenant_id=tenant_id, draft_id=case_id, content=planned.content, at=at)
    route = planning.route_json(planned.plan)
    stays = case is not None and revising and not substance and _same_route(case, route)
    seat = organisation.seats(post_ids=[post.post_id], on=day_in_japan(at))[post.post_id]
    person = organisation.person(person_id=actor.person_id)
    seq = case.last_seq + 1 if case else 1
    round = case.round + (0 if stays else 1) if case else 1
    content = fixed.content
    payload: dict[str, Json] = {
        "table": planned.table.id,
        "table_name": planned.table.name,
        "row": planned.plan.row.number,
        "content_hash": fixed.content_hash.hex(),
        "matter_name": planned.matter.name,
        "drafter_unit_id": seat.unit_id,
        "draft_post": draft_post_id,
        "filing": planning.filing_json(planned),
        "flags": sorted(content.flags),
        "deputies": list(planned.plan.row.deputies),
        **({"rewording": True} if planned.plan.row.rewording else {}),
        **_written_by(actor, post, at),
        **linked.bound(tenant_id=tenant_id, draft_id=case_id),
    }
    if case is not None and substance is not None:
        payload["substance"] = substance
    if enacts.table is not None:
        payload["enacts"] = dict(enacts.table)
    changes = {
        "state": machine.ROUTED,
        "matter_code": content.matter_code,
        "matter_name": planned.matter.name,
        "table_id": planned.table.id,
        "title": content.title,
        "question": content.question,
        "amount": content.amount,
        "deadline": content.deadline,
        "urgent": bool(content.urgent_reason),
        "drafter_person_id": person.person_id,
        "drafter_name": person.name,
        "drafter_unit_id": seat.unit_id,
        "drafter_unit_name": seat.unit_name,
        "revision": fixed.number,
        "content_hash": fixed.content_hash,
        "round": round,
        "last_seq": seq,
        "updated_at": at,
    }
    kind = machine.REVISED if revising else machine.SUBMITTED
    before = _steps(case)
    made = case
    if not stays:
        payload["route"] = _carried(case, route) if revising else route
        made = _begin(
            tenant_id, case_id, case, round, kind, seq, substance, payload, changes, post.post_id, at
        )
    else:
        Case.objects.filter(tenant_id=tenant_id, id=case_id).update(**changes)
    capacity = machine.SECRETARY if "by_post" in payload else machine.OWN_CAPACITY
    event = writes.record(
        tenant_id=tenant_id,
        case_id=case_id,
        seq=seq,
        round=round,
        revision=fixed.number,
        doing=writes.Doing(kind, act_id, at, person, seat, capacity, None, note),
        payload=payload,
        content=content.to_json(),
        attachments=[file.to_json() for file in fixed.attachments],
    )
    assert made is not None
    begun = None if stays else tuple(steps_of_round(tenant_id, case_id, round)[0].values())
    telling.tell(
        case=made,
        event=event,
        before=before,
        after=_steps(case) if revising else begun or (),
        fresh=begun,
    )
    return Outcome(tenant_id, case_id, seq, kind)


def _steps(case: Case | None) -> tuple[replay.Step, ...]:
    """The steps of the round that the case was in, as they are stored."""
    return tuple(steps_of_round(case.tenant_id, case.id, case.round)[0].values()) if case else ()


def _written_by(actor: Actor, post: HeldPost, at: datetime) -> dict[str, Json]:
    by = drafts.typed_by(actor=actor, post=post, at=at)
    return {"by_post": by.post_id, "by_title": by.title, "by_unit": by.unit_name} if by else {}


def _begin(
    tenant_id: int,
    case_id: UUID,
    case: Case | None,
    round: int,
    kind: str,
    seq: int,
    substance: bool | None,
    payload: dict[str, Json],
    changes: Mapping[str, Any],
    post_id: int,
    at: datetime,
) -> Case:
    """Begin a round: what stood of the last one and stands on is carried over, all else of it is closed."""
    route: Any = payload["route"]
    if case is None:
        case = Case(tenant_id=tenant_id, id=case_id, drafter_post_id=post_id, submitted_at=at, **changes)
        case.save(force_insert=True)
    else:
        kinds = ALL_ANSWERS if kind == machine.REVISED else AGREED
        if substance is False:
            before = tuple(steps_of_round(tenant_id, case_id, case.round)[0].values())
            kept = replay.kept(planning.first_steps(route), replay.answers_standing(before, kinds), kinds)
            if kept:
                payload["kept"] = {str(place): answer for place, answer in kept.items()}
        _close_round(case)
        Case.objects.filter(tenant_id=tenant_id, id=case_id).update(**changes)
    happened = planning.happened(kind=kind, round=round, position=None, seq=seq, payload=payload)
    _, rounds = replay.happen(machine.ROUTED, {}, happened)
    Step.objects.bulk_create(planning.step_rows(tenant_id, case_id, round, route, rounds[round], at))
    return case


def _close_round(case: Case) -> None:
    """Nobody is asked in a round that a later one replaced; what was answered in it stays as it was."""
    Step.objects.filter(
        tenant_id=case.tenant_id, case_id=case.id, round=case.round, state__in=replay.PENDING
    ).update(state=machine.CLOSED, held_seq=None)


def _same_route(case: Case, route: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the table asks the same posts in the same order as for the revision before."""
    last = _planned(case)
    shape = [(e["stage"], e["kind"], e["post"], e["delegated"]) for e in route]
    return shape == [
        (e["stage"], e["kind"], e["post"], e["delegated"]) for e in last if not e.get("added_by")
    ]


def _planned(case: Case) -> list[dict[str, Any]]:
    """The route as the current round began."""
    return list(
        Event.objects.filter(
            tenant_id=case.tenant_id,
            case_id=case.id,
            round=case.round,
            kind__in=machine.FIXING,
            payload__has_key="route",
        )
        .earliest("seq")
        .payload["route"]
    )


def _carried(case: Case | None, route: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A route planned anew for a case in flight, with the steps that had been added by hand put before the decider."""
    if case is None:
        return route
    added = Step.objects.filter(
        tenant_id=case.tenant_id, case_id=case.id, round=case.round, added_by__isnull=False
    ).exclude(state__in=(machine.REMOVED, machine.CLOSED))
    posts = {entry["post"] for entry in route}
    by_hand = [step for step in added.order_by("stage", "position") if step.post_id not in posts]
    if not by_hand:
        return route
    decider = next(entry["stage"] for entry in route if entry["kind"] == machine.DECIDE)
    shifted = [
        entry | {"stage": entry["stage"] + (len(by_hand) if entry["stage"] >= decider else 0)}
        for entry in route
    ]
    last = max(entry["position"] for entry in route)
    return shifted + [
        {
            "position": last + n,
            "stage": decider + n - 1,
            "kind": step.kind,
            "post": step.post_id,
            "post_title": step.post_title,
            "unit": step.unit_name,
            "delegated": False,
            "own": False,
            "reasons": step.reasons,
            "added_by": step.added_by,
        }
        for n, step in enumerate(by_hand, start=1)
    ]
