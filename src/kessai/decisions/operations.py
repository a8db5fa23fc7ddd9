"""The public acts on cases. Each is one transaction: state, event and ledger entry commit together or not at all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions import access, capacities, mergers, planning, repeats, rules, tasks, writes
from kessai.decisions.authority import writes as authority
from kessai.decisions.models import Case, DecidedOriginal, Event, Step
from kessai.decisions.original import original_of, steps_of_round
from kessai.decisions.repeats import Outcome as Outcome
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.drafting.rules import Problem
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.ledger.sealing import Json
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost
from kessai.records import writes as records


class CannotSubmit(Cannot):
    """The draft is not submitted; ``problems`` says which field needs what."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(N_("このままでは提出できません。"), N_("印のついた項目を直してください。"))
        self.problems = tuple(problems)


def submit(
    *,
    actor: Actor,
    tenant_id: int,
    draft_id: UUID,
    act_id: UUID,
    at: datetime,
    version: int | None = None,
    files: Collection[UUID] | None = None,
) -> Outcome:
    """Fix the draft as a revision, plan its route by the table and chart of the day, and open the first step.

    ``version`` and ``files`` are the draft's version and attachments as the drafter saw them; refused where
    another screen has changed them since. None takes what is stored.
    """
    today = day_in_japan(at)
    with transaction.atomic():
        draft = drafting.lock(tenant_id=tenant_id, draft_id=draft_id)
        post = drafts.post_of(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
        assert draft is not None
        if (done := repeats.earlier(tenant_id, draft_id, act_id, actor)) is not None:
            return done
        if not draft.open:
            raise rules.CannotAct(
                N_("この案件は提出済みです。"),
                N_("いまどこにあるかは、案件の画面で見られます。"),
                changed=True,
            )
        stored = {file.id: file.sha256 for file in drafts.attachments(tenant_id=tenant_id, draft_id=draft_id)}
        if version not in (None, draft.version) or (files is not None and set(files) != set(stored)):
            raise rules.CannotAct(
                N_("内容か添付が、ほかの画面で変わっています。"),
                N_("いまの内容を確かめてから、もう一度提出してください。"),
                changed=True,
            )
        planned = planning.read_and_plan(
            tenant_id=tenant_id,
            post_id=post.post_id,
            matter_code=draft.matter_code,
            typed=draft.typed,
            on=today,
        )
        enacts = authority.bound(
            tenant_id=tenant_id,
            draft_id=draft_id,
            content=planned.content,
            files=stored.values(),
            on=today,
        )
        if planned.problems or enacts.problems or planned.plan is None:
            raise CannotSubmit((*planned.problems, *enacts.problems))
        at = max(at, draft.updated_at)
        fixed = drafting.fix(tenant_id=tenant_id, draft_id=draft_id, content=planned.content, at=at)
        return _put_on_route(
            actor, tenant_id, draft_id, planned, enacts, fixed, post, draft.post_id, act_id, at
        )


def _put_on_route(
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    planned: planning.Planned,
    enacts: authority.Bound,
    fixed: drafting.Fixed,
    post: HeldPost,
    draft_post_id: int,
    act_id: UUID,
    at: datetime,
) -> Outcome:
    assert planned.plan is not None and planned.table is not None
    post_id = post.post_id
    by = drafts.typed_by(actor=actor, post=post, at=at)
    seat = organisation.seats(post_ids=[post_id], on=day_in_japan(at))[post_id]
    person = organisation.person(person_id=actor.person_id)
    case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
    seq, round = (case.last_seq + 1, case.round + 1) if case else (1, 1)
    content = fixed.content
    changes = {
        "state": rules.ROUTED,
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
    if case is None:
        Case(tenant_id=tenant_id, id=case_id, drafter_post_id=post_id, submitted_at=at, **changes).save(
            force_insert=True
        )
    else:
        Case.objects.filter(tenant_id=tenant_id, id=case_id).update(**changes)
    route = planning.route_json(planned.plan)
    steps = rules.opened(planning.first_steps(route))
    Step.objects.bulk_create(planning.step_rows(tenant_id, case_id, round, route, steps, at))
    capacity = rules.SECRETARY if by else rules.OWN_CAPACITY
    doing = writes.Doing(rules.SUBMITTED, act_id, at, person, seat, capacity, None, "")
    payload: dict[str, Json] = {
        "route": route,
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
        **({"by_post": by.post_id, "by_title": by.title, "by_unit": by.unit_name} if by else {}),
    }
    if enacts.table is not None:
        payload["enacts"] = dict(enacts.table)
    writes.record(
        tenant_id=tenant_id,
        case_id=case_id,
        seq=seq,
        round=round,
        revision=fixed.number,
        doing=doing,
        payload=payload,
        content=content.to_json(),
        attachments=[file.to_json() for file in fixed.attachments],
    )
    return Outcome(tenant_id, case_id, seq, rules.SUBMITTED)


def approve(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    seen: str,
    act_id: UUID,
    at: datetime,
    opinion: str = "",
) -> Outcome:
    """Let a review step pass, or give a unit's consent; the opinion may be empty."""
    return _act(actor, tenant_id, case_id, position, rules.APPROVE, seen, act_id, at, opinion)


def return_to_drafter(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    seen: str,
    act_id: UUID,
    at: datetime,
    reason: str,
) -> Outcome:
    """Send the case back to its drafter, with a reason; every open task is closed."""
    return _act(actor, tenant_id, case_id, position, rules.RETURN, seen, act_id, at, reason)


def decide(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    seen: str,
    act_id: UUID,
    at: datetime,
    opinion: str = "",
) -> Outcome:
    """Decide the case: number, decided original, filing and ledger entry in the one transaction.

    A deputy of the decider decides as acting (代決) while nobody who holds the post is there.
    """
    return _act(actor, tenant_id, case_id, position, rules.DECISION, seen, act_id, at, opinion)


def mark_read(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    act_id: UUID,
    at: datetime,
    remark: str = "",
) -> Outcome:
    """Mark a circulated case, or a post-review, as read; a circulated one also as secretary of the post."""
    return _act(actor, tenant_id, case_id, position, rules.READ, None, act_id, at, remark)


def _act(
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    act: str,
    seen: str | None,
    act_id: UUID,
    at: datetime,
    remark: str,
) -> Outcome:
    today = day_in_japan(at)
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        assert case is not None
        earlier, answer = repeats.said_before(case, position, act_id)
        if earlier is not None:
            return repeats.repeated(earlier, case_id, actor)
        before, posts = steps_of_round(tenant_id, case_id, case.round)
        route = mergers.route_on(tuple(before.values()), today)
        step = route.now.get(position)
        attempt = rules.Attempt(act, repeats.hash_of(seen), repeats.remark_of(remark))
        standing = _standing(seeing, case, step, act, at)
        if answer is not None and standing.counts and repeats.same(answer, actor, step, attempt, case):
            return repeats.outcome_of(answer)
        rules.judge(
            rules.CaseNow(case.state, bytes(case.content_hash)),
            step,
            attempt,
            holds_post=standing.counts,
            answered_by=repeats.said_by(answer),
        )
        assert step is not None
        doing = writes.Doing(
            kind=rules.event_of(step.kind, act),
            act_id=act_id,
            # Clocks of servers differ; within a case time never runs backwards.
            at=max(at, case.updated_at),
            person=seeing.name,
            seat=standing.seat(),
            capacity=standing.capacity(delegated=posts[position].delegated and act == rules.DECISION),
            position=position,
            remark=attempt.remark,
        )
        return _do(case, route, step, act, doing, standing)


def _standing(
    seeing: access.Sight, case: Case, step: rules.Step | None, act: str, at: datetime
) -> capacities.Standing:
    """As what the actor answers the step: as holder of its post, else as its deputy, or its secretary."""
    if step is None or step.post_id in seeing.held:
        return capacities.Standing(own=seeing.held[step.post_id] if step else None)
    if act in (rules.APPROVE, rules.DECISION) and step.post_id in seeing.stands_in:
        return capacities.as_deputy(seeing=seeing, case=case, step=step, at=at)
    if act == rules.READ and step.kind == rules.CIRCULATE and step.post_id in seeing.reads:
        return capacities.as_secretary(principal=seeing.reads[step.post_id])
    return capacities.Standing()


def _do(
    case: Case,
    route: mergers.Route,
    step: rules.Step,
    act: str,
    doing: writes.Doing,
    standing: capacities.Standing,
) -> Outcome:
    tenant_id, case_id, seq, at = case.tenant_id, case.id, case.last_seq + 1, doing.at
    payload: dict[str, Json] = {"content_hash": bytes(case.content_hash).hex(), **standing.payload}
    now = tuple(route.now.values())
    added = [standing.post_review(now, step)] if doing.capacity == rules.ACTING else []
    if added:
        payload["added"] = added
    if route.merged:
        payload["merged"] = list(route.merged)
    changes: dict[str, object] = {
        "state": rules.case_state_after(case.state, act),
        "last_seq": seq,
        "updated_at": at,
    }
    if act == rules.DECISION:
        number = _seal(case, seq, doing, payload, at)
        changes |= {"number": number, "decided_at": at}
    writes.record(
        tenant_id=tenant_id,
        case_id=case_id,
        seq=seq,
        round=case.round,
        revision=case.revision,
        doing=doing,
        payload=payload,
    )
    after = rules.after(now, step.position, act, planning.first_steps(added))
    Step.objects.bulk_create(planning.step_rows(tenant_id, case_id, case.round, added, after[len(now) :], at))
    writes.set_steps(
        tenant_id=tenant_id,
        case_id=case_id,
        round=case.round,
        before=route.before,
        after=after[: len(now)],
        acted=step.position,
        seq=seq,
        at=at,
    )
    if act == rules.RETURN:
        drafting.reopen(tenant_id=tenant_id, draft_id=case_id, at=at)
    if case.state == rules.DECIDED:
        changes = {"last_seq": seq, "updated_at": at}
    Case.objects.filter(tenant_id=tenant_id, id=case_id).update(**changes)
    return Outcome(tenant_id, case_id, seq, doing.kind, str(changes.get("number", "")))


def _seal(case: Case, seq: int, doing: writes.Doing, payload: dict[str, Json], at: datetime) -> str:
    """Number, filing and decided original of a decision; adds to the payload what binds them."""
    submitted = Event.objects.filter(
        tenant_id=case.tenant_id, case_id=case.id, kind=rules.SUBMITTED, round=case.round
    ).get()
    enacted = authority.carry_out(
        submitted=submitted.payload, tenant_id=case.tenant_id, case_id=case.id, at=at
    )
    if enacted is not None:
        payload["enacted"] = enacted
    unit_id, symbol = _filing_unit(case, submitted, day_in_japan(at))
    filing = planning.filing_of(submitted.payload["filing"], unit_id)
    symbol = planning.series_of(submitted.payload["filing"]) or symbol
    number = records.give_number(tenant_id=case.tenant_id, symbol=symbol, case_id=case.id, at=at)
    kept = records.file_record(tenant_id=case.tenant_id, case_id=case.id, filing=filing, at=at)
    payload |= {
        "number": number.text,
        "symbol": number.symbol,
        "fiscal_year": number.fiscal_year,
        "serial": number.serial,
        "unit_id": unit_id,
        "starts_on": kept.starts_on.isoformat(),
        "expires_on": kept.expires_on.isoformat() if kept.expires_on else None,
        "retention_code": filing.retention_code,
        "marking": filing.marking,
        "disclosure": filing.disclosure,
    }
    body, digest = original_of(case, doing, payload)
    DecidedOriginal(tenant_id=case.tenant_id, case_id=case.id, body=body, sha256=digest, decided_at=at).save(
        force_insert=True
    )
    payload["original"] = digest.hex()
    tasks.make_cover_sheet.defer(tenant_id=case.tenant_id, case_id=str(case.id))
    return number.text


def _filing_unit(case: Case, submitted: Event, today: date) -> tuple[int, str]:
    """The unit that files a decision and its symbol: the drafting unit, or today's successor of it (S29).

    The symbol of the day of submission stands in where today there is none.
    """
    unit = organisation.units_now(unit_ids=[case.drafter_unit_id], on=today).get(case.drafter_unit_id)
    if unit is not None and unit.symbol:
        return unit.unit_id, unit.symbol
    then = organisation.seats(post_ids=[submitted.post_id], on=day_in_japan(submitted.at))[submitted.post_id]
    return unit.unit_id if unit else case.drafter_unit_id, then.unit_symbol
