"""Comparing routes: one as it was recorded with one recomputed, and many of one table with those of another.

Pure: routes in, differences and counts out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kessai.kernel.words import N_, Text
from kessai.organisation.rules import RANK
from kessai.routing.rules import CIRCULATE, CIRCULATION, CONSENT, DECIDE, Plan, Row


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two routes differ. ``recorded`` and ``now``: what each says, "" where one has nothing there."""

    what: Text
    recorded: str
    now: str


@dataclass(frozen=True, slots=True)
class Since:
    """Another table rules now than on the day a draft was begun: what that changes of its route."""

    began: date
    table_id: int
    differences: tuple[Difference, ...]


REASONS = N_("理由")

_KINDS = {
    "review": N_("審査する職"),
    "consent": N_("合議する職"),
    "decide": N_("決裁する職"),
    "circulate": N_("供覧する職"),
}


def differences(
    recorded: Sequence[Mapping[str, Any]],
    now: Sequence[Mapping[str, Any]],
    *,
    recorded_row: int,
    row: int,
) -> tuple[Difference, ...]:
    """Where a route as recorded and the same route recomputed differ; both as planning.route_json gives them."""
    found: list[Difference] = []
    if recorded_row != row:
        found.append(Difference(Text(N_("当てはまる行")), str(recorded_row), str(row)))
    for kind, text in _KINDS.items():
        before, after = _posts(recorded, kind), _posts(now, kind)
        gone = [title for post, title in before.items() if post not in after]
        come = [title for post, title in after.items() if post not in before]
        if gone or come:
            found.append(Difference(Text(text), "、".join(gone), "、".join(come)))
    if _quorum(recorded) != _quorum(now):
        found.append(Difference(Text(N_("合議のうち要る同意")), _quorum(recorded), _quorum(now)))
    if not found and _order(recorded) != _order(now):
        found.append(Difference(Text(N_("順序")), "→".join(_titles(recorded)), "→".join(_titles(now))))
    if not found and _reasons(recorded) != _reasons(now):
        found.append(Difference(Text(REASONS), *_other_reasons(recorded, now)))
    return tuple(found)


def _posts(route: Sequence[Mapping[str, Any]], kind: str) -> dict[int, str]:
    return {
        int(step["post"]): f"{step['post_title']}（{step['unit']}）" for step in route if step["kind"] == kind
    }


def _quorum(route: Sequence[Mapping[str, Any]]) -> str:
    """How many of the consents must be given; "" where all must."""
    return next((str(step["quorum"]) for step in route if step.get("quorum")), "")


def _order(route: Sequence[Mapping[str, Any]]) -> list[tuple[int, str, int, bool, bool]]:
    return [(s["stage"], s["kind"], s["post"], s["delegated"], s["own"]) for s in route]


def _titles(route: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(step["post_title"]) for step in route]


def _reasons(route: Sequence[Mapping[str, Any]]) -> list[list[tuple[str, str]]]:
    return [[(str(r["clause"]), str(r["row_reason"])) for r in step["reasons"]] for step in route]


