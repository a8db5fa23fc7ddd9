"""A route read anew for a case under way: what goes on of the route that it replaces, and where. Pure.

What the table demands comes from the plan. What was added by hand, a settlement and a post-review keep their places
between the steps they stood between. A step of the same post and kind goes on in the state it has: approved,
consented, refused, held, passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from kessai.decisions import machine

GONE = (machine.REMOVED, machine.CLOSED, machine.SPARED)
NOT_OF_A_TABLE = (machine.SETTLE, machine.POST_REVIEW)

Entry = dict[str, Any]
"""A step of a route as it goes on the record (see planning.route_json)."""


class Standing(Protocol):
    """A step of the round that is replaced, as it is stored."""

    position: int
    stage: int
    kind: str
    post_id: int
    post_title: str
    unit_name: str
    reasons: Any
    state: str
    added_by: int | None


def continued(
    route: Sequence[Mapping[str, Any]], before: Iterable[Standing], *, answers: bool
) -> tuple[list[Entry], dict[int, int]]:
    """The new route with what is kept of the old one in its place; and which of its steps go on with which of before.

    ``answers``: those that were given stand. Without them only what was added by hand is kept, and asked anew.
    """
    left = [step for step in before if step.state not in GONE]
    same = _same(route, left)
    extra = _extra(route, [step for step in left if step not in same.values()], same, answers)
    entries = _placed(route, extra, {position: step.stage for position, step in same.items()})
    if not answers:
        return entries, {}
    last = max(entry["position"] for entry in route)
    carried = {position: step.position for position, step in same.items()}
    return entries, carried | {last + n: step.position for n, step in enumerate(extra, start=1)}


def demanded(route: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """Of a recorded route what the table demanded, with its stages numbered as the table's plan has them."""
    found = [dict(e) for e in route if not e.get("added_by") and e["kind"] not in NOT_OF_A_TABLE]
    stages = {stage: n for n, stage in enumerate(sorted({e["stage"] for e in found}), start=1)}
    return [entry | {"stage": stages[entry["stage"]]} for entry in found]


def _same(route: Sequence[Mapping[str, Any]], left: Sequence[Standing]) -> dict[int, Standing]:
    """By new position the step of the same post and kind; the table's own before one added by hand."""
    found: dict[int, Standing] = {}
    for entry in route:
        alike = [s for s in left if (s.kind, s.post_id) == (entry["kind"], entry["post"])]
        if alike and not entry["own"]:
            found[entry["position"]] = min(alike, key=lambda s: (s.added_by is not None, -s.position))
    return found


def _extra(
    route: Sequence[Mapping[str, Any]],
    left: Iterable[Standing],
    same: Mapping[int, Standing],
    answers: bool,
) -> list[Standing]:
    """What no table demands and yet stays, in order; nobody is added by hand whom the new route still asks itself."""
    answered = {p for p, step in same.items() if answers and step.state == machine.DONE}
    asked = {entry["post"] for entry in route if entry["position"] not in answered}
    passed_over = {step.post_id for step in same.values() if step.state == machine.SKIPPED}

    def stays(step: Standing) -> bool:
        if step.kind == machine.SETTLE:
            return answers
        if step.kind == machine.POST_REVIEW:
            return answers and step.post_id in passed_over
        return step.added_by is not None and step.post_id not in asked

    return sorted((s for s in left if stays(s)), key=lambda s: (s.stage, s.position))


def _placed(
    route: Sequence[Mapping[str, Any]], extra: Sequence[Standing], were: Mapping[int, int]
) -> list[Entry]:
    """``were``: the old stages of the steps that go on, by new position."""
    stages = {entry["position"]: int(entry["stage"]) for entry in route}

    def place(step: Standing) -> tuple[int, int]:
        beside = [stages[position] for position, stage in were.items() if stage == step.stage]
        behind = [stages[position] for position, stage in were.items() if stage < step.stage]
        return (min(beside), 0) if beside else (max(behind, default=0), step.stage)

    keys = [*((stage, 0) for stage in stages.values()), *map(place, extra)]
    number = {key: n for n, key in enumerate(sorted(set(keys)), start=1)}
    last = max(stages)
    return [
        *(dict(entry) | {"stage": number[stages[entry["position"]], 0]} for entry in route),
        *(_entry(step, last + n, number[place(step)]) for n, step in enumerate(extra, start=1)),
    ]


def _entry(step: Standing, position: int, stage: int) -> Entry:
    return {
        "position": position,
        "stage": stage,
        "kind": step.kind,
        "post": step.post_id,
        "post_title": step.post_title,
        "unit": step.unit_name,
        "delegated": False,
        "own": False,
        "reasons": step.reasons,
        **({"added_by": step.added_by} if step.added_by else {}),
    }
