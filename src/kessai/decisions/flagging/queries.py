"""Which flags a case has, who put each on, and which of them its drafter took off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions import machine
from kessai.decisions.flagging import rules
from kessai.decisions.models import Event


@dataclass(frozen=True, slots=True)
class FlagView:
    """A flag of a case. ``key``: raised on the way, and how the draft's form takes it off; "" for the drafter's own.

    ``who``, ``at``, ``why``: of whoever raised it. ``lowered_by``, ``lowered_at``: of the drafter who took it off.
    """

    flag: str
    key: str = ""
    who: str = ""
    at: datetime | None = None
    why: str = ""
    lowered_by: str = ""
    lowered_at: datetime | None = None


def of_case(tenant_id: int, case_id: UUID) -> list[Event]:
    """The events of a case that speak of its flags, in order."""
    found = Event.objects.filter(tenant_id=tenant_id, case_id=case_id, kind__in=machine.RULING)
    return list(found.order_by("seq"))


@dataclass(frozen=True, slots=True)
class OnDraft:
    """Flags raised on the way, as a draft that is put in (again) takes them: ``kept`` on it, or ``lowered`` by it.

    ``raised_by``: the people who had raised those that are lowered.
    """

    kept: frozenset[str] = frozenset()
    lowered: frozenset[str] = frozenset()
    raised_by: frozenset[int] = frozenset()


def on_draft(tenant_id: int, draft_id: UUID, typed: Mapping[str, str]) -> OnDraft:
    """What becomes of the flags raised on the case of a draft, by what its drafter typed."""
    return _on_draft(of_case(tenant_id, draft_id), typed)


def on_drafts(tenant_id: int, typed: Mapping[UUID, Mapping[str, str]]) -> dict[UUID, OnDraft]:
    """The same of several drafts."""
    found = Event.objects.filter(tenant_id=tenant_id, case_id__in=list(typed), kind__in=machine.RULING)
    of: dict[UUID, list[Event]] = {id: [] for id in typed}
    for event in found.order_by("seq"):
        of[event.case_id].append(event)
    return {id: _on_draft(of[id], typed[id]) for id in typed}


def _on_draft(ruling: Sequence[Event], typed: Mapping[str, str]) -> OnDraft:
    events = {event.seq: event for event in ruling}
    raised = rules.raised(events.values())
    lowered = rules.taken_off(typed, raised)
    return OnDraft(
        rules.standing(raised) - lowered,
        lowered,
        frozenset(events[each.seq].person_id for each in raised if each.flag in lowered),
    )


def flags(events: Sequence[Event]) -> tuple[FlagView, ...]:
    """The flags in force by the events of a case, then those that were taken off."""
    ruling = [event for event in events if event.kind in machine.RULING]
    by_seq = {event.seq: event for event in ruling}
    raised = {each.flag: each for each in rules.raised(ruling)}
    in_force = list(ruling[-1].payload.get("flags", ())) if ruling else []
    standing = rules.standing(raised.values())
    there = [_raised(raised[f], by_seq) if f in standing else FlagView(f) for f in in_force]
    return (*there, *(_raised(each, by_seq) for each in raised.values() if each.flag not in in_force))


def _raised(raised: rules.Raised, events: Mapping[int, Event]) -> FlagView:
    event = events[raised.seq]
    lowered = events[raised.lowered] if raised.lowered is not None else None
    return FlagView(
        raised.flag,
        key=raised.key,
        who=_who(event),
        at=event.at,
        why=event.remark,
        lowered_by=_who(lowered) if lowered else "",
        lowered_at=lowered.at if lowered else None,
    )


def _who(event: Event) -> str:
    return f"{event.post_title} {event.person_name}"
