"""Joint decisions of several units (連名): who decides, who signs beside, and which unit each of them stands for.

Pure. The same table, day and facts are read for every joint unit as if it had drafted; there is one decider all the
same. A unit whose decider is a superior of the drafting unit's takes the decision up. The posts that decide for the
other units sign before it, each by a consent that must be given. One post that decides for several acts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kessai.kernel.words import N_, Text
from kessai.organisation.rules import RouteChart, Seat
from kessai.routing.rules import (
    CIRCULATION,
    CONSENT,
    COVERED,
    SIGNS,
    TAKES_UP,
    ByHand,
    CannotPlan,
    CaseFacts,
    Jointly,
    JointPlace,
    JointUnit,
    Plan,
    PlannedStep,
    Reason,
    Row,
    Table,
    choose_row,
    decision,
    plan,
    reason_of,
)

WHY_SIGNS = N_("連名: 「%(unit)s」で決裁する職です。決裁の前に、この部署として同意します。")
WHY_SIGNS_OWN = N_(
    "連名: 起案した「%(unit)s」で決裁する職です。決裁が%(above)sに上がるため、その前に同意します。"
)
WHY_COVERED = N_("連名: 「%(unit)s」でも決裁する職です。一つの決裁で両方の部署の決裁になります。")
WHY_TAKEN_UP = N_("連名: 「%(unit)s」で決裁する職です。起案した部署の%(own)sの上司に当たるため、決裁します。")


class CannotJoin(CannotPlan):
    """A unit cannot be a joint unit of this matter."""

    field = "joint"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who decides a matter in a joint unit, by which row of the table."""

    unit: JointUnit
    row: Row
    decides: PlannedStep

    @property
    def seat(self) -> Seat:
        return self.decides.seat

    def says(self, text: str, **params: str) -> Reason:
        """A reason that cites the row by which this unit's decider decides."""
        return reason_of(Text(text, {"unit": self.unit.name, **params}), self.row, self.unit.name)


def plan_jointly(facts: CaseFacts, table: Table, chart: RouteChart, by_hand: ByHand) -> Plan:
    """The route of a case by a table, with its joint units if it has any. Errors: CannotPlan, CannotJoin."""
    if not by_hand.joint:
        return plan(facts, table, chart, by_hand)
    return plan(facts, table, chart, by_hand, jointly(facts, table, chart, by_hand.joint))


def jointly(facts: CaseFacts, table: Table, chart: RouteChart, units: Sequence[JointUnit]) -> Jointly:
    """What joint units make of a route; ``chart``: of the drafting unit. Errors: CannotPlan, CannotJoin."""
    row = choose_row(table, facts, chart.drafter_place)[0]
    own = _decision(facts, row, chart)
    found = [_verdict(facts, table, chart, unit) for unit in units]
    lines = [chart.line, *(unit.chart.line for unit in units)]
    top = _topmost(own.seat, found, lines)
    decides = _taken_up(own, top) if top else own
    covered = [v for v in found if v is not top and v.seat.post_id == decides.seat.post_id]
    reasons = (*decides.reasons, *(v.says(WHY_COVERED) for v in covered))
    signing = [v for v in found if v.seat.post_id != decides.seat.post_id]
    steps = [PlannedStep(0, CONSENT, v.seat, (v.says(WHY_SIGNS),)) for v in signing]
    if top and own.seat.post_id != chart.drafter.post_id:
        steps.insert(0, _own_signature(own, row, chart, top.seat))
    places = tuple(JointPlace(v.unit, v.seat, _how(v, top, decides.seat)) for v in found)
    return Jointly(replace(decides, reasons=reasons), tuple(steps), places)


def _verdict(facts: CaseFacts, table: Table, chart: RouteChart, unit: JointUnit) -> Verdict:
    """Who would decide if the unit had drafted. Errors: CannotJoin."""
    try:
        row = choose_row(table, facts, unit.chart.drafter_place)[0]
        decides = _decision(facts, row, replace(unit.chart, functions=chart.functions))
    except CannotPlan as refusal:
        raise CannotJoin(
            N_("「%(unit)s」では、この事案を決裁する職が決裁規程から決まらないため、連名にできません。"),
            N_("連名の部署を直すか、規程の担当課に相談してください。"),
            unit=unit.name,
        ) from refusal
    if decides.seat.post_id == chart.drafter.post_id:
        raise CannotJoin(
            N_("「%(unit)s」で決裁するのは、起案するあなたの職（%(title)s）です。連名にできません。"),
            N_("連名の部署から外してください。"),
            unit=unit.name,
            title=decides.seat.title,
        )
    return Verdict(unit, row, decides)


def _decision(facts: CaseFacts, row: Row, chart: RouteChart) -> PlannedStep:
    if row.level == CIRCULATION:
        raise CannotJoin(
            N_("供覧だけの案件は、だれも決裁しないため、連名にできません。"),
            N_("連名の部署を空欄にして、読む職・部署に入れてください。"),
        )
    return decision(facts, row, chart)


def _topmost(own: Seat, found: Sequence[Verdict], lines: Sequence[Sequence[Seat]]) -> Verdict | None:
    """The joint unit whose decider is above the drafting unit's own, and below no other such; None if none is."""
    above = [v for v in found if _is_above(v.seat, own, lines)]
    return next((v for v in above if not any(_is_above(o.seat, v.seat, lines) for o in above)), None)


def _is_above(upper: Seat, lower: Seat, lines: Sequence[Sequence[Seat]]) -> bool:
    """Whether a post is a superior of another, as far as lines that go through both say so."""

    def place(post_id: int, line: Sequence[Seat]) -> tuple[int, int] | None:
        return next(((s.unit_depth, s.rank) for s in line if s.post_id == post_id), None)

    return upper.in_line and any(
        high > low
        for line in lines
        if (high := place(upper.post_id, line)) and (low := place(lower.post_id, line))
    )


def _how(verdict: Verdict, top: Verdict | None, decider: Seat) -> str:
    if verdict is top:
        return TAKES_UP
    return COVERED if verdict.seat.post_id == decider.post_id else SIGNS


def _taken_up(own: PlannedStep, top: Verdict) -> PlannedStep:
    why = top.says(WHY_TAKEN_UP, own=own.seat.title)
    return replace(top.decides, reasons=(*top.decides.reasons, why))


def _own_signature(own: PlannedStep, row: Row, chart: RouteChart, above: Seat) -> PlannedStep:
    """The drafting unit's own decider, where the decision goes up: it signs for its unit like the others."""
    unit = chart.drafter.unit_name
    why = reason_of(Text(WHY_SIGNS_OWN, {"unit": unit, "above": above.title}), row, unit)
    return PlannedStep(0, CONSENT, own.seat, (why,))
