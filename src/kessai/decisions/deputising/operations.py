"""Telling a deputy beforehand (事前の指示): the decider says that a case may be decided while they are away."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions import access, clearances, machine, repeats, replay, rules, writes
from kessai.decisions.deputising import queries
from kessai.decisions.deputising import rules as deputising
from kessai.decisions.models import Case
from kessai.decisions.original import steps_of_round
from kessai.decisions.repeats import Outcome
from kessai.decisions.telling import writes as telling
from kessai.kernel.actor import Actor
from kessai.kernel.words import N_
from kessai.ledger.sealing import Json


class CannotTell(rules.CannotAct):
    """The deputy is not told; nothing has changed."""


def instruct(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    deputy_post_id: int,
    seen: str,
    act_id: UUID,
    at: datetime,
    remark: str = "",
) -> Outcome:
    """Tell a deputy to decide this case, in this version, while the decider is away (S03).

    By whoever holds the decider's post, at any time before the decision. Errors: CannotTell, CannotAct.
    """
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        assert case is not None
        if (done := repeats.earlier(tenant_id, case_id, act_id, actor)) is not None:
            return done
        step = _decider(case)
        if step is None or case.state != machine.ROUTED:
            raise CannotTell(
                N_("この案件は、いま決裁の途中にありません。"), N_("案件を開き直してください。"), changed=True
            )
        if step.post_id not in seeing.held:
            raise CannotTell(
                N_("事前の指示ができるのは、この案件の決裁権者だけです。"),
                N_("決裁権者に頼んでください。"),
            )
        if repeats.hash_of(seen) != repeats.now(case).seen:
            raise rules.changed_since(repeats.now(case), repeats.hash_of(seen))
        payload = _told(case, step, deputy_post_id, at)
        seq, at = case.last_seq + 1, max(at, case.updated_at)
        doing = writes.Doing(
            kind=machine.INSTRUCTED,
            act_id=act_id,
            at=at,
            person=seeing.name,
            seat=seeing.held[step.post_id],
            capacity=machine.OWN_CAPACITY,
            position=None,
            remark=repeats.remark_of(remark),
        )
        event = writes.record(
            tenant_id=tenant_id,
            case_id=case_id,
            seq=seq,
            round=case.round,
            revision=case.revision,
            doing=doing,
            payload=payload,
        )
        Case.objects.filter(tenant_id=tenant_id, id=case_id).update(last_seq=seq, updated_at=at)
        telling.tell(case=case, event=event, before=(), after=(), also_posts=[deputy_post_id])
    return Outcome(tenant_id, case_id, seq, machine.INSTRUCTED)


def _decider(case: Case) -> replay.Step | None:
    steps, _ = steps_of_round(case.tenant_id, case.id, case.round)
    return next((s for s in steps.values() if s.kind == machine.DECIDE), None)


def _told(case: Case, step: replay.Step, deputy_post_id: int, at: datetime) -> dict[str, Json]:
    """Who is told, and of which version. Errors: CannotTell for one who is no deputy, or where nobody may be told."""
    facts = queries.facts_of_step(case=case, kind=step.kind, post_id=step.post_id, at=at)
    if facts is not None and facts.settings.instruction_lifts == deputising.NOTHING:
        raise CannotTell(
            N_("この府省庁では、事前の指示による代決は認められていません。"),
            N_("戻ってから決裁してください。"),
        )
    deputy = next((d for d in facts.post.deputies if d.post_id == deputy_post_id), None) if facts else None
    if facts is None or deputy is None:
        raise CannotTell(
            N_("その職は、この事案の代決者ではありません。"), N_("代決者の中から選んでください。")
        )
    if deputy.holders and not any(person.cleared for person in deputy.holders):
        raise CannotTell(clearances.NOBODY_CLEARED, N_("ほかの代決者を選んでください。"), post=deputy.title)
    seat = facts.deputy_seat(deputy.post_id).seat
    return {
        "content_hash": bytes(case.content_hash).hex(),
        "deputy_post": seat.post_id,
        "deputy_title": seat.title,
        "deputy_unit": seat.unit_name,
        "deputy_names": "・".join(person.name for person in deputy.holders),
    }
