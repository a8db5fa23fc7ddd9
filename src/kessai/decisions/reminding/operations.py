"""Reminding: by hand, whoever has a case now; by the calendar, everybody with an open task that is due (S30)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kessai.decisions import frame, machine
from kessai.decisions.reminding import queries, rules
from kessai.decisions.repeats import Outcome
from kessai.decisions.telling import queries as telling
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
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
