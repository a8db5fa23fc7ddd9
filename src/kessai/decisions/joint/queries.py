"""Reads of joint decisions (連名): which units, which steps stand for one, in whose name the decision is issued."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from kessai.decisions.joint import rules
from kessai.decisions.models import Event
from kessai.decisions.results import JointView
from kessai.organisation import lookups
from kessai.organisation import queries as organisation
from kessai.organisation.rules import Seat, head_of


def units(said: Mapping[str, Any]) -> tuple[JointView, ...]:
    """The joint units that a payload names, with who decides for each by the titles of its day."""
    return tuple(JointView(each["unit"], each["post_title"], each["how"]) for each in said.get("joint", ()))


def places(events: Iterable[Event]) -> frozenset[tuple[int, int | None]]:
    """The steps of a case that stand for a unit: round and position."""
    return frozenset(
        (event.round, entry["position"])
        for event in events
        for entry in event.payload.get("route", ())
        if rules.is_joint(entry["reasons"])
    )


def heads(*, tenant_id: int, main: int, others: Collection[int], on: date) -> tuple[Seat, ...]:
    """Who stands at the head of each unit of a joint decision on a day: the main one first, then by the chart.

    A unit that ended is answered by its successor; one with no post in line is left out.
    """
    now = organisation.units_now(unit_ids=[main, *others], on=on)
    members = lookups.members(unit_ids={unit.unit_id for unit in now.values()}, on=on)
    order = {unit.unit_id: n for n, unit in enumerate(organisation.chart(tenant_id=tenant_id, on=on))}
    first = now[main].unit_id if main in now else None
    ids = sorted({u.unit_id for u in now.values()}, key=lambda u: (u != first, order.get(u, len(order))))
    found = (head_of(s for s in members.get(unit, ()) if s.unit_depth == 0) for unit in ids)
    return tuple(head for head in found if head is not None)
