"""The public acts on cases. Each is one transaction: state, event and ledger entry commit together or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from kessai.decisions import (
    access,
    capacities,
    clearances,
    fixing,
    machine,
    mergers,
    planning,
    pull_up,
    repeats,
    replay,
    rounds,
    rules,
    tasks,
    writes,
)
from kessai.decisions.additions import writes as additions
from kessai.decisions.anchors import Anchor
from kessai.decisions.authority import writes as authority
from kessai.decisions.bulk import rules as bulking
from kessai.decisions.by_hand import queries as by_hand
from kessai.decisions.circulating import rules as reading
from kessai.decisions.circulating import writes as circulating
from kessai.decisions.filing import filing_unit
from kessai.decisions.flagging import queries as flagging
from kessai.decisions.issuing import writes as issuing
from kessai.decisions.models import Case, DecidedOriginal, Event, Step
from kessai.decisions.original import original_of, steps_of_round
from kessai.decisions.persons.rules import TOGETHER, in_one_go
from kessai.decisions.pinning import queries as pinning
from kessai.decisions.receiving import queries as receiving
from kessai.decisions.repeats import Outcome as Outcome
from kessai.drafting import carrying
from kessai.drafting import queries as drafts
from kessai.drafting import writes as drafting
from kessai.drafting.inspecting import queries as inspecting
from kessai.drafting.rules import Problem
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.ledger.sealing import Json
from kessai.organisation.settings import settings_of
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
    substance: bool | None = None,
) -> Outcome:
    """Fix the draft as a revision, plan its route by the table and chart of the day, and open the first step.

    ``substance``: on a resubmission, whether the drafter declares that the substance (主旨) changed. Consents stand
    only where it is declared unchanged (S06).

    ``version`` and ``files`` are the draft's version and attachments as the drafter saw them; refused where
    another screen has changed them since. None takes what is stored.
    """
    today = day_in_japan(at)
    with transaction.atomic():
        # Everybody locks the row of the case before that of its draft.
        writes.lock_case(tenant_id=tenant_id, case_id=draft_id)
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
        stored = {file.id: file for file in drafts.attachments(tenant_id=tenant_id, draft_id=draft_id)}
        if version not in (None, draft.version) or (files is not None and set(files) != set(stored)):
            raise rules.CannotAct(
                N_("内容か添付が、ほかの画面で変わっています。"),
                N_("いまの内容を確かめてから、もう一度提出してください。"),
                changed=True,
            )
        flags = flagging.on_draft(tenant_id, draft_id, draft.typed)
        planned = planning.read_and_plan(
            tenant_id=tenant_id,
            post_id=post.post_id,
            matter_code=draft.matter_code,
            typed=draft.typed,
            on=today,
            raised=flags.kept,
        )
        _refuse_in_flight(tenant_id, draft_id)
        enacts = authority.bound(
            tenant_id=tenant_id,
            draft_id=draft_id,
            content=planned.content,
            files=[file.sha256 for file in stored.values()],
            on=today,
        )
        needs = planning.needs_of(planned)
        added = by_hand.added(
            draft.by_hand,
            drafting_post=post.post_id,
            needs=needs,
            deadline=planned.content.deadline,
            only_read=planned.plan is not None and planned.plan.circulation,
            at=at,
        )
        unseen = (
            *clearances.problems(actor.person_id, needs, tenant_id=tenant_id, at=at),
            *receiving.problems(tenant_id=tenant_id, draft_id=draft_id, needs=needs),
        )
        unfit = inspecting.problems(tenant_id=tenant_id, files=stored.values(), on=today)
        carried = tuple(carrying.problems(draft.typed, draft.carried, planned.matter.fields))
        problems = (*planned.problems, *enacts.problems, *added.problems, *unseen, *unfit, *carried)
        if problems or planned.plan is None:
            raise CannotSubmit(problems)
        return fixing.put_on_route(
            actor=actor,
            tenant_id=tenant_id,
            case_id=draft_id,
            planned=planned,
            enacts=enacts,
            post=post,
            draft_post_id=draft.post_id,
            act_id=act_id,
            at=max(at, draft.updated_at),
            substance=substance,
            added=added.entries,
            lowered=flags.lowered,
            raised_by=flags.raised_by,
        )


def _refuse_in_flight(tenant_id: int, case_id: UUID) -> None:
    """A draft whose case is on its way is put in as a revision, and no more at all once the case has ended."""
    case = Case.objects.filter(tenant_id=tenant_id, id=case_id).first()
    if case is not None and case.state not in machine.WITH_DRAFTER:
        raise rules.CannotAct(
            N_("この案件は経路の途中にあるため、提出し直せません。"),
            N_("「修正を出す」で、主旨が変わるかどうかを選んで出してください。"),
            changed=True,
        )


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
    ahead: bool = False,
    bulk: bool = False,
    about: Anchor | None = None,
    goes_on: Collection[int] = (),
) -> Outcome:
    """Let a review step pass, or give a unit's consent; the opinion may be empty.

    ``goes_on``: the positions of which the screen said that the same confirmation answers them, for other posts of
    the same person (S13). The outcome is then that of the last.

    ``ahead``: as a superior before lower reviews have acted (引上げ), which become post-reviews (S11). ``bulk``: as
    one of several at once, where the row of the case allows it (S25).
    """
    return _act(
        actor,
        tenant_id,
        case_id,
        position,
        machine.APPROVE,
        seen,
        act_id,
        at,
        opinion,
        ahead=ahead,
        bulk=bulk,
        about=about,
        goes_on=goes_on,
    )


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
    about: Anchor | None = None,
) -> Outcome:
    """Send the case back to its drafter, with a reason; every open task is closed."""
    return _act(actor, tenant_id, case_id, position, machine.RETURN, seen, act_id, at, reason, about=about)


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
    ahead: bool = False,
    bulk: bool = False,
    about: Anchor | None = None,
) -> Outcome:
    """Decide the case: number, decided original, filing and ledger entry in the one transaction.

    A deputy of the decider decides as acting (代決) while nobody who holds the post is there. ``ahead``, ``bulk``: as
    approve.
    """
    return _act(
        actor,
        tenant_id,
        case_id,
        position,
        machine.DECISION,
        seen,
        act_id,
        at,
        opinion,
        ahead=ahead,
        bulk=bulk,
        about=about,
    )


def mark_read(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    act_id: UUID,
    at: datetime,
    remark: str = "",
    seen: str | None = None,
    about: Anchor | None = None,
) -> Outcome:
    """Mark a circulated case, or a post-review, as read; a circulated one also as secretary of the post.

    ``seen``: the content that was on the screen; refused where it is another by now. None reads what there is.
    """
    return _act(actor, tenant_id, case_id, position, machine.READ, seen, act_id, at, remark, about=about)


def return_to(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    seen: str,
    to: int,
    act_id: UUID,
    at: datetime,
    reason: str,
    about: Anchor | None = None,
) -> Outcome:
    """Send the case back to an earlier review, position ``to``, that approved; it and those after act again."""
    return _act(
        actor, tenant_id, case_id, position, machine.RETURN, seen, act_id, at, reason, to=to, about=about
    )


def refuse_consent(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    seen: str,
    act_id: UUID,
    at: datetime,
    reason: str,
    about: Anchor | None = None,
) -> Outcome:
    """Refuse a unit's consent, with a reason: nothing is decided until that is settled; other units go on."""
    return _act(actor, tenant_id, case_id, position, machine.REFUSE, seen, act_id, at, reason, about=about)


