"""A route read anew for a case under way: what goes on of the route that it replaces, and where. Pure.

What the table demands comes from the plan. What was added by hand, a settlement and a post-review keep their places
between the steps they stood between. A step of the same post and kind goes on in the state it has: approved,
consented, refused, held, passed over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from kessai.decisions import machine, replay

ALL = machine.KINDS
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
    answer_by: date | None


def continued(
    route: Sequence[Mapping[str, Any]], before: Iterable[Standing], *, stand: Collection[str]
) -> tuple[list[Entry], dict[int, int]]:
    """The new route with what is kept of the old one in its place; and which of its steps are which of before.

    ``stand``: kinds of step whose answers stand. With ``ALL`` everything goes on; without, what was added by hand
    is kept and asked anew, and a post-review where the answer stands that it is of.
    """
    left = [step for step in before if step.state != machine.REMOVED]
    same = _same(route, left)
    extra = _extra(route, [step for step in left if step not in same.values()], same, stand)
    entries = _placed(route, extra, same)
    last = max(entry["position"] for entry in route)
    been = {position: step.position for position, step in same.items()}
    return entries, been | {last + n: step.position for n, step in enumerate(extra, start=1)}


def standing(handed_back: Mapping[str, Any], settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Kinds of step whose answers stand at a resubmission whose substance is unchanged (S05, S06).

    ``handed_back``: what the event says by which the drafter has the case.
    """
    reviews = (machine.REVIEW,) if handed_back.get("reviews_stand") else ()
    return (*reviews, machine.CONSENT) if settings["consents_at_return"] == "stand" else reviews


def lapsed(stand: Collection[str]) -> tuple[str, ...]:
    """The kinds of answers, as events, that do not stand."""
    answers = {machine.REVIEW: machine.APPROVED, machine.CONSENT: machine.CONSENTED}
    return tuple(event for kind, event in answers.items() if kind not in stand)


def without_past(entries: Iterable[Entry], on: date, *, answered: Collection[int] = ()) -> list[Entry]:
    """Whoever is asked anew is not late at once: a day for the answer that has passed is not asked for again.

    ``answered``: the places whose answers stand.
    """
    return [
        {key: value for key, value in entry.items() if key != "answer_by"}
        if entry["position"] not in answered and entry.get("answer_by", on.isoformat()) < on.isoformat()
        else entry
        for entry in entries
    ]


def demanded(route: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """Of a recorded route what the table demanded, with its stages numbered as the table's plan has them."""
    found = [dict(e) for e in route if not e.get("added_by") and e["kind"] not in NOT_OF_A_TABLE]
    stages = {stage: n for n, stage in enumerate(sorted({e["stage"] for e in found}), start=1)}
    return [entry | {"stage": stages[entry["stage"]]} for entry in found]


def _same(route: Sequence[Mapping[str, Any]], left: Sequence[Standing]) -> dict[int, Standing]:
    """By new position the step of the same post and kind; the table's own before one added by hand.

    Of a post that is asked at several places, the last goes on at the last.
    """
    found: dict[int, Standing] = {}
    for entry in reversed(route):
        alike = [
            s
            for s in left
            if (s.kind, s.post_id) == (entry["kind"], entry["post"]) and s not in found.values()
        ]
        if alike and not entry["own"]:
            found[entry["position"]] = min(alike, key=lambda s: (s.added_by is not None, -s.position))
    return found


def _extra(
    route: Sequence[Mapping[str, Any]],
    left: Sequence[Standing],
    same: Mapping[int, Standing],
    stand: Collection[str],
) -> list[Standing]:
    """What no table demands and yet stays, in order; nobody is added by hand whom the new route still asks itself."""
    by_hand = [step for step in left if step.added_by is not None and not _is_asked(step, route, same, stand)]
    if stand != ALL:
        by_hand = [step for step in by_hand if answers(step, stand) or not _asked_later(step, by_hand)]
    going_on = [step for step in (*same.values(), *by_hand) if step.kind in stand]

    def stays(step: Standing) -> bool:
        if step.kind == machine.SETTLE:
            return stand == ALL and step.state != machine.CLOSED
        return step.kind == machine.POST_REVIEW and replay.is_due(step, going_on)

    kept = [*by_hand, *(step for step in left if stays(step))]
    return sorted(kept, key=lambda s: (s.stage, s.position))


def answers(step: replay.Placed, stand: Collection[str]) -> bool:
    """Whether a step has been answered by what stands, or a superior passed it over."""
    return step.kind in stand and step.state in (machine.DONE, machine.SKIPPED)


def _is_asked(
    step: Standing,
    route: Sequence[Mapping[str, Any]],
    same: Mapping[int, Standing],
    stand: Collection[str],
) -> bool:
    """Whether the new route itself asks the post of a step for the like, and has no answer of it yet."""
    return any(
        entry["post"] == step.post_id
        and replay.asks_alike(entry["kind"], step.kind)
        and not (entry["position"] in same and answers(same[entry["position"]], stand))
        for entry in route
    )


def _asked_later(step: Standing, by_hand: Iterable[Standing]) -> bool:
    """A post that was added twice and is asked anew acts once, at the last of its places (S12)."""
    return any(
        later.post_id == step.post_id
        and replay.asks_alike(later.kind, step.kind)
        and (later.stage, later.position) > (step.stage, step.position)
        for later in by_hand
    )


def _placed(
    route: Sequence[Mapping[str, Any]], extra: Sequence[Standing], same: Mapping[int, Standing]
) -> list[Entry]:
    """``same``: the old steps that go on, by new position."""
    stages = {entry["position"]: int(entry["stage"]) for entry in route}

    def place(step: Standing) -> tuple[int, int]:
        beside = [p for p, was in same.items() if was.stage == step.stage]
        if step.kind == machine.POST_REVIEW:
            beside = [p for p in beside if replay.is_due(step, [same[p]])] or beside
        behind = [stages[p] for p, was in same.items() if was.stage < step.stage]
        return (min(stages[p] for p in beside), 0) if beside else (max(behind, default=0), step.stage)

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
        **({"answer_by": step.answer_by.isoformat()} if step.answer_by else {}),
    }
