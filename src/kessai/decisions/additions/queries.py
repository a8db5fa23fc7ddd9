"""Reads of what was added to a cover sheet after the decision, and of what may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kessai.decisions import access, machine
from kessai.decisions.additions import rules
from kessai.decisions.models import Case, Event
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost
from kessai.routing import queries as routing
from kessai.routing.queries import Foreseen


@dataclass(frozen=True, slots=True)
class Added:
    """One addition: what, by whom, when. ``stands``: no later one of the same key took its place."""

    seq: int
    key: str
    kind: str
    label: str
    label_en: str
    value: str
    at: datetime
    unit_name: str
    post_title: str
    person_name: str
    stands: bool

    @property
    def day(self) -> date | None:
        """The value, where it is a day."""
        return date.fromisoformat(self.value) if self.kind == "date" else None


@dataclass(frozen=True, slots=True)
class Additions:
    """``added``: oldest first, those replaced too; ``may_add``: what the reader may add now; ``still``: foreseen and
    not there yet."""

    added: tuple[Added, ...]
    may_add: tuple[Foreseen, ...]
    still: tuple[Foreseen, ...]


def added(*, tenant_id: int, case_id: UUID) -> tuple[Added, ...]:
    """Every addition of a case, oldest first. No access check."""
    events = list(
        Event.objects.filter(tenant_id=tenant_id, case_id=case_id, kind=rules.ADDED).order_by("seq")
    )
    last = {event.payload["key"]: event.seq for event in events}
    return tuple(
        Added(
            event.seq,
            event.payload["key"],
            event.payload["kind"],
            event.payload["label"],
            event.payload["label_en"],
            event.payload["value"],
            event.at,
            event.unit_name,
            event.post_title,
            event.person_name,
            last[event.payload["key"]] == event.seq,
        )
        for event in events
    )


def foreseen(case: Case) -> tuple[Foreseen, ...]:
    """What the kind of matter foresaw on the day of the decision; nothing before."""
    if case.decided_at is None:
        return ()
    return routing.additions_foreseen(
        tenant_id=case.tenant_id, code=case.matter_code, on=day_in_japan(case.decided_at)
    )


def post_that_may(
    each: Foreseen, *, case: Case, held: Mapping[int, HeldPost], at: datetime
) -> HeldPost | None:
    """The post, among those held, whose unit may add an item today."""
    units = organisation.units_of_functions(
        tenant_id=case.tenant_id, functions=each.units, on=day_in_japan(at)
    )
    return next((post for post in held.values() if post.unit_id in units), None)


def additions(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> Additions:
    """What was added to a case the reader may see, and what they may add; NotFound otherwise."""
    seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    if case.state != machine.DECIDED:
        return Additions((), (), ())
    there = added(tenant_id=tenant_id, case_id=case_id)
    possible = foreseen(case)
    keys = {each.key for each in there}
    return Additions(
        added=there,
        may_add=tuple(
            each for each in possible if post_that_may(each, case=case, held=seeing.held, at=at) is not None
        ),
        still=tuple(each for each in possible if each.key not in keys),
    )
