"""Acts on a case as a whole: withdraw, cancel, send a refusal up, revise in flight; and on the steps of its route."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kessai.decisions import (
    access,
    fixing,
    machine,
    mergers,
    planning,
    pull_up,
    repeats,
    replay,
    rules,
    writes,
)
from kessai.decisions.authority import writes as authority
from kessai.decisions.course import common
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.operations import CannotSubmit
from kessai.decisions.original import steps_of_round
from kessai.decisions.repeats import Outcome
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost
from kessai.organisation.rules import Seat

ADDED_REASON = N_("%(post)sが加えました：%(said)s")
MOVED_REASON = N_("%(post)sが所掌違いとして移しました：%(said)s")
SETTLE_REASON = N_("不同意について、双方の上位の職が裁定します。")
BY_HAND = (machine.REVIEW, machine.CONSENT, machine.CONSULT, machine.CIRCULATE)


@dataclass(frozen=True, slots=True)
class _At:
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
        return rules.CaseNow(self.case.state, bytes(self.case.content_hash))

    def drafting_post(self) -> HeldPost | None:
        """The drafting post, where it is the actor's, or its successor."""
        return self.seeing.held.get(self.case.drafter_post_id)


Prepared = tuple[HeldPost, int | None, dict[str, Any]]
"""As which post it is done, at which position, and what goes on the record."""


def _act(
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    act_id: UUID,
    at: datetime,
    remark: str,
    event: str,
    prepare: Callable[[_At], Prepared],
) -> Outcome:
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        assert case is not None
        if (done := repeats.earlier(tenant_id, case_id, act_id, actor)) is not None:
            return done
        stored, rows = steps_of_round(tenant_id, case_id, case.round)
        route = mergers.route_on(tuple(stored.values()), day_in_japan(at))
        here = _At(case, seeing, route, rows, max(at, case.updated_at), repeats.remark_of(remark))
        seat, position, payload = prepare(here)
        if route.merged:
            payload["merged"] = list(route.merged)
        doing = writes.Doing(
            event, act_id, here.at, seeing.name, seat, machine.OWN_CAPACITY, position, here.remark
        )
        written = writes.carry_out(
            case=case,
            before=route.before,
            doing=doing,
            payload={"content_hash": bytes(case.content_hash).hex(), **payload},
        )
        return Outcome(tenant_id, case_id, written.seq, event)


def _as_drafter(here: _At, act: str) -> HeldPost:
    """The drafting post of the actor, if the act on the case may be done now."""
    post = here.drafting_post()
    rules.judge_case(here.now, rules.Attempt(act, None, here.remark), may=post is not None)
    assert post is not None
    return post


def withdraw(*, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime) -> Outcome:
    """Pull a submitted case back to be a draft again, while nobody has acted on it (S08)."""

    def prepare(here: _At) -> Prepared:
        post = _as_drafter(here, machine.WITHDRAW)
        since = common.fixed_last(here.case, began_round=True)
        rules.judge_withdraw(here.steps, since.seq, repeats.kinds(here.case), repeats.describe(here.case))
        return post, None, {}

    return _act(actor, tenant_id, case_id, act_id, at, "", machine.WITHDRAWN_EVENT, prepare)


def cancel(
    *, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime, reason: str
) -> Outcome:
    """End the own case (取止め), with a reason; it cannot be submitted again."""

    def prepare(here: _At) -> Prepared:
        return _as_drafter(here, machine.CANCEL), None, {}

    return _act(actor, tenant_id, case_id, act_id, at, reason, machine.CANCELLED_EVENT, prepare)


def escalate(
    *, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime, reason: str
) -> Outcome:
    """Send a refused consent up as unsettled, with an account of the talks, to the lowest post above both units."""

    def prepare(here: _At) -> Prepared:
        post = _as_drafter(here, machine.ESCALATE)
        refused = [step for step in here.steps if step.state == machine.REFUSED]
        if not refused:
            raise rules.CannotAct(
                N_("不同意の合議がないため、裁定に出せません。"), N_("意見があるときは質問で聞いてください。")
            )
        if any(step.kind == machine.SETTLE and step.state == machine.OPEN for step in here.steps):
            raise rules.CannotAct(
                N_("もう裁定に出されています。"), N_("裁定を待ってください。"), changed=True
            )
        seat = common.common_superior(
            [here.case.drafter_post_id, *(step.post_id for step in refused)], on=day_in_japan(here.at)
        )
        step = replay.Step(
            max(s.position for s in here.steps) + 1,
            refused[0].stage,
            machine.SETTLE,
            seat.post_id,
            machine.WAITING,
        )
        entry = pull_up.entry(step, seat.title, seat.unit_name, SETTLE_REASON, post.title)
        return post, None, {"added": [entry]}

    return _act(actor, tenant_id, case_id, act_id, at, reason, machine.ESCALATED, prepare)


