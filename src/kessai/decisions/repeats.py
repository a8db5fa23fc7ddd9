"""What an act came to that is sent again, and the words that come with an act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kessai.decisions import events, machine, replay, rules
from kessai.decisions.models import Case, Event
from kessai.kernel.actor import Actor
from kessai.kernel.words import N_

REMARK_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act came to. ``number`` is given by the decision only.

    ``with_it``: the acts before it that the same confirmation was, as other posts of the same person (S13).
    """

    tenant_id: int
    case_id: UUID
    seq: int
    kind: str
    number: str = ""
    with_it: tuple[int, ...] = ()


def earlier(tenant_id: int, case_id: UUID, act_id: UUID, actor: Actor) -> Outcome | None:
    """What an act with this id came to, if it was done already: it counts once however often it is sent."""
    event = Event.objects.filter(tenant_id=tenant_id, act_id=act_id).first()
    return None if event is None else repeated(event, case_id, actor)


def repeated(event: Event, case_id: UUID, actor: Actor) -> Outcome:
    if (event.person_id, event.case_id) != (actor.person_id, case_id):
        raise rules.CannotAct(N_("この操作は受け付けられません。"), N_("画面を開き直してください。"))
    return outcome_of(event)


def whole(done: Outcome) -> Outcome:
    """The last of the acts that one confirmation was, from the first."""
    of_case = Event.objects.filter(tenant_id=done.tenant_id, case_id=done.case_id)
    if (further := of_case.filter(payload__confirmed_with=done.seq).first()) is None:
        return done
    return whole(replace(outcome_of(further), with_it=(*done.with_it, done.seq)))


def outcome_of(event: Event) -> Outcome:
    return Outcome(
        event.tenant_id, event.case_id, event.seq, event.kind, str(event.payload.get("number", ""))
    )


def answer_to(case: Case, step: replay.Step | None) -> Event | None:
    """The answer that a step has got, if it has one that stands."""
    if step is None or step.acted is None:
        return None
    return Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id, seq=step.acted).first()


def answered_by(case: Case, answer: Event | None) -> str:
    """Who answered a step already, or else who gave the case back to its drafter, in words; "" if nobody did."""
    if answer is None and case.state in machine.WITH_DRAFTER:
        back = (machine.RETURNED_EVENT, machine.WITHDRAWN_EVENT)
        events_of = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id, kind__in=back)
        answer = events_of.order_by("seq").last()
    return said_by(answer)


def done(case: Case) -> rules.Done:
    """What was done on a case since it was last put on its route anew; see walked."""
    events_of = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id)
    return walked(events_of.order_by("seq"), case.drafter_post_id)


def walked(events: Iterable[Event], drafter_post: int) -> rules.Done:
    """The events since a submission, or a round that carried nothing on, with their positions in the present one.

    A flag that the drafting post itself raised is no act of another.
    """
    found: dict[int, rules.Deed] = {}
    for event in events:
        if "route" in event.payload:
            now = {was: int(place) for place, was in event.payload.get("carried", {}).items()}
            moved = {seq: replace(deed, position=now.get(deed.position or 0)) for seq, deed in found.items()}
            found = moved if now and event.kind != machine.SUBMITTED else {}
        if (event.kind, event.post_id) != (machine.FLAGGED, drafter_post):
            together = event.payload.get("confirmed_with")
            found[event.seq] = rules.Deed(event.kind, event.position, event.person_id, together)
    return found


def looked(case: Case, position: int, person: int, since: datetime | None) -> Event | None:
    """That a person has opened the case, having the turn at a step that was last asked at ``since`` (S08)."""
    events_of = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id, round=case.round)
    mine = events_of.filter(kind=machine.OPENED, position=position, person_id=person)
    return (mine.filter(at__gte=since) if since else mine).first()


def describe(case: Case) -> dict[int, str]:
    """Who did what event of a case, with the time, in words."""
    events_of = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id)
    return {event.seq: said_by(event) for event in events_of}


def same(answer: Event, actor: Actor, step: replay.Step | None, attempt: rules.Attempt, case: Case) -> bool:
    """Whether the same person sends the same act on the same version again, from another tab."""
    assert step is not None
    return (
        answer.person_id == actor.person_id
        and answer.kind == rules.event_of(step.kind, attempt.act)
        and (attempt.seen is None or attempt.seen == now(case).seen)
        and attempt.remark in ("", answer.remark)
    )


def said_by(answer: Event | None) -> str:
    if answer is None:
        return ""
    at = events.moment_in_japan(answer.at)
    acting = answer.payload.get("for_title")
    if answer.capacity == machine.ACTING and acting:
        instead = "に代わって" if answer.kind == machine.ANSWERED else "の代決"
        return f"{answer.post_title} {answer.person_name}（{acting}{instead}、{at}）"
    return f"{answer.post_title} {answer.person_name}（{at}）"


def now(case: Case) -> rules.CaseNow:
    """A case as the rules see it."""
    return rules.CaseNow(case.state, bytes(case.content_hash), case.flagged_seq, case.only_read)


def hash_of(seen: str | None) -> bytes | None:
    try:
        return bytes.fromhex(seen) if seen is not None else None
    except ValueError:
        return b""


def remark_of(remark: str) -> str:
    cleaned = remark.replace("\x00", "").replace("\r\n", "\n").strip()
    cleaned = cleaned.encode("utf-8", "ignore").decode("utf-8")
    if len(cleaned) > REMARK_LONGEST:
        raise rules.CannotAct(
            N_("意見・理由が長すぎます（%(n)s字まで）。"),
            N_("長いものは添付にしてください。"),
            n=REMARK_LONGEST,
        )
    return cleaned
