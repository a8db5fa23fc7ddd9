"""Acts on a case as a whole: withdraw, cancel, send a refusal up, revise in flight; and on the steps of its route."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions import (
    access,
    clearances,
    counting,
    fixing,
    frame,
    machine,
    planning,
    pull_up,
    repeats,
    replay,
    rules,
    writes,
)
from kessai.decisions.authority import writes as authority
from kessai.decisions.by_hand import rules as by_hand
from kessai.decisions.course import common
from kessai.decisions.flagging import queries as flagging
from kessai.decisions.operations import CannotSubmit
from kessai.decisions.receiving import queries as receiving
from kessai.decisions.repeats import Outcome
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.drafting.inspecting import queries as inspecting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_
from kessai.organisation.settings import settings_of

MOVED_REASON = N_("%(post)sが所掌違いとして移しました：%(said)s")
SETTLE_REASON = N_("不同意について、双方の上位の職が裁定します。")


def withdraw(*, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime) -> Outcome:
    """Pull a submitted case back to be a draft again, while nobody has acted on it (S08)."""

    def prepare(here: frame.Here) -> frame.Prepared:
        post = frame.as_drafter(here, machine.WITHDRAW)
        rules.judge_withdraw(repeats.done(here.case), repeats.describe(here.case))
        return post, None, {}

    return frame.act(actor, tenant_id, case_id, act_id, at, "", machine.WITHDRAWN_EVENT, prepare)


def cancel(
    *, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime, reason: str
) -> Outcome:
    """End the own case (取止め), with a reason; it cannot be submitted again."""

    def prepare(here: frame.Here) -> frame.Prepared:
        return frame.as_drafter(here, machine.CANCEL), None, {}

    return frame.act(actor, tenant_id, case_id, act_id, at, reason, machine.CANCELLED_EVENT, prepare)


def escalate(
    *, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime, reason: str
) -> Outcome:
    """Send a refused consent up as unsettled, with an account of the talks, to the lowest post above both units."""

    def prepare(here: frame.Here) -> frame.Prepared:
        post = frame.as_drafter(here, machine.ESCALATE)
        refused = counting.stopping(here.steps)
        if not refused and any(step.state == machine.REFUSED for step in here.steps):
            raise rules.CannotAct(
                N_("ほかの合議先の同意が必要な数に達すれば進むため、まだ裁定に出せません。"),
                N_("残りの合議先の答えを待ってください。"),
            )
        if not refused:
            raise rules.CannotAct(
                N_("不同意の合議がないため、裁定に出せません。"), N_("意見があるときは質問で聞いてください。")
            )
        if any(step.kind == machine.SETTLE and step.state in replay.PENDING for step in here.steps):
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

    return frame.act(actor, tenant_id, case_id, act_id, at, reason, machine.ESCALATED, prepare)


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
    answer_by: date | None = None,
    later: bool = False,
) -> Outcome:
    """Add a step behind the own one and before the decider (S15); a consultation or a reader is asked at once.

    ``answer_by``, ``later``: by when the answer is asked for, see by_hand.rules.judge_answer_by.
    """

    def prepare(here: frame.Here) -> frame.Prepared:
        own = frame.own_step(here, position, machine.ADD_STEP)
        by_hand.judge_approver(settings_of(tenant_id=tenant_id, on=day_in_japan(here.at)))
        if kind not in by_hand.KINDS:
            raise rules.CannotAct(N_("加えられない種類の段階です。"), N_("種類を選び直してください。"))
        by_hand.judge_answer_by(
            kind, answer_by, today=day_in_japan(here.at), deadline=here.case.deadline, later=later
        )
        seat = frame.known_post(here, post_id)
        if rules.on_route(here.steps, seat.post_id, kind):
            raise rules.CannotAct(
                N_("%(post)sは、もうこの経路に入っています。"),
                N_("ほかの職を選んでください。"),
                post=seat.title,
            )
        frame.refuse_drafting_post(here, seat, kind)
        held = here.seeing.held[own.post_id]
        step = replay.Step(
            max(s.position for s in here.steps) + 1,
            common.place_after(here.steps, own, kind),
            kind,
            seat.post_id,
            machine.WAITING,
            added_by=held.post_id,
            answer_by=answer_by,
        )
        entry = pull_up.entry(step, seat.title, seat.unit_name, by_hand.REASON, held.title, here.remark)
        return held, position, {"added": [entry]}

    return frame.act(actor, tenant_id, case_id, act_id, at, reason, machine.STEP_ADDED, prepare)


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

    def prepare(here: frame.Here) -> frame.Prepared:
        step = frame.step_at(here, target)
        if step.added_by is None:
            raise frame.demanded(here, step)
        held = here.seeing.held.get(step.added_by)
        if held is None:
            raise rules.CannotAct(
                N_("この段階を外せるのは、加えた人だけです。"), N_("加えた職に頼んでください。")
            )
        if not rules.may_take_out(here.case.state, step):
            raise rules.CannotAct(
                N_("この段階はもう処理が済んでいるため、外せません。"),
                N_("案件を開き直してください。"),
                changed=True,
            )
        return held, None, {"to": target}

    return frame.act(actor, tenant_id, case_id, act_id, at, reason, machine.STEP_REMOVED, prepare)


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

    def prepare(here: frame.Here) -> frame.Prepared:
        own = frame.own_step(here, position, machine.MOVE)
        if own.added_by is None:
            raise frame.demanded(here, own)
        seat = frame.known_post(here, post_id)
        if rules.on_route(here.steps, seat.post_id, own.kind):
            raise rules.CannotAct(
                N_("%(post)sは、もうこの経路に入っています。"),
                N_("ほかの職を選んでください。"),
                post=seat.title,
            )
        frame.refuse_drafting_post(here, seat, own.kind)
        held = here.seeing.held[own.post_id]
        step = replay.Step(
            max(s.position for s in here.steps) + 1,
            own.stage,
            own.kind,
            seat.post_id,
            machine.WAITING,
            added_by=own.added_by,
            answer_by=by_hand.still_ahead(own.answer_by, day_in_japan(here.at)),
        )
        entry = pull_up.entry(step, seat.title, seat.unit_name, MOVED_REASON, held.title, here.remark)
        return held, position, {"added": [entry], "to": position}

    return frame.act(actor, tenant_id, case_id, act_id, at, reason, machine.MOVED, prepare)


def begin_revision(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> None:
    """Open the draft of a case in flight for a revision. The case goes on with the last one until it is put in."""
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        assert case is not None
        rules.judge_case(
            repeats.now(case),
            rules.Attempt(machine.REVISE, None, ""),
            may=case.drafter_post_id in seeing.held,
        )
        draft = drafting.lock(tenant_id=tenant_id, draft_id=case_id)
        if draft is not None and not draft.open:
            drafting.reopen(
                tenant_id=tenant_id,
                draft_id=case_id,
                person=actor.person_id,
                at=max(at, draft.updated_at),
            )


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
            repeats.now(case),
            rules.Attempt(machine.REVISE, None, ""),
            may=held is not None,
        )
        draft = drafting.lock(tenant_id=tenant_id, draft_id=case_id)
        post = drafts.post_of(actor=actor, tenant_id=tenant_id, draft_id=case_id, at=at)
        assert draft is not None
        stored = {file.id: file for file in drafts.attachments(tenant_id=tenant_id, draft_id=case_id)}
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
        flags = flagging.on_draft(tenant_id, case_id, draft.typed)
        planned = planning.read_and_plan(
            tenant_id=tenant_id,
            post_id=case.drafter_post_id,
            matter_code=draft.matter_code,
            typed=draft.typed,
            on=day,
            raised=flags.kept,
        )
        enacts = authority.bound(
            tenant_id=tenant_id,
            draft_id=case_id,
            content=planned.content,
            files=[file.sha256 for file in stored.values()],
            on=day_in_japan(at),
        )
        needs = planning.needs_of(planned)
        unseen = (
            *clearances.problems(actor.person_id, needs, tenant_id=tenant_id, at=at),
            *receiving.problems(tenant_id=tenant_id, draft_id=case_id, needs=needs),
        )
        unfit = inspecting.problems(tenant_id=tenant_id, files=stored.values(), on=day_in_japan(at))
        if planned.problems or enacts.problems or unseen or unfit or planned.plan is None:
            raise CannotSubmit((*planned.problems, *enacts.problems, *unseen, *unfit))
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
            lowered=flags.lowered,
            raised_by=flags.raised_by,
        )