def add_step(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    kind: str,
    post_id: int,
    act_id: UUID,
    at: datetime,
    reason: str,
) -> Outcome:
    """Add a step behind the own one and before the decider (S15); a consultation or a reader is asked at once."""

    def prepare(here: _At) -> Prepared:
        own = _own_step(here, position, machine.ADD_STEP)
        if kind not in BY_HAND:
            raise rules.CannotAct(N_("加えられない種類の段階です。"), N_("種類を選び直してください。"))
        seat = _known(here, post_id)
        if any(
            s.post_id == seat.post_id and s.kind == kind and s.state in replay.PENDING for s in here.steps
        ):
            raise rules.CannotAct(
                N_("%(post)sは、もうこの経路に入っています。"),
                N_("ほかの職を選んでください。"),
                post=seat.title,
            )
        held = here.seeing.held[own.post_id]
        step = replay.Step(
            max(s.position for s in here.steps) + 1,
            common.place_after(here.steps, own, kind),
            kind,
            seat.post_id,
            machine.WAITING,
            added_by=held.post_id,
        )
        entry = pull_up.entry(step, seat.title, seat.unit_name, ADDED_REASON, held.title, here.remark)
        return held, position, {"added": [entry]}

    return _act(actor, tenant_id, case_id, act_id, at, reason, machine.STEP_ADDED, prepare)


def remove_step(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    target: int,
    act_id: UUID,
    at: datetime,
    reason: str = "",
) -> Outcome:
    """Take out a step that the own post added by hand, while it has not acted (S16)."""

    def prepare(here: _At) -> Prepared:
        step = _step(here, target)
        if step.added_by is None:
            raise _demanded(here, step)
        held = here.seeing.held.get(step.added_by)
        if held is None:
            raise rules.CannotAct(
                N_("この段階を外せるのは、加えた人だけです。"), N_("加えた職に頼んでください。")
            )
        if here.case.state != machine.ROUTED or step.state not in (machine.WAITING, machine.OPEN):
            raise rules.CannotAct(
                N_("この段階はもう処理が済んでいるため、外せません。"),
                N_("案件を開き直してください。"),
                changed=True,
            )
        return held, None, {"to": target}

    return _act(actor, tenant_id, case_id, act_id, at, reason, machine.STEP_REMOVED, prepare)


def move_consent(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    post_id: int,
    act_id: UUID,
    at: datetime,
    reason: str,
) -> Outcome:
    """Move a consent or a consultation added by hand to the unit whose remit it is (S17)."""

    def prepare(here: _At) -> Prepared:
        own = _own_step(here, position, machine.MOVE)
        if own.added_by is None:
            raise _demanded(here, own)
        seat = _known(here, post_id)
        if any(
            s.post_id == seat.post_id and s.kind == own.kind and s.state in replay.PENDING for s in here.steps
        ):
            raise rules.CannotAct(
                N_("%(post)sは、もうこの経路に入っています。"),
                N_("ほかの職を選んでください。"),
                post=seat.title,
            )
        held = here.seeing.held[own.post_id]
        step = replay.Step(
            max(s.position for s in here.steps) + 1,
            own.stage,
            own.kind,
            seat.post_id,
            machine.WAITING,
            added_by=own.added_by,
        )
        entry = pull_up.entry(step, seat.title, seat.unit_name, MOVED_REASON, held.title, here.remark)
        return held, position, {"added": [entry], "to": position}

    return _act(actor, tenant_id, case_id, act_id, at, reason, machine.MOVED, prepare)


