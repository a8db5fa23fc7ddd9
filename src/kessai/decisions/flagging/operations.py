"""Raising a flag (重要, 異例 …) while a case is under way: the route is read again, and what stands goes on (S23)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kessai.decisions import (
    access,
    clearances,
    continuing,
    machine,
    planning,
    repeats,
    replay,
    rounds,
    rules,
    writes,
)
from kessai.decisions.course import common
from kessai.decisions.flagging import queries
from kessai.decisions.flagging import rules as flagging
from kessai.decisions.models import Case, Event
from kessai.decisions.original import steps_of_round
from kessai.decisions.repeats import Outcome
from kessai.decisions.talking import writes as talking
from kessai.decisions.telling import writes as telling
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_, Text
from kessai.organisation.settings import settings_of
from kessai.routing import queries as routing
from kessai.routing.rules import CannotPlan


def raise_flag(
    *, actor: Actor, tenant_id: int, case_id: UUID, flag: str, act_id: UUID, at: datetime, reason: str
) -> Outcome:
    """Put a flag on a case under way, as any post of its route, with a reason.

    The route is read again by the table and the chart of the latest submission. Where it is another one a round
    begins, in which every answer that was given goes on. Errors: NotFound, CannotAct.
    """
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        assert case is not None
        if (done := repeats.earlier(tenant_id, case_id, act_id, actor)) is not None:
            return done
        said = repeats.remark_of(reason)
        events = queries.of_case(tenant_id, case_id)
        if (same := _same(events, actor, flag, said)) is not None:
            return repeats.outcome_of(same)
        steps = steps_of_round(tenant_id, case_id, case.round)[0].values()
        drafter_only = _by_drafter_only(tenant_id, at)
        place = None if drafter_only else flagging.place_on_route(steps, seeing.held.keys())
        post = seeing.held.get(place.post_id if place else case.drafter_post_id)
        flagging.judge(
            repeats.now(case),
            rules.Attempt(machine.RAISE_FLAG, None, said),
            flag,
            on_route=post is not None,
            there=_there(events),
            drafter_only=drafter_only,
        )
        assert post is not None
        doing = writes.Doing(
            machine.FLAGGED,
            act_id,
            max(at, case.updated_at),
            seeing.name,
            post,
            machine.OWN_CAPACITY,
            place.position if place else None,
            said,
        )
        return _put_on(case, flag, events[-1], doing, place)


def _by_drafter_only(tenant_id: int, at: datetime) -> bool:
    return bool(settings_of(tenant_id=tenant_id, on=day_in_japan(at))["raises_flags"] == "drafter")


def _same(events: list[Event], actor: Actor, flag: str, said: str) -> Event | None:
    """The last flag raised, where it is this one in the same words by the same person: sent from another tab."""
    last = events[-1]
    same = last.kind == machine.FLAGGED and last.payload["flag"] == flag
    return last if same and (last.person_id, last.remark) == (actor.person_id, said) else None


def _there(events: list[Event]) -> dict[str, str]:
    drafter = next(e for e in reversed(events) if e.kind in machine.FIXING and e.position is None)
    return {
        view.flag: view.who or f"{drafter.post_title} {drafter.person_name}"
        for view in queries.flags(events)
        if not view.lowered_by
    }


def _put_on(case: Case, flag: str, ruling: Event, doing: writes.Doing, place: replay.Step | None) -> Outcome:
    planned = _read_again(case, [*ruling.payload.get("flags", ()), flag])
    assert planned.plan is not None
    route = planning.route_json(planned.plan)
    payload: dict[str, Any] = {
        "flag": flag,
        "content_hash": bytes(case.content_hash).hex(),
        **planning.ruling_json(planned),
    }
    seq = case.last_seq + 1
    needs = planning.needs_of(planned)
    clearances.require(doing.person.person_id, needs, tenant_id=case.tenant_id, at=doing.at)
    drafting.mark(tenant_id=case.tenant_id, draft_id=case.id, needs=needs)
    changes = {"flagged_seq": seq, "needs": list(needs), "bulk": planned.plan.row.bulk}
    before = tuple(steps_of_round(case.tenant_id, case.id, case.round)[0].values())
    if rounds.same_route(case, route):
        writes.carry_out(case=case, before=before, doing=doing, payload=payload, changes=changes)
        return Outcome(case.tenant_id, case.id, seq, doing.kind)
    payload |= rounds.read_anew(case, route, stand=continuing.ALL, on=day_in_japan(doing.at))
    doing = replace(doing, position=_place_now(payload, place) if place else None)
    round = case.round + 1
    rounds.begin(
        tenant_id=case.tenant_id,
        case_id=case.id,
        case=case,
        kind=doing.kind,
        seq=seq,
        round=round,
        payload=payload,
        at=doing.at,
    )
    event = writes.record(
        tenant_id=case.tenant_id,
        case_id=case.id,
        seq=seq,
        round=round,
        revision=case.revision,
        doing=doing,
        payload=payload,
    )
    after, begun = (
        tuple(steps_of_round(case.tenant_id, case.id, n)[0].values()) for n in (case.round, round)
    )
    heard = talking.follow(case=case, event=event, state=case.state, steps=begun)
    telling.tell(
        case=case,
        event=event,
        before=before,
        after=rounds.left(after, begun, payload),
        fresh=rounds.newly(before, begun, payload),
        also_posts=heard.posts,
    )
    Case.objects.filter(tenant_id=case.tenant_id, id=case.id).update(
        round=round, last_seq=seq, updated_at=doing.at, **changes
    )
    return Outcome(case.tenant_id, case.id, seq, doing.kind)


def _place_now(payload: Mapping[str, Any], place: replay.Step) -> int | None:
    """Where on the new route the step is as which somebody spoke, or one of its post."""
    goes_on = [int(new) for new, was in payload.get("carried", {}).items() if was == place.position]
    of_post = [entry["position"] for entry in payload["route"] if entry["post"] == place.post_id]
    return next(iter(goes_on + of_post), None)


def _read_again(case: Case, flags: list[str]) -> planning.Planned:
    """The revision in force with its flags, planned by the table and the chart of the latest submission."""
    day = day_in_japan(common.fixed_last(case, submitted=True).at)
    content = drafts.revision(tenant_id=case.tenant_id, draft_id=case.id, number=case.revision).content
    try:
        planned = planning.plan_content(
            matter=routing.matter(tenant_id=case.tenant_id, code=case.matter_code, on=day),
            content=replace(content, flags=frozenset(flags)),
            post_id=case.drafter_post_id,
            on=day,
        )
    except CannotPlan as refusal:
        raise _no_route(refusal.what, refusal.remedy) from refusal
    for problem in planned.problems:
        raise _no_route(problem.text, Text(N_("先に、文書担当課に直してもらってください。")))
    return planned


def _no_route(what: Text, remedy: Text) -> rules.CannotAct:
    refusal = rules.CannotAct(what.message, remedy.message)
    refusal.what, refusal.remedy = what, remedy
    return refusal
