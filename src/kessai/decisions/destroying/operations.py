"""The acts on record files whose period is over: a consent recorded, an extension, and the destruction of content."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import ProgrammingError, transaction
from psycopg.errors import InsufficientPrivilege

from kessai.decisions import clearances, machine, repeats, tasks, writes
from kessai.decisions.checks import bound_fields, check_case, sealing_event
from kessai.decisions.destroying import queries
from kessai.decisions.destroying import rules as destroying
from kessai.decisions.destroying import writes as emptying
from kessai.decisions.destroying.rules import Gone
from kessai.decisions.models import Case, Event
from kessai.decisions.receiving import checks as receipts
from kessai.decisions.receiving import writes as receiving
from kessai.decisions.receiving.rules import DESTROYED as RECEIPT_DESTROYED
from kessai.decisions.repeats import Outcome
from kessai.decisions.stored import Stored, stored_cases
from kessai.decisions.writes import Doing
from kessai.drafting.inspecting import writes as inspecting
from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost
from kessai.records.disposal import queries as disposal
from kessai.records.disposal import rules as retention
from kessai.records.disposal import writes as keeping
from kessai.records.disposal.queries import Line
from kessai.records.disposal.rules import CannotDestroy

AT_ONCE = 200
"""Cases of a file that one order destroys; the rest of a larger file is left for the next."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What an order to destroy a file came to. ``refused``: of each case that stayed, its title and why."""

    destroyed: int
    left: int
    refused: tuple[tuple[str, Text], ...]


def record_consent(
    *, actor: Actor, tenant_id: int, file_id: UUID, given_by: str, reference: str, given_on: str, at: datetime
) -> None:
    """Record that the destruction of a file was consented to. Errors: NotFound, CannotDestroy."""
    on = day_in_japan(at)
    with transaction.atomic():
        line, post = queries.managed(disposal.manager(actor=actor, on=on), tenant_id, file_id)
        retention.judge_over(line.kept, on)
        consent = retention.read_consent(
            given_by=repeats.remark_of(given_by),
            reference=repeats.remark_of(reference),
            given_on=_day(given_on, "given_on"),
            on=on,
        )
        if consent == line.consent:
            return
        person = organisation.person(person_id=actor.person_id)
        keeping.keep_consent(
            tenant_id=tenant_id, file_id=file_id, consent=consent, person=person, post=post, at=at
        )


def extend(*, actor: Actor, tenant_id: int, file_id: UUID, ground: str, note: str, at: datetime) -> None:
    """Keep a file beyond its period (保存期間の延長). Errors: NotFound, CannotDestroy."""
    with transaction.atomic():
        line, post = queries.managed(disposal.manager(actor=actor, on=day_in_japan(at)), tenant_id, file_id)
        note = retention.judge_hold(ground=ground, note=repeats.remark_of(note))
        if not line.left:
            retention.judge_over(line.kept, day_in_japan(at))
        open_now = disposal.holds(tenant_id=tenant_id, file_id=file_id)
        if any((hold.ground, hold.note, hold.until) == (ground, note, None) for hold in open_now):
            return
        person = organisation.person(person_id=actor.person_id)
        keeping.extend(
            tenant_id=tenant_id, file_id=file_id, ground=ground, note=note, person=person, post=post, at=at
        )


def settle(
    *, actor: Actor, tenant_id: int, file_id: UUID, hold_id: UUID, ended_on: str, at: datetime
) -> date:
    """Record that what kept a file beyond its period is over; the last day on which it is kept for that.

    Errors: NotFound, CannotDestroy.
    """
    on = day_in_japan(at)
    with transaction.atomic():
        _, post = queries.managed(disposal.manager(actor=actor, on=on), tenant_id, file_id)
        found = disposal.holds(tenant_id=tenant_id, file_id=file_id)
        hold = next((each for each in found if each.id == hold_id), None)
        if hold is None:
            raise NotFound(N_("この延長の記録は見つかりません。"))
        until = retention.judge_settled(
            ground=hold.ground,
            begun_on=day_in_japan(hold.begun_at),
            until=hold.until,
            ended_on=_day(ended_on, "ended_on"),
            on=on,
        )
        person = organisation.person(person_id=actor.person_id)
        keeping.settle(
            tenant_id=tenant_id, hold_id=hold_id, until=until, by=f"{post.signs_as} {person.name}", at=at
        )
    return until


def destroy_file(*, actor: Actor, tenant_id: int, file_id: UUID, act_id: UUID, at: datetime) -> Ordered:
    """Destroy the content of the cases of a file, each by an act of its own: what is refused stays, and says why.

    Errors: NotFound, CannotDestroy, where that holds of the whole file; nothing is destroyed then.
    """
    on = day_in_japan(at)
    line, _ = queries.managed(disposal.manager(actor=actor, on=on), tenant_id, file_id)
    if not line.left and (again := _done_already(tenant_id, file_id, act_id)):
        return Ordered(again, 0, ())
    retention.judge(line.kept, on)
    done, refused = 0, list[tuple[str, Text]]()
    for case_id in disposal.left_in(tenant_id=tenant_id, file_id=file_id):
        if done == AT_ONCE:
            break
        try:
            destroy(
                actor=actor,
                tenant_id=tenant_id,
                case_id=case_id,
                act_id=destroying.act_of(act_id, case_id),
                at=at,
            )
            done += 1
        except Cannot as refusal:
            if not queries.is_destroyed(tenant_id=tenant_id, case_id=case_id):
                refused.append((_number(tenant_id, case_id), refusal.what))
    left = disposal.file_line(tenant_id=tenant_id, file_id=file_id, on=on)
    return Ordered(done, left.left if left else 0, tuple(refused))


