"""What the acts of reminding need to know of a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kessai.decisions import machine
from kessai.decisions.models import Case, Event
from kessai.kernel.calendar import day_in_japan


def last_by_hand(case: Case) -> date | None:
    """The day on which somebody last reminded whoever had the case."""
    return last_of(
        Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id, kind=machine.REMINDED).order_by("seq")
    )


def last_of(events: Iterable[Event]) -> date | None:
    """The same, of events at hand, in order."""
    days = [day_in_japan(event.at) for event in events if event.kind == machine.REMINDED]
    return days[-1] if days else None
