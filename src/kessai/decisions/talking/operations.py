"""Talking about a case without deciding it: ask and answer, pass on inside the own unit (回付), drop a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from kessai.decisions import capacities, frame, machine, repeats
from kessai.decisions.anchors import Anchor
from kessai.decisions.models import Event, Request
from kessai.decisions.pinning import queries as pinning
from kessai.decisions.repeats import Outcome
from kessai.decisions.talking import queries, rules
from kessai.decisions.talking.writes import request_of
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.rules import Seat


def ask(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    post_id: int,
    act_id: UUID,
    at: datetime,
    question: str,
    about: Anchor | None = None,
) -> Outcome:
    """Ask the drafter, or a post that is on the route or has acted, a question. It changes no step.

    ``about``: the place that it is about, as marked; it must be in the version on its way (CannotPin).
    """

    def prepare(here: frame.Here) -> frame.Prepared:
        seat = frame.known_post(here, post_id)
        posts = queries.concerned(here.case)
        askable = organisation.seats(post_ids=posts, on=day_in_japan(here.at)).values()
        speakers = queries.speakers(here.seeing, here.case, posts)
        mine = [post for post in speakers if post.post_id != seat.post_id]
        rules.judge_ask(
            here.case.state,
            here.remark,
            askable=any(each.post_id == seat.post_id for each in askable),
            own=not mine,
            speaks=bool(speakers),
        )
        return mine[0], None, _to(seat) | pinning.bound(here.case, about, here.remark)

    return frame.act(actor, tenant_id, case_id, act_id, at, question, machine.ASKED, prepare)


def answer(
    *, actor: Actor, tenant_id: int, case_id: UUID, request: int, act_id: UUID, at: datetime, text: str
) -> Outcome:
    """Answer a question, the event ``request``, as who holds the post that was asked, or its deputy."""
    return _back(actor, tenant_id, case_id, request, machine.ANSWER, act_id, at, text)


def forward(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    post_id: int,
    act_id: UUID,
    at: datetime,
    note: str = "",
) -> Outcome:
    """Have a post of the own unit, or below it, look at one's open step first (回付). The step stays one's own."""

    def prepare(here: frame.Here) -> frame.Prepared:
        own = frame.own_step(here, position, machine.FORWARD)
        seat, held = frame.known_post(here, post_id), here.seeing.held[own.post_id]
        units = organisation.units_below(unit_id=held.unit_id, on=day_in_japan(here.at))
        there = Request.objects.filter(
            tenant_id=tenant_id, case_id=case_id, position=position, post_id=seat.post_id, closed_seq=None
        )
        rules.judge_forward(
            inside=seat.unit_id in units,
            own=seat.post_id == held.post_id,
            already=there.exists(),
            post=seat.title,
        )
        return held, position, _to(seat)

    return frame.act(actor, tenant_id, case_id, act_id, at, note, machine.FORWARDED, prepare)


def report(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    request: int,
    act_id: UUID,
    at: datetime,
    text: str = "",
) -> Outcome:
    """Give back what was passed on, with a note or with nothing to remark."""
    return _back(actor, tenant_id, case_id, request, machine.REPORT, act_id, at, text)


def drop(*, actor: Actor, tenant_id: int, case_id: UUID, request: int, act_id: UUID, at: datetime) -> Outcome:
    """Take back a question, or what was passed on, as no longer needed; as who holds the post that asked."""

    def prepare(here: frame.Here) -> frame.Prepared:
        found, asked = _request(here, request)
        held = here.seeing.held.get(asked.post_id) if asked else None
        rules.judge_open(found, may=held is not None, over=_over(here, found))
        assert held is not None and asked is not None and found is not None
        return held, found.position, _about(asked)

    return frame.act(actor, tenant_id, case_id, act_id, at, "", machine.DROPPED, prepare)


def _back(
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    request: int,
    act: str,
    act_id: UUID,
    at: datetime,
    text: str,
) -> Outcome:
    def prepare(here: frame.Here) -> frame.Prepared:
        found, asked = _request(here, request)
        standing = _standing(here, found, act)
        rules.judge_open(found, may=standing.counts, over=_over(here, found))
        assert found is not None and asked is not None
        rules.judge_answer(found, act, here.remark)
        to = {"asker_title": asked.post_title, "asker_unit": asked.unit_name, "asker_name": asked.person_name}
        return standing.seat(), found.position, _about(asked) | to | dict(standing.payload)

    return frame.act(actor, tenant_id, case_id, act_id, at, text, machine.ACT_BY_NAME[act].event, prepare)


def _standing(here: frame.Here, request: rules.Request | None, act: str) -> capacities.Standing:
    """As what the actor answers: as holder of the post that was asked, or, a question, as its deputy.

    A secretary does not: what is answered stands on the record as the post's own word.
    """
    if request is None or request.post_id in here.seeing.held:
        return capacities.Standing(own=here.seeing.held[request.post_id] if request else None)
    if act == machine.ANSWER and request.post_id in here.seeing.stands_in:
        return capacities.answering(seeing=here.seeing, case=here.case, post_id=request.post_id, at=here.at)
    return capacities.Standing()


def _to(seat: Seat) -> dict[str, Any]:
    return {
        "asked_post": seat.post_id,
        "asked_title": seat.title,
        "asked_unit": seat.unit_name,
        "asked_name": seat.holder_name or "",
    }


def _about(asked: Event) -> dict[str, Any]:
    return {"request": asked.seq}


def _request(here: frame.Here, seq: int) -> tuple[rules.Request | None, Event | None]:
    """A request, with the event that made it."""
    of = {"tenant_id": here.case.tenant_id, "case_id": here.case.id, "seq": seq}
    row = Request.objects.filter(**of).first()
    return (request_of(row), Event.objects.get(**of)) if row else (None, None)


def _over(here: frame.Here, request: rules.Request | None) -> str:
    """By what a request was over, in words."""
    if request is None or request.closed is None:
        return ""
    closing = Event.objects.get(tenant_id=here.case.tenant_id, case_id=here.case.id, seq=request.closed)
    return repeats.said_by(closing)
