"""Reads that the acts on a case need: its last revision, the common superior of units, the place of a new step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kessai.decisions import machine, planning, replay, rules
from kessai.decisions.models import Case, Event
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.rules import Seat


def fixed_last(case: Case, *, submitted: bool = False) -> Event:
    """The event by which the drafter last fixed a revision, or last submitted it."""
    found = Event.objects.filter(
        tenant_id=case.tenant_id, case_id=case.id, kind__in=machine.FIXING, position=None
    )
    if submitted:
        found = found.filter(kind=machine.SUBMITTED)
    return found.latest("seq")


def ruled(case: Case) -> dict[str, Any]:
    """What rules a case now; see planning.ruled."""
    of = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id, kind__in=machine.RULING)
    return planning.ruled(event.payload for event in of.order_by("seq"))


def common_superior(post_ids: Sequence[int], *, on: date) -> Seat:
    """The lowest post in line above the units of all of some posts, and of none of them."""
    lines = []
    for post_id in post_ids:
        chart = organisation.route_chart(post_id=post_id, on=on)
        lines.append([seat for seat in chart.line if seat.in_line] if chart else [])
    common = set.intersection(*({seat.post_id for seat in line} for line in lines))
    units = {line[0].unit_id for line in lines if line}
    for seat in lines[0]:
        if seat.post_id in common and seat.post_id not in post_ids and seat.unit_id not in units:
            return seat
    raise rules.CannotAct(
        N_("双方の上にいる職が、いまの組織に見つかりません。"), N_("文書担当課に相談してください。")
    )


def place_after(steps: Sequence[replay.Step], own: replay.Step, kind: str) -> int:
    """The stage of a step added behind one's own: after those that the same post added there already."""
    if kind in (machine.CONSULT, machine.CIRCULATE):
        return own.stage
    stage = own.stage
    for step in sorted(steps, key=lambda s: s.stage):
        if step.stage == stage + 1 and step.added_by == own.post_id and step.kind in machine.BLOCKING:
            stage = step.stage
    return stage + 1
