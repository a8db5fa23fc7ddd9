"""Reads of what was added to a cover sheet after the decision, and of what may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

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


def heads_that_add(case: Case, *, at: datetime) -> frozenset[int]:
    """The posts that head the units which may add to the cover sheet, were the case decided now."""
    on = day_in_japan(at)
    foreseen = routing.additions_foreseen(tenant_id=case.tenant_id, code=case.matter_code, on=on)
    named = sorted({unit for each in foreseen for unit in each.units})
    if not named:
        return frozenset()
    units = organisation.units_of_functions(tenant_id=case.tenant_id, functions=named, on=on)
    return organisation.heads_of(unit_ids=units, on=on)


@dataclass(frozen=True, slots=True)
class ToAdd:
    """A decided case with what units of the reader may add to its cover sheet, and nobody has."""

    tenant_id: int
    case_id: UUID
    title: str
    number: str
    decided_at: datetime
    drafter_unit: str
    drafter_name: str
    labels: list[str]
    labels_en: list[str]


LONGEST = 200


def to_add(*, actor: Actor, at: datetime) -> tuple[ToAdd, ...]:
    """What units of the actor may still add, the latest decided first; at most LONGEST cases."""
    seeing = access.sight(actor=actor, at=at)
    units = {post.unit_id for post in seeing.held.values()}
    names = organisation.names_of_units(unit_ids=units, on=day_in_japan(at))
    if not names:
        return ()
    params = seeing.params() | {
        "named_in": [tenant for tenant, _ in names],
        "names": [name for _, name in names],
        "limit": LONGEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(access.SQL["to_add"], params)
        columns = [column.name for column in cursor.description]
        return tuple(ToAdd(**dict(zip(columns, row, strict=True))) for row in cursor.fetchall())


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
