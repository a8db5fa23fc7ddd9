"""Reads of cases that are only read: how far they are, how they ended, and the number that was taken for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from kessai.decisions import machine
from kessai.decisions.circulating import rules
from kessai.decisions.models import Case, Event
from kessai.decisions.results import Circulation, StepView
from kessai.kernel.calendar import day_in_japan


def circulation_of(
    case: Case, steps: Sequence[StepView], events: Sequence[Event], at: datetime
) -> Circulation | None:
    """How far the circulation is that a case is; None for a case that is decided by somebody."""
    if not case.only_read:
        return None
    asked = [s for s in steps if s.kind == machine.CIRCULATE and s.state != machine.REMOVED]
    ended = next((event for event in events if "ended_on" in event.payload), None)
    return Circulation(
        read=sum(step.state == machine.DONE for step in asked),
        readers=len(asked),
        deadline=case.deadline,
        ended_by=ended.kind if ended else "",
        ended_on=date.fromisoformat(ended.payload["ended_on"]) if ended else None,
        over=case.state == machine.ROUTED and rules.has_passed(case.deadline, day_in_japan(at)),
    )


def numbered_afterwards(*, tenant_id: int, case_id: UUID) -> Event | None:
    """The event that gave a circulation its number after it had ended. No access check."""
    events = list(
        Event.objects.filter(tenant_id=tenant_id, case_id=case_id, kind=machine.NUMBERED).order_by("seq")
    )
    ended = Event.objects.filter(tenant_id=tenant_id, case_id=case_id, payload__has_key="ended_on").first()
    return next((event for event in events if ended is not None and event.seq > ended.seq), None)
