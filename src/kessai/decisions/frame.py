"""The frame of one act: the case locked, sight checked, a repetition answered, the event recorded with what follows.

What an act needs and what of it goes on the record is prepared by the act itself, inside the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kessai.decisions import access, clearances, machine, mergers, repeats, replay, rules, writes
from kessai.decisions.circulating import writes as circulating
from kessai.decisions.course import common
from kessai.decisions.joint import rules as joint
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.original import steps_of_round
from kessai.decisions.repeats import Outcome
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost
from kessai.organisation.rules import Seat


@dataclass(frozen=True, slots=True)
class Here:
    """A locked case as an act finds it."""

    case: Case
    seeing: access.Sight
    route: mergers.Route
    rows: Mapping[int, Step]
    at: datetime
    remark: str

    @property
    def steps(self) -> tuple[replay.Step, ...]:
        return tuple(self.route.now.values())

    @property
    def now(self) -> rules.CaseNow:
        return repeats.now(self.case)

    def drafting_post(self) -> HeldPost | None:
        """The drafting post, where it is the actor's, or its successor."""
        return self.seeing.held.get(self.case.drafter_post_id)


Prepared = tuple[HeldPost, int | None, dict[str, Any]]
"""As which post it is done, at which position, and what goes on the record; there ``for_post`` is the post in whose
place it is done."""


def act(
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    act_id: UUID,
    at: datetime,
    remark: str,
    event: str,
    prepare: Callable[[Here], Prepared],
    then: Callable[[Case, Event], None] | None = None,
) -> Outcome:
    """Do one act in a transaction of its own; ``event``: the kind that it leaves. Errors: NotFound, CannotAct.

    ``then``: what else follows from the case's events, once this one is among them.
    """
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        assert case is not None
        if (done := repeats.earlier(tenant_id, case_id, act_id, actor)) is not None:
            return done
        here = _found(case, seeing, at, remark)
        route = here.route
        seat, position, payload = prepare(here)
        if route.merged and event in replay.EFFECTS:
            payload["merged"] = list(route.merged)
        capacity = machine.ACTING if "for_post" in payload else machine.OWN_CAPACITY
        doing = writes.Doing(event, act_id, here.at, seeing.name, seat, capacity, position, here.remark)
        payload = {"content_hash": bytes(case.content_hash).hex(), **payload}
        payload |= circulating.ending(case=case, before=route.before, doing=doing, payload=payload)
        written = writes.carry_out(
            case=case,
            before=route.before,
            doing=doing,
            payload=payload,
            changes={"number": payload["number"]} if event == machine.NUMBERED else None,
        )
        if then is not None:
            then(case, written)
        return repeats.outcome_of(written)


def unlocked(
    actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime, remark: str
) -> Here | None:
    """A case as an act would find it now, to judge by before something that takes long; the act judges again.

    None where it was done already. Errors: NotFound.
    """
    seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    if repeats.earlier(tenant_id, case_id, act_id, actor) is not None:
        return None
    return _found(Case.objects.get(tenant_id=tenant_id, id=case_id), seeing, at, remark)


def _found(case: Case, seeing: access.Sight, at: datetime, remark: str) -> Here:
    stored, rows = steps_of_round(case.tenant_id, case.id, case.round)
    route = mergers.route_on(tuple(stored.values()), day_in_japan(at))
    return Here(case, seeing, route, rows, max(at, case.updated_at), repeats.remark_of(remark))


def as_drafter(here: Here, act: str) -> HeldPost:
    """The drafting post of the actor, if the act on the case may be done now."""
    post = here.drafting_post()
    rules.judge_case(here.now, rules.Attempt(act, None, here.remark), may=post is not None)
    assert post is not None
    return post


def step_at(here: Here, position: int) -> replay.Step:
    step = here.route.now.get(position)
    if step is None:
        raise rules.CannotAct(
            N_("この案件の経路は、画面を開いた後に変わっています。"),
            N_("案件を開き直して、いまの状態を確かめてください。"),
            changed=True,
        )
    return step


def own_step(here: Here, position: int, act: str, *, seen: bytes | None = None) -> replay.Step:
    """The open step of the actor's post from which the act is done."""
    step = here.route.now.get(position)
    answer = repeats.answer_to(here.case, step)
    rules.judge(
        here.now,
        step,
        rules.Attempt(act, seen, here.remark),
        holds_post=step is not None and step.post_id in here.seeing.held,
        answered_by=repeats.answered_by(here.case, answer),
    )
    assert step is not None
    return step


def known_post(here: Here, post_id: int) -> Seat:
    """A post that somebody wants to have asked, if somebody there may see the case. Errors: CannotAct."""
    seat = organisation.seats(post_ids=[post_id], on=day_in_japan(here.at)).get(post_id)
    if seat is None or seat.tenant_id != here.case.tenant_id:
        raise rules.CannotAct(N_("その職は、いまの組織にありません。"), N_("職を選び直してください。"))
    clearances.require_post(seat, here.case.needs, at=here.at)
    return seat


def refuse_drafting_post(here: Here, seat: Seat, kind: str) -> None:
    """Nobody lets their own draft pass in the post that drafted it (S14), not even where a step is added by hand."""
    drafting = organisation.seats(post_ids=[here.case.drafter_post_id], on=day_in_japan(here.at))
    if kind not in machine.READING and seat.post_id in {found.post_id for found in drafting.values()}:
        raise rules.CannotAct(
            N_("%(post)sはこの案件を起案した職なので、判断する段階には入れられません。"),
            N_("ほかの職を選んでください。"),
            post=seat.title,
        )


def demanded(here: Here, step: replay.Step) -> rules.CannotAct:
    """A42: what the table demands is not taken out, nor moved."""
    row = here.rows[step.position]
    if joint.is_joint(row.reasons):
        return rules.CannotAct(
            N_("%(post)sは、連名の部署として決裁する職なので、段階を変えられません。"),
            N_("連名をやめるときは、起案者が連名の部署を直し、主旨の変わる修正として出します。"),
            post=row.post_title,
        )
    reason = next((r for r in row.reasons if r.get("clause")), None)
    submitted: Event = common.fixed_last(here.case)
    return rules.CannotAct(
        N_("%(post)sの段階は、%(table)s（%(clause)s）が求めているため、変えられません。"),
        N_("規程が合わないときは、規程の担当課に相談してください。"),
        post=row.post_title,
        table=str(submitted.payload.get("table_name", "")),
        clause=str(reason["clause"]) if reason else "",
    )