def opine(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    seen: str,
    act_id: UUID,
    at: datetime,
    opinion: str,
    about: Anchor | None = None,
) -> Outcome:
    """Give the opinion that was asked for (協議); it blocks nothing."""
    return _act(actor, tenant_id, case_id, position, machine.OPINE, seen, act_id, at, opinion, about=about)


def settle(
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
    """Let the case go on over a refused consent, as the lowest superior of both units (S22)."""
    return _act(actor, tenant_id, case_id, position, machine.LET_GO_ON, seen, act_id, at, reason)


def look(
    *, actor: Actor, tenant_id: int, case_id: UUID, position: int, act_id: UUID, at: datetime
) -> Outcome:
    """Record that the post whose turn it is has opened the case, where that ends withdrawing (S08)."""
    return _act(actor, tenant_id, case_id, position, machine.LOOK, None, act_id, at, "")


def hold(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    act_id: UUID,
    at: datetime,
    reason: str,
) -> Outcome:
    """Keep an open step, visibly, with a reason; it stays in the inbox."""
    return _act(actor, tenant_id, case_id, position, machine.HOLD, None, act_id, at, reason)


def resume(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    act_id: UUID,
    at: datetime,
) -> Outcome:
    """End a hold."""
    return _act(actor, tenant_id, case_id, position, machine.RESUME, None, act_id, at, "")


def reject(
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
    """End the case as rejected (否認)."""
    return _act(actor, tenant_id, case_id, position, machine.REJECT, seen, act_id, at, reason)


def abandon(
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
    """End the case as abandoned (廃案)."""
    return _act(actor, tenant_id, case_id, position, machine.ABANDON, seen, act_id, at, reason)


def take_back(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    act_id: UUID,
    at: datetime,
) -> Outcome:
    """Take the own approval, consent or refusal back, while nobody after has acted (S08)."""
    return _act(actor, tenant_id, case_id, position, machine.TAKE_BACK, None, act_id, at, "")


def object_to(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    position: int,
    seen: str,
    act_id: UUID,
    at: datetime,
    reason: str,
    about: Anchor | None = None,
) -> Outcome:
    """Object to the drafter's word that a revision left the substance unchanged: the own consent is void (S20)."""
    return _act(actor, tenant_id, case_id, position, machine.OBJECT, seen, act_id, at, reason, about=about)


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
    to: int | None = None,
    ahead: bool = False,
    bulk: bool = False,
    about: Anchor | None = None,
    goes_on: Collection[int] = (),
    confirmed_with: int | None = None,
) -> Outcome:
    """``confirmed_with``: the act by which the same person confirmed it as another post."""
    today = day_in_japan(at)
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        assert case is not None
        if (done := repeats.earlier(tenant_id, case_id, act_id, actor)) is not None:
            return repeats.whole(done)
        before, posts = steps_of_round(tenant_id, case_id, case.round)
        route = mergers.route_on(tuple(before.values()), today)
        step = route.now.get(position)
        answer = repeats.answer_to(case, step)
        attempt = rules.Attempt(act, repeats.hash_of(seen), repeats.remark_of(remark))
        standing = _standing(seeing, case, step, act, at)
        if answer is not None and standing.counts and repeats.same(answer, actor, step, attempt, case):
            return repeats.whole(repeats.outcome_of(answer))
        settings = settings_of(tenant_id=tenant_id, on=today) if machine.ACT_BY_NAME[act].also else {}
        skipped: tuple[int, ...] = ()
        now = tuple(route.now.values())
        if ahead and step is not None and standing.own and rules.may_act_ahead(case.state, step, act):
            skipped = pull_up.skipped_by(now, step, posts, today)
            step = replace(step, state=machine.OPEN)
        rules.judge(
            repeats.now(case),
            step,
            attempt,
            holds_post=standing.counts,
            answered_by=repeats.answered_by(case, answer),
            settings=settings,
        )
        assert step is not None
        if act == machine.LOOK and (before_it := _looked(actor, case, posts[position])) is not None:
            return repeats.outcome_of(before_it)
        if bulk:
            bulking.judge(allowed=case.bulk, step=route.now[position], own=standing.own is not None)
        if case.only_read:
            reading.judge_in_time(case.state, case.deadline, today)
        payload = _besides(case, now, step, act, answer, to, settings)
        payload |= pinning.bound(case, about, attempt.remark)
        doing = writes.Doing(
            kind=rules.event_of(step.kind, act),
            act_id=act_id,
            # Clocks of servers differ; within a case time never runs backwards.
            at=max(at, case.updated_at),
            person=seeing.name,
            seat=standing.seat(),
            capacity=standing.capacity(delegated=posts[position].delegated and act == machine.DECISION),
            position=position,
            remark=attempt.remark,
        )
        added = [standing.post_review(now, step)] if doing.capacity == machine.ACTING else []
        added += pull_up.post_reviews(now, skipped, posts, by=doing.seat.title, already=len(added))
        if bulk:
            payload["bulk"] = True
        if skipped:
            payload["skipped"] = list(skipped)
        if added:
            payload["added"] = added
        payload |= capacities.of_own_draft(seeing=seeing, case=case, act=act)
        if confirmed_with is not None:
            payload["confirmed_with"] = confirmed_with
        done = _do(case, route, act, doing, payload | dict(standing.payload))
        if goes_on and act == machine.APPROVE and standing.own and not (ahead or bulk):
            further = in_one_go(now, position, seeing.held)
            known = takewhile(lambda one: one.position in goes_on, further)
            return _as_other_posts(actor, case, known, done, act_id, at)
        return done


def _as_other_posts(
    actor: Actor,
    case: Case,
    further: Iterable[replay.Step],
    done: Outcome,
    act_id: UUID,
    at: datetime,
) -> Outcome:
    """Record the same confirmation for further posts of the same person, where the ministry has it so (S13)."""
    if settings_of(tenant_id=case.tenant_id, on=day_in_japan(at))["several_posts"] != TOGETHER:
        return done
    for step in further:
        last = _act(
            actor,
            case.tenant_id,
            case.id,
            step.position,
            machine.DECISION if step.kind == machine.DECIDE else machine.APPROVE,
            repeats.now(case).seen.hex(),
            uuid5(act_id, str(done.seq)),
            at,
            "",
            confirmed_with=done.seq,
        )
        done = replace(last, with_it=(*done.with_it, done.seq))
    return done


def _looked(actor: Actor, case: Case, row: Step) -> Event | None:
    return repeats.looked(case, row.position, actor.person_id, row.opened_at)


def _besides(
    case: Case,
    steps: Sequence[replay.Step],
    step: replay.Step,
    act: str,
    answer: Event | None,
    to: int | None,
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """What an act needs beyond its step, checked; and what of it goes on the record."""
    if act == machine.RETURN and to is None:
        return dict(rules.how_handed_back(settings))
    if act == machine.RETURN and to is not None:
        rules.judge_target(steps, step, to)
        return {"to": to} | rules.how_returned(settings)
    if act == machine.TAKE_BACK:
        assert answer is not None
        done, said = repeats.done(case), repeats.describe(case)
        rules.judge_take_back(steps, step, done, said, by=answer.person_id)
        if not (passed_over := answer.payload.get("skipped", ())):
            return {}
        later = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id, seq__gt=answer.seq)
        return {"skipped": list(rounds.places_now(later.order_by("seq"), passed_over, since=answer.round))}
    if act == machine.RESUME:
        rules.judge_resume(step)
    if act == machine.OBJECT:
        rules.judge_objection(step, _declared_unchanged(case))
    return {}


def _declared_unchanged(case: Case) -> int:
    """The latest event by which the drafter declared the substance unchanged; 0 if there is none."""
    declared = Event.objects.filter(
        tenant_id=case.tenant_id, case_id=case.id, kind__in=machine.FIXING, payload__substance=False
    )
    return max((event.seq for event in declared), default=0)


def _standing(
    seeing: access.Sight, case: Case, step: replay.Step | None, act: str, at: datetime
) -> capacities.Standing:
    """As what the actor answers the step: as holder of its post, else as its deputy, or its secretary."""
    if step is None or step.post_id in seeing.held:
        return capacities.Standing(own=seeing.held[step.post_id] if step else None)
    if act in (machine.APPROVE, machine.DECISION) and step.post_id in seeing.stands_in:
        return capacities.as_deputy(seeing=seeing, case=case, step=step, at=at)
    if act == machine.READ and step.kind == machine.CIRCULATE and step.post_id in seeing.reads:
        return capacities.as_secretary(principal=seeing.reads[step.post_id])
    return capacities.Standing()


def _do(case: Case, route: mergers.Route, act: str, doing: writes.Doing, payload: dict[str, Json]) -> Outcome:
    payload = {"content_hash": bytes(case.content_hash).hex(), **payload}
    if route.merged:
        payload["merged"] = list(route.merged)
    changes: dict[str, object] = {}
    if act == machine.DECISION:
        number = _seal(case, case.last_seq + 1, doing, payload, doing.at)
        changes = {"number": number, "decided_at": doing.at}
        additions.foresee(case=case, at=doing.at)
    payload |= circulating.ending(case=case, before=route.before, doing=doing, payload=payload)
    event = writes.carry_out(case=case, before=route.before, doing=doing, payload=payload, changes=changes)
    return Outcome(case.tenant_id, case.id, event.seq, doing.kind, str(changes.get("number", "")))


def _seal(case: Case, seq: int, doing: writes.Doing, payload: dict[str, Json], at: datetime) -> str:
    """Number, filing and decided original of a decision; adds to the payload what binds them."""
    past = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id)
    fixed = past.filter(kind__in=machine.FIXING)
    submitted, drafted = fixed.latest("seq"), fixed.filter(position=None).latest("seq")
    ruling = past.filter(kind__in=machine.RULING).latest("seq")
    enacted = authority.carry_out(
        submitted=submitted.payload, tenant_id=case.tenant_id, case_id=case.id, at=at
    )
    if enacted is not None:
        payload["enacted"] = enacted
    payload |= issuing.foresee(case=case, at=at)
    unit_id, symbol = filing_unit(case, drafted, day_in_japan(at))
    filing = planning.filing_of(ruling.payload["filing"], unit_id)
    symbol = planning.series_of(ruling.payload["filing"]) or symbol
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
    body, digest = original_of(case, seq, doing, payload)
    DecidedOriginal(tenant_id=case.tenant_id, case_id=case.id, body=body, sha256=digest, decided_at=at).save(
        force_insert=True
    )
    payload["original"] = digest.hex()
    tasks.make_cover_sheet.defer(tenant_id=case.tenant_id, case_id=str(case.id))
    return number.text