def _other_reasons(
    recorded: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> tuple[str, str]:
    before, after = (
        {f"{clause} {reason}".strip() for step in _reasons(route) for clause, reason in step}
        for route in (recorded, now)
    )
    return "、".join(sorted(before - after)), "、".join(sorted(after - before))


@dataclass(frozen=True, slots=True)
class Shape:
    """What is compared of a planned route: who decides, who consents, how many act before it is decided.

    Where nobody decides, ``decider`` is 0 and ``level`` CIRCULATION.
    """

    decider: int
    level: str
    consents: frozenset[int]
    steps: int


def shape(plan: Plan) -> Shape:
    """The shape of a route. The drafter's own place and the readers after the decision count for no step."""
    acting = [step for step in plan.steps if step.kind != CIRCULATE and not step.own]
    decider = next((step.seat for step in acting if step.kind == DECIDE), None)
    return Shape(
        decider=decider.post_id if decider else 0,
        level=decider.level if decider else CIRCULATION,
        consents=frozenset(step.seat.post_id for step in acting if step.kind == CONSENT),
        steps=len(acting),
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """A case of the past under the table of its day and under another. None: no route, ``why`` under the other."""

    matter: str
    before: Shape | None
    after: Shape | None
    why: Text | None = None


@dataclass(slots=True)
class Tally:
    """Counts over cases. Those without a route under either table are counted apart and compared with nothing.

    ``unknown``: cases whose own route cannot be recomputed; ``no_route``: those that the other table sends
    nowhere; ``up`` and ``down``: decided at a higher or a lower level; ``moves``: by (level before, after).
    """

    cases: int = 0
    unknown: int = 0
    no_route: int = 0
    same: int = 0
    other_decider: int = 0
    up: int = 0
    down: int = 0
    more_consents: int = 0
    fewer_consents: int = 0
    more_steps: int = 0
    fewer_steps: int = 0
    steps_before: int = 0
    steps_after: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, tried: Tried) -> None:
        self.cases += 1
        if tried.after is None:
            self.no_route += 1
            self.reasons[str(tried.why)] += 1
            return
        if tried.before is None:
            self.unknown += 1
            return
        before, after = tried.before, tried.after
        self.same += before == after
        self.other_decider += before.decider != after.decider
        self.up += _rank(after.level) > _rank(before.level)
        self.down += _rank(after.level) < _rank(before.level)
        self.more_consents += len(after.consents) > len(before.consents)
        self.fewer_consents += len(after.consents) < len(before.consents)
        self.more_steps += after.steps > before.steps
        self.fewer_steps += after.steps < before.steps
        self.steps_before += before.steps
        self.steps_after += after.steps
        self.moves[before.level, after.level] += 1


def _rank(level: str) -> int:
    """What is only read ranks below whatever is decided."""
    return RANK.get(level, -1)


def tally(tried: Iterable[Tried]) -> tuple[Tally, dict[str, Tally]]:
    """Counts over all cases, and for each matter, the most cases first."""
    total, by_matter = Tally(), dict[str, Tally]()
    for one in tried:
        total.add(one)
        by_matter.setdefault(one.matter, Tally()).add(one)
    ordered = sorted(by_matter.items(), key=lambda pair: (-pair[1].cases, pair[0]))
    return total, dict(ordered)


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of one table beside that of another: ``before`` None for a new row, ``after`` None for one left out.

    ``fields``: the names of what differs (of routing.rules.Row).
    """

    before: Row | None
    after: Row | None
    fields: tuple[str, ...] = ()


def changes(before: Iterable[Row], after: Iterable[Row]) -> tuple[RowChange, ...]:
    """The rows that differ between two tables, in the order of the rows after.

    A row is the same one as before where it has the same matter and clause; else where it applies to the same facts.
    The number of a row alone is no difference: it changes with every row put in before.
    """
    left = {_key(row): row for row in before}
    paired: list[RowChange] = []
    rest: list[Row] = []
    for row in after:
        old = left.pop(_key(row), None)
        if old is None:
            rest.append(row)
        elif differs := _differing(old, row):
            paired.append(RowChange(old, row, differs))
    by_facts = {_facts(row): key for key, row in left.items()}
    for row in rest:
        key = by_facts.pop(_facts(row), None)
        match = left.pop(key, None) if key is not None else None
        paired.append(RowChange(match, row, _differing(match, row) if match else ()))
    gone = [RowChange(row, None) for row in left.values()]
    return tuple(sorted([*paired, *gone], key=_place))


def _place(change: RowChange) -> tuple[int, int]:
    row = change.after or change.before
    assert row is not None
    return (row.number, 0 if change.after is None else 1)


def _key(row: Row) -> tuple[str, str]:
    return (row.matter_code, row.clause)


def _facts(row: Row) -> tuple[object, ...]:
    return (row.matter_code, row.amount_from, row.amount_below, row.flags, row.conditions, row.units)


def _differing(before: Row, after: Row) -> tuple[str, ...]:
    names = [name for name in Row.__dataclass_fields__ if name not in ("number", "reason_en")]
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))
