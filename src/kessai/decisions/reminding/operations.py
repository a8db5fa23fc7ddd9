"""Reminding: by hand, whoever has a case now; by the calendar, everybody with an open task that is due (S30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kessai.decisions import frame, machine
from kessai.decisions.models import Notice
from kessai.decisions.reminding import queries, rules, writes
from kessai.decisions.repeats import Outcome
from kessai.decisions.telling import queries as telling
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.workdays.queries import workdays


def remind(*, actor: Actor, tenant_id: int, case_id: UUID, act_id: UUID, at: datetime) -> Outcome:
    """Remind whoever has the case now; it is on the record, changes no step, and is done once a working day."""

    def prepare(here: frame.Here) -> frame.Prepared:
        case, today = here.case, day_in_japan(here.at)
        post_id = rules.may_remind(case.drafter_post_id, here.steps, here.seeing.held)
        told = telling.concerned(
            case=case,
            kind=machine.REMINDED,
            by=actor.person_id,
            before=here.steps,
            after=here.steps,
            at=here.at,
        ).told
        rules.judge(
            state=case.state,
            may=post_id is not None,
            awaited=bool(told),
            last=queries.last_by_hand(case),
            today=today,
            days=workdays(tenant_id=tenant_id, on=today),
        )
        assert post_id is not None
        return here.seeing.held[post_id], None, {}

    return frame.act(actor, tenant_id, case_id, act_id, at, "", machine.REMINDED, prepare)


@dataclass(frozen=True, slots=True)
class Day:
    """What a day's work came to: how many people were told of what."""

    reminded: int = 0
    stuck: int = 0
    held: int = 0


def day(*, tenant_id: int, at: datetime) -> Day:
    """The day's work in a ministry: remind of deadlines, and tell drafters of steps that are stuck or held for long.

    Once per day, step and person, however often it is done and by how many at once; a step that is stuck, or held
    for long, is told once for as long as it is. No case changes by it.
    """
    return Day(
        reminded=_remind_due(tenant_id, at),
        stuck=_tell_drafters(tenant_id, Notice.STUCK, queries.stuck_steps(tenant_id=tenant_id, at=at), at),
        held=_tell_drafters(tenant_id, Notice.HELD, queries.long_held(tenant_id=tenant_id, at=at), at),
    )


def _remind_due(tenant_id: int, at: datetime) -> int:
    """Some cases at a time, each time in a transaction of its own."""
    told, after = 0, queries.FIRST
    while True:
        with transaction.atomic():
            due, more = queries.due(tenant_id=tenant_id, at=at, after=after)
            notices = [
                writes.OfDay(task.case_id, task.round, task.position, day_in_japan(at), one.person_id)
                for task in due
                for one in task.people
            ]
            told += writes.tell(tenant_id=tenant_id, about=Notice.REMINDER, notices=notices, at=at)
        if more is None:
            return told
        after = more


def _tell_drafters(
    tenant_id: int,
    about: str,
    steps: Sequence[queries.StuckStep] | Sequence[queries.LongHeld],
    at: datetime,
) -> int:
    """Whoever drafted the case, wherever they are seated today, and the holders of the post."""
    posts = {step.drafter_post_id for step in steps}
    seated = organisation.seated(post_ids=posts, on=day_in_japan(at))
    with transaction.atomic():
        notices = [
            writes.OfDay(step.case_id, step.round, step.position, step.since, person)
            for step in steps
            for person in sorted(
                {step.drafter_person_id, *(one.person_id for one in seated.get(step.drafter_post_id, ()))}
            )
        ]
        return writes.tell(tenant_id=tenant_id, about=about, notices=notices, at=at)