def begin_revision(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> None:
    """Open the draft of a case in flight for a revision. The case goes on with the last one until it is put in."""
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        assert case is not None
        rules.judge_case(
            rules.CaseNow(case.state, bytes(case.content_hash)),
            rules.Attempt(machine.REVISE, None, ""),
            may=case.drafter_post_id in seeing.held,
        )
        draft = drafting.lock(tenant_id=tenant_id, draft_id=case_id)
        if draft is not None and not draft.open:
            drafting.reopen(tenant_id=tenant_id, draft_id=case_id, at=max(at, draft.updated_at))


def revise(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    act_id: UUID,
    at: datetime,
    substance: bool,
    version: int | None = None,
    files: Collection[UUID] | None = None,
    note: str = "",
) -> Outcome:
    """Put the revised draft in the place of the revision in flight; ``substance``: whether the substance changes (S18).

    Unchanged: approvals and consents stand, bound to the revision they were given to. Changed: all is asked again.
    A changed amount or flag has the route read again, by the table of the last submission. Errors: CannotSubmit.
    """
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        assert case is not None
        if (done := repeats.earlier(tenant_id, case_id, act_id, actor)) is not None:
            return done
        held = seeing.held.get(case.drafter_post_id)
        rules.judge_case(
            rules.CaseNow(case.state, bytes(case.content_hash)),
            rules.Attempt(machine.REVISE, None, ""),
            may=held is not None,
        )
        draft = drafting.lock(tenant_id=tenant_id, draft_id=case_id)
        post = drafts.post_of(actor=actor, tenant_id=tenant_id, draft_id=case_id, at=at)
        assert draft is not None
        stored = {file.id: file.sha256 for file in drafts.attachments(tenant_id=tenant_id, draft_id=case_id)}
        if (
            not draft.open
            or version not in (None, draft.version)
            or (files is not None and set(files) != set(stored))
        ):
            raise rules.CannotAct(
                N_("内容か添付が、ほかの画面で変わっています。"),
                N_("いまの内容を確かめてから、もう一度出してください。"),
                changed=True,
            )
        day = day_in_japan(common.fixed_last(case, submitted=True).at)
        planned = planning.read_and_plan(
            tenant_id=tenant_id,
            post_id=case.drafter_post_id,
            matter_code=draft.matter_code,
            typed=draft.typed,
            on=day,
        )
        enacts = authority.bound(
            tenant_id=tenant_id,
            draft_id=case_id,
            content=planned.content,
            files=stored.values(),
            on=day_in_japan(at),
        )
        if planned.problems or enacts.problems or planned.plan is None:
            raise CannotSubmit((*planned.problems, *enacts.problems))
        return fixing.put_on_route(
            actor=actor,
            tenant_id=tenant_id,
            case_id=case_id,
            planned=planned,
            enacts=enacts,
            post=post,
            draft_post_id=draft.post_id,
            act_id=act_id,
            at=max(at, case.updated_at, draft.updated_at),
            substance=substance,
            revising=True,
            note=repeats.remark_of(note),
        )


def _step(here: _At, position: int) -> replay.Step:
    step = here.route.now.get(position)
    if step is None:
        raise rules.CannotAct(
            N_("この案件の経路は、画面を開いた後に変わっています。"),
            N_("案件を開き直して、いまの状態を確かめてください。"),
            changed=True,
        )
    return step


def _own_step(here: _At, position: int, act: str) -> replay.Step:
    """The open step of the actor's post from which the act is done."""
    step = here.route.now.get(position)
    answer = repeats.answer_to(here.case, step)
    rules.judge(
        here.now,
        step,
        rules.Attempt(act, None, here.remark),
        holds_post=step is not None and step.post_id in here.seeing.held,
        answered_by=repeats.said_by(answer) if answer else "",
    )
    assert step is not None
    return step


def _known(here: _At, post_id: int) -> Seat:
    seat = organisation.seats(post_ids=[post_id], on=day_in_japan(here.at)).get(post_id)
    if seat is None or seat.tenant_id != here.case.tenant_id:
        raise rules.CannotAct(N_("その職は、いまの組織にありません。"), N_("職を選び直してください。"))
    return seat


def _demanded(here: _At, step: replay.Step) -> rules.CannotAct:
    """A42: what the table demands is not taken out, nor moved."""
    row = here.rows[step.position]
    reason = next((r for r in row.reasons if r.get("clause")), None)
    submitted: Event = common.fixed_last(here.case)
    return rules.CannotAct(
        N_("%(post)sの段階は、%(table)s（%(clause)s）が求めているため、変えられません。"),
        N_("規程が合わないときは、規程の担当課に相談してください。"),
        post=row.post_title,
        table=str(submitted.payload.get("table_name", "")),
        clause=str(reason["clause"]) if reason else "",
    )
