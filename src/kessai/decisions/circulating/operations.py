"""Acts on cases that are only read: add readers, end early, take a number; and their end when the date has passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kessai.decisions import frame, machine, naming, pull_up, repeats, replay, rules, tasks, writes
from kessai.decisions.circulating import rules as circulating
from kessai.decisions.circulating import writes as ending
from kessai.decisions.course import common
from kessai.decisions.filing import filing_unit
from kessai.decisions.original import steps_of_round
from kessai.decisions.planning import series_of
from kessai.decisions.repeats import Outcome
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.identifiers import new_id
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.queries import PersonName
from kessai.organisation.rules import Seat
from kessai.records import writes as records

ADDED_REASON = N_("%(post)sが供覧先に加えました。")


def add_readers(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    names: Sequence[str],
    act_id: UUID,
    at: datetime,
) -> Outcome:
    """Have more posts read the own circulation, named as in a draft. Those that are asked already stay as they are."""

    def prepare(here: frame.Here) -> frame.Prepared:
        post = frame.as_drafter(here, machine.ADD_READERS)
        today = day_in_japan(here.at)
        circulating.judge_in_time(here.case.state, here.case.deadline, today)
        readers, problems = naming.find_readers(tenant_id=tenant_id, lines=names, on=today)
        if problems:
            raise rules.CannotAct(
                problems[0].message,
                N_("名前を直して、もう一度加えてください。"),
                changed=False,
                **problems[0].params,
            )
        asked = {s.post_id for s in here.steps if s.state in (*replay.PENDING, machine.DONE)}
        seats = {seat.post_id: seat for seat, _ in readers if seat.post_id not in asked}
        seats.pop(here.case.drafter_post_id, None)
        if not seats:
            raise rules.CannotAct(
                N_("加える職がありません。入れた職は、もう供覧先にあります。"),
                N_("ほかの職を入れてください。"),
            )
        last = max((step.position for step in here.steps), default=0)
        added = [
            pull_up.entry(
                replay.Step(
                    last + n, 1, machine.CIRCULATE, seat.post_id, machine.WAITING, added_by=post.post_id
                ),
                seat.title,
                seat.unit_name,
                ADDED_REASON,
                post.title,
            )
            for n, seat in enumerate(seats.values(), start=1)
        ]
        return post, None, {"added": added}

    return frame.act(actor, tenant_id, case_id, act_id, at, "", machine.READERS_ADDED, prepare)


def end_circulation(
    *, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime, remark: str = ""
) -> Outcome:
    """End the own circulation before its date; unread tasks leave the inboxes."""

    def prepare(here: frame.Here) -> frame.Prepared:
        post = frame.as_drafter(here, machine.END_CIRCULATION)
        circulating.judge_in_time(here.case.state, here.case.deadline, day_in_japan(here.at))
        return post, None, {}

    return frame.act(actor, tenant_id, case_id, act_id, at, remark, machine.CIRCULATION_ENDED, prepare)


def give_number(*, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime) -> Outcome:
    """Give the own circulation a document number, under way or over: the next of its series. Errors: CannotNumber."""

    def prepare(here: frame.Here) -> frame.Prepared:
        post = frame.as_drafter(here, machine.NUMBER)
        circulating.judge_number(here.case.number)
        _, symbol = filing_unit(here.case, common.fixed_last(here.case), day_in_japan(here.at))
        symbol = series_of(ending.ruling_of(here.case).payload["filing"]) or symbol
        number = records.give_number(tenant_id=tenant_id, symbol=symbol, case_id=case_id, at=here.at)
        given: dict[str, Any] = {
            "number": number.text,
            "symbol": number.symbol,
            "fiscal_year": number.fiscal_year,
            "serial": number.serial,
        }
        if here.case.state == machine.CIRCULATED:
            tasks.make_cover_sheet.defer(tenant_id=tenant_id, case_id=str(case_id))
        return post, None, given

    return frame.act(actor, tenant_id, case_id, act_id, at, "", machine.NUMBERED, prepare)


@dataclass(frozen=True, slots=True)
class Ended:
    """What ending a circulation on its date came to; None where it had ended, or its date is another by now."""

    outcome: Outcome | None


def end_on_its_date(*, tenant_id: int, case_id: UUID, at: datetime) -> Ended:
    """End a circulation whose date has passed, in the name of whoever set that date (ADR 22). Once, however often.

    No act of an actor: the date was bound by the submission; this puts on the record that it has come.
    """
    with transaction.atomic():
        case = writes.lock_case(tenant_id=tenant_id, case_id=case_id)
        if (
            case is None
            or not case.only_read
            or case.state != machine.ROUTED
            or not circulating.has_passed(case.deadline, day_in_japan(at))
        ):
            return Ended(None)
        submitted = common.fixed_last(case)
        seat = _as_submitted(submitted)
        person = PersonName(submitted.person_id, tenant_id, submitted.person_name, "")
        doing = writes.Doing(
            machine.EXPIRED, new_id(), max(at, case.updated_at), person, seat, machine.BY_DATE, None, ""
        )
        before = tuple(steps_of_round(tenant_id, case_id, case.round)[0].values())
        assert case.deadline is not None
        payload: dict[str, Any] = {"set_seq": submitted.seq, "set_for": case.deadline.isoformat()}
        payload |= ending.ending(case=case, before=before, doing=doing, payload=payload)
        event = writes.carry_out(case=case, before=before, doing=doing, payload=payload)
        return Ended(repeats.outcome_of(event))


def _as_submitted(submitted: Any) -> Seat:
    """The post of who set the date, with the title that it had then."""
    seats = organisation.seats(post_ids=[submitted.post_id], on=day_in_japan(submitted.at))
    return seats[submitted.post_id]
