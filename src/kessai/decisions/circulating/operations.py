"""Readers that are added, under way or afterwards; and of what is only read: its early end, its number, its date."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kessai.decisions import (
    clearances,
    frame,
    machine,
    naming,
    pull_up,
    repeats,
    replay,
    rules,
    tasks,
    writes,
)
from kessai.decisions.circulating import rules as circulating
from kessai.decisions.circulating import writes as ending
from kessai.decisions.course import common
from kessai.decisions.filing import filing_unit
from kessai.decisions.original import steps_of_round
from kessai.decisions.planning import series_of
from kessai.decisions.repeats import Outcome
from kessai.decisions.talking import queries as talking
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.identifiers import new_id
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost, PersonName
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
        circulating.judge_in_time(here.case.state, here.case.deadline, day_in_japan(here.at))
        asked = {s.post_id for s in here.steps if s.state in (*replay.PENDING, machine.DONE)}
        return post, None, {"added": _readers(here, post, names, {*asked, here.case.drafter_post_id})}

    return frame.act(actor, tenant_id, case_id, act_id, at, "", machine.READERS_ADDED, prepare)


def share(
    *,
    actor: Actor,
    tenant_id: int,
    case_id: UUID,
    names: Sequence[str],
    act_id: UUID,
    at: datetime,
    note: str = "",
) -> Outcome:
    """Have more posts read a case that has ended, as anybody who sees it and holds a post (S15). It stays as it is.

    ``note``: what they may want to know. Those that are asked to read it, or have, stay as they are.
    """

    def prepare(here: frame.Here) -> frame.Prepared:
        speakers = talking.speakers(here.seeing, here.case, talking.concerned(here.case))
        circulating.judge_share(here.case.state, speaks=bool(speakers))
        reading = {
            s.post_id
            for s in here.steps
            if s.kind == machine.CIRCULATE and s.state in (machine.OPEN, machine.DONE)
        }
        return speakers[0], None, {"added": _readers(here, speakers[0], names, reading)}

    return frame.act(actor, tenant_id, case_id, act_id, at, note, machine.READERS_ADDED, prepare)


def _readers(
    here: frame.Here, by: HeldPost, names: Sequence[str], asked: Collection[int]
) -> list[dict[str, Any]]:
    """The steps of those named who are not ``asked`` yet, as they go on the record. Errors: CannotAct."""
    tenant_id, today = here.case.tenant_id, day_in_japan(here.at)
    readers, problems = naming.find_readers(tenant_id=tenant_id, lines=names, on=today)
    if problems:
        raise rules.CannotAct(
            problems[0].message,
            N_("名前を直して、もう一度加えてください。"),
            changed=False,
            **problems[0].params,
        )
    seats = {seat.post_id: seat for seat, _ in readers if seat.post_id not in asked}
    if not seats:
        raise rules.CannotAct(
            N_("加える職がありません。入れた職は、もう供覧先にあります。"),
            N_("ほかの職を入れてください。"),
        )
    for seat in seats.values():
        clearances.require_post(seat, here.case.needs, at=here.at)
    last = max((step.position for step in here.steps), default=0)
    stage = max((step.stage for step in here.steps), default=1)
    return [
        pull_up.entry(
            replay.Step(
                last + n, stage, machine.CIRCULATE, seat.post_id, machine.WAITING, added_by=by.post_id
            ),
            seat.title,
            seat.unit_name,
            ADDED_REASON,
            by.title,
        )
        for n, seat in enumerate(seats.values(), start=1)
    ]


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