def _done_already(tenant_id: int, file_id: UUID, act_id: UUID) -> int:
    """How many cases of a file went by an order with this id."""
    gone = disposal.gone_of(tenant_id=tenant_id, file_id=file_id)
    acts = [destroying.act_of(act_id, case_id) for case_id in gone]
    return Event.objects.filter(tenant_id=tenant_id, act_id__in=acts).count()


def destroy(*, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime) -> Outcome:
    """Destroy the content of a case whose retention is over, under a recorded consent (廃棄).

    What stays: that it existed, its number, the day of its decision, the hash of its original, and under which consent
    it went; and the entries of its acts in the log. Its files go through the queue, where nothing else needs them.
    Errors: NotFound, CannotDestroy, CannotAct.
    """
    on = day_in_japan(at)
    with _refusals_of_the_database(), transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        file_id = disposal.file_of(tenant_id=tenant_id, case_id=case_id)
        if case is None or file_id is None:
            raise NotFound(N_("この案件は見つかりません。"))
        line, post = queries.managed(disposal.manager(actor=actor, on=on), tenant_id, file_id)
        if (done := repeats.earlier(tenant_id, case_id, act_id, actor)) is not None:
            return done
        retention.judge(line.kept, on)
        clearances.require(actor.person_id, case.needs, tenant_id=tenant_id, at=at)
        (stored,) = stored_cases(tenant_id=tenant_id, case_ids=[case_id])
        going = receiving.going_with(
            tenant_id=tenant_id,
            case_id=case_id,
            receipts={UUID(said["receipt"]) for e in stored.events for said in e.payload.get("receipts", ())},
        )
        arrived = receipts.stored_receipts(tenant_id=tenant_id, receipt_ids=going)
        altered = check_case(stored) or [found for each in arrived for found in receipts.check_receipt(each)]
        destroying.judge_case(case.state, intact=not altered)
        return _destroy(stored, case, line, going, _doing(actor, post, act_id, max(at, case.updated_at)))


@contextlib.contextmanager
def _refusals_of_the_database() -> Iterator[None]:
    """What changed between the verdict and the act, the database finds: a file that is held by now, for one."""
    try:
        yield
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise CannotDestroy(
            N_("廃棄の条件が、いまはそろっていません。"),
            N_("画面を開き直して、保存期間の延長や同意を確かめてください。"),
        ) from error


def _doing(actor: Actor, post: HeldPost, act_id: UUID, at: datetime) -> Doing:
    person = organisation.person(person_id=actor.person_id)
    return Doing(machine.DESTROYED_EVENT, act_id, at, person, post, machine.OWN_CAPACITY, None, "")


def _destroy(stored: Stored, case: Case, line: Line, going: tuple[UUID, ...], doing: Doing) -> Outcome:
    assert line.consent is not None
    fields = {event.seq: bound_fields(stored, event) for event in stored.events}
    files = emptying.files_of(stored, fields)
    event = writes.record(
        tenant_id=case.tenant_id,
        case_id=case.id,
        seq=case.last_seq + 1,
        round=case.round,
        revision=case.revision,
        doing=doing,
        payload=destroying.payload(_gone(stored, case, line, going), line.consent),
    )
    emptying.empty(tenant_id=case.tenant_id, case_id=case.id)
    files |= receiving.destroy_with(
        tenant_id=case.tenant_id,
        case_id=case.id,
        going=going,
        doing=receiving.Doing(RECEIPT_DESTROYED, doing.act_id, doing.at, doing.person, doing.seat),
        consent=event.payload["consent"],
    )
    inspecting.release(tenant_id=case.tenant_id, files=files)
    tasks.remove_files.defer(tenant_id=case.tenant_id, case_id=str(case.id))
    return repeats.outcome_of(event)


def _gone(stored: Stored, case: Case, line: Line, going: tuple[UUID, ...]) -> Gone:
    sealed, record = sealing_event(stored.events), stored.record
    assert (
        sealed is not None and record is not None and record.filed is not None and stored.original is not None
    )
    filed, number = record.filed, record.number
    assert filed.expires_on is not None
    numbered = (
        (number.symbol, number.fiscal_year, number.serial, record.given_at)
        if number is not None and record.given_at is not None
        else None
    )
    return Gone(
        title=filed.title,
        number=case.number,
        numbered=numbered,
        decided_at=sealed.at,
        only_read=case.only_read,
        original=bytes(stored.original.sha256).hex(),
        decision=destroying.told_of(sealed.seq, bound_fields(stored, sealed), bytes(sealed.salt)),
        needs=tuple(case.needs),
        receipts=tuple(map(str, going)),
        seals=tuple(destroying.seals(stored.sealed_letters, stored.events)),
        post_id=case.drafter_post_id,
        unit_id=case.drafter_unit_id,
        unit_name=case.drafter_unit_name,
        file_name=line.name,
        made_on=filed.made_on,
        retention_code=filed.retention_code,
        starts_on=filed.starts_on,
        expires_on=filed.expires_on,
        marking=filed.marking,
        disclosure=filed.disclosure,
    )


def _number(tenant_id: int, case_id: UUID) -> str:
    return str(Case.objects.values_list("number", flat=True).get(tenant_id=tenant_id, id=case_id))


def _day(typed: str, field: str) -> date | None:
    try:
        return read_date(typed)
    except Unreadable as unreadable:
        raise CannotDestroy(
            unreadable.text.message,
            N_("日付を直してから、もう一度押してください。"),
            field=field,
            **unreadable.text.params,
        ) from unreadable
