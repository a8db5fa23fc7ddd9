"""The public acts on cases. Each is one transaction: state, event and ledger entry commit together or not at all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kessai.decisions import access, events, mergers, planning, rules, tasks, writes
from kessai.decisions.authority import writes as authority
from kessai.decisions.models import Case, DecidedOriginal, Event, Step
from kessai.decisions.original import original_of, steps_of_round
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.drafting.rules import Problem
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.ledger.sealing import Json
from kessai.organisation import queries as organisation
from kessai.records import writes as records

REMARK_LONGEST = 10_000


class CannotSubmit(Cannot):
    """The draft is not submitted; ``problems`` says which field needs what."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(N_("このままでは提出できません。"), N_("印のついた項目を直してください。"))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act came to. ``number`` is given by the decision only."""

    tenant_id: int
    case_id: UUID
    seq: int
    kind: str
    number: str = ""


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
        post = drafts.post_of(actor=actor, tenant_id=tenant_id, draft_id=draft_id, on=today)
        assert draft is not None
        if (earlier := _earlier(tenant_id, draft_id, act_id, actor)) is not None:
            return earlier
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
            actor, tenant_id, draft_id, planned, enacts, fixed, post.post_id, draft.post_id, act_id, at
        )


def _put_on_route(
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    planned: planning.Planned,
    enacts: authority.Bound,
    fixed: drafting.Fixed,
    post_id: int,
    draft_post_id: int,
    act_id: UUID,
    at: datetime,
) -> Outcome:
    assert planned.plan is not None and planned.table is not None
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
    doing = writes.Doing(rules.SUBMITTED, act_id, at, person, seat, "own", None, "")
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
    """Decide the case: number, decided original, filing and ledger entry in the one transaction."""
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
    """Mark a circulated case as read."""
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
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, on=today)
        assert case is not None
        earlier, answer = _said_before(case, position, act_id)
        if earlier is not None:
            return _repeated(earlier, case_id, actor)
        before, posts = steps_of_round(tenant_id, case_id, case.round)
        route = mergers.route_on(tuple(before.values()), today)
        step = route.now.get(position)
        attempt = rules.Attempt(act, _hash(seen), _remark(remark))
        holds = step is not None and step.post_id in seeing.held
        if answer is not None and holds and _same(answer, actor, step, attempt, case):
            return _outcome(answer)
        rules.judge(
            rules.CaseNow(case.state, bytes(case.content_hash)),
            step,
            attempt,
            holds_post=holds,
            answered_by=_said_by(answer),
        )
        assert step is not None
        # Clocks of servers differ; within a case time never runs backwards.
        return _do(seeing, case, route, step, posts[position], attempt, act_id, max(at, case.updated_at))


def _do(
    seeing: access.Sight,
    case: Case,
    route: mergers.Route,
    step: rules.Step,
    row: Step,
    attempt: rules.Attempt,
    act_id: UUID,
    at: datetime,
) -> Outcome:
    tenant_id, case_id, seq = case.tenant_id, case.id, case.last_seq + 1
    doing = writes.Doing(
        kind=rules.event_of(step.kind, attempt.act),
        act_id=act_id,
        at=at,
        person=seeing.name,
        seat=seeing.held[step.post_id],
        capacity="delegated" if row.delegated and attempt.act == rules.DECISION else "own",
        position=step.position,
        remark=attempt.remark,
    )
    payload: dict[str, Json] = {"content_hash": bytes(case.content_hash).hex()}
    if route.merged:
        payload["merged"] = list(route.merged)
    changes: dict[str, object] = {
        "state": rules.case_state_after(case.state, attempt.act),
        "last_seq": seq,
        "updated_at": at,
    }
    if attempt.act == rules.DECISION:
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
    writes.set_steps(
        tenant_id=tenant_id,
        case_id=case_id,
        round=case.round,
        before=route.before,
        after=rules.after(tuple(route.now.values()), step.position, attempt.act),
        acted=step.position,
        seq=seq,
        at=at,
    )
    if attempt.act == rules.RETURN:
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


def _earlier(tenant_id: int, case_id: UUID, act_id: UUID, actor: Actor) -> Outcome | None:
    """What an act with this id came to, if it was done already: it counts once however often it is sent."""
    event = Event.objects.filter(tenant_id=tenant_id, act_id=act_id).first()
    return None if event is None else _repeated(event, case_id, actor)


def _repeated(event: Event, case_id: UUID, actor: Actor) -> Outcome:
    if (event.person_id, event.case_id) != (actor.person_id, case_id):
        raise rules.CannotAct(N_("この操作は受け付けられません。"), N_("画面を開き直してください。"))
    return _outcome(event)


def _outcome(event: Event) -> Outcome:
    return Outcome(
        event.tenant_id, event.case_id, event.seq, event.kind, str(event.payload.get("number", ""))
    )


def _said_before(case: Case, position: int, act_id: UUID) -> tuple[Event | None, Event | None]:
    """The event of this act's id, if it was done already, and the answer that the step has got."""
    of_act = Q(act_id=act_id)
    of_step = Q(case_id=case.id, round=case.round, position=position)
    found = list(Event.objects.filter(of_act | of_step, tenant_id=case.tenant_id))
    return (
        next((e for e in found if e.act_id == act_id), None),
        next((e for e in found if (e.case_id, e.round, e.position) == (case.id, case.round, position)), None),
    )


def _same(answer: Event, actor: Actor, step: rules.Step | None, attempt: rules.Attempt, case: Case) -> bool:
    """Whether the same person sends the same act on the same version again, from another tab."""
    assert step is not None
    return (
        answer.person_id == actor.person_id
        and answer.kind == rules.event_of(step.kind, attempt.act)
        and (attempt.seen is None or attempt.seen == bytes(case.content_hash))
        and attempt.remark in ("", answer.remark)
    )


def _said_by(answer: Event | None) -> str:
    if answer is None:
        return ""
    at = events.moment_in_japan(answer.at)
    return f"{answer.post_title} {answer.person_name}（{at}）"


def _hash(seen: str | None) -> bytes | None:
    try:
        return bytes.fromhex(seen) if seen is not None else None
    except ValueError:
        return b""


def _remark(remark: str) -> str:
    cleaned = remark.replace("\x00", "").replace("\r\n", "\n").strip()
    cleaned = cleaned.encode("utf-8", "ignore").decode("utf-8")
    if len(cleaned) > REMARK_LONGEST:
        raise rules.CannotAct(
            N_("意見・理由が長すぎます（%(n)s字まで）。"),
            N_("長いものは添付にしてください。"),
            n=REMARK_LONGEST,
        )
    return cleaned
