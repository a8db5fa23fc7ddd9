"""Beginning a round of a case, inside the caller's transaction: what stands of the last one, and what it asks now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import continuing, machine, planning, replay, rules
from kessai.decisions.by_hand import rules as by_hand
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.original import step_of, steps_of_round
from kessai.organisation import queries as organisation


def read_anew(
    case: Case,
    route: Sequence[Mapping[str, Any]],
    *,
    stand: Collection[str],
    on: date,
    added: Collection[Mapping[str, Any]] = (),
    reviews_lapse: bool = False,
) -> dict[str, Any]:
    """What a ruling event says of the route that replaces a case's present one; see continuing.continued.

    Where only some answers ``stand``, those are kept with the events that gave them (S06). ``on``: the day whose
    mergers of posts count. ``added``: what the drafter adds by hand (by_hand.rules.with_added). ``reviews_lapse``:
    everything goes on but the reviews, which act again (S19).
    """
    before, rows = steps_of_round(case.tenant_id, case.id, case.round)
    anew = {p for p, s in before.items() if reviews_lapse and continuing.answers(s, (machine.REVIEW,))}
    due = [step for step in before.values() if step.position not in anew]
    left = [
        row for row in rows.values() if not anew or row.kind != machine.POST_REVIEW or replay.is_due(row, due)
    ]
    entries, been = continuing.continued(route, left, stand=stand)
    said: dict[str, Any]
    if stand == continuing.ALL:
        said = {"carried": {str(place): was for place, was in been.items()}}
        said |= {"anew": [place for place, was in been.items() if was in anew]} if anew else {}
    else:
        standing = {p: was for p, was in been.items() if continuing.answers(before[was], stand)}
        entries = continuing.without_past(entries, on, answered=standing)
        said = _kept(before, standing, stand)
    said["route"] = by_hand.with_added(entries, added)
    merged = _merged(case, before, said, on)
    return said | ({"merged": merged} if merged else {})


def _kept(
    before: Mapping[int, replay.Step], standing: Mapping[int, int], stand: Collection[str]
) -> dict[str, Any]:
    """Answers that stand: with reviews, as steps that go on, since some of these were passed over (S05)."""
    if not standing:
        return {}
    if machine.REVIEW in stand:
        return {"carried": {str(place): was for place, was in standing.items()}}
    return {"kept": {str(place): before[was].acted for place, was in standing.items()}}


@dataclass(frozen=True, slots=True)
class GoesOn:
    """A planned route with what goes on of the round before; ``by_hand``: of that, what no table demands, as it is."""

    entries: Sequence[dict[str, Any]]
    by_hand: Sequence[Step] = ()

    def removable(self, post_id: int) -> list[Step]:
        """What a post has added and may take out while the case is with its drafter."""
        return [
            row
            for row in self.by_hand
            if row.added_by == post_id and rules.may_take_out(machine.RETURNED, step_of(row))
        ]


def goes_on(*, tenant_id: int, case_id: UUID, route: Sequence[Mapping[str, Any]], on: date) -> GoesOn:
    """What a resubmission on a day would put on the route, be every answer asked again. No access check."""
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    _, rows = steps_of_round(tenant_id, case_id, case.round)
    continued, been = continuing.continued(route, rows.values(), stand=())
    entries = continuing.without_past(continued, on)
    return GoesOn(entries, [rows[been[entry["position"]]] for entry in entries[len(route) :]])


def _merged(case: Case, before: Mapping[int, replay.Step], said: Mapping[str, Any], on: date) -> list[int]:
    """Where nobody is asked in the round that begins, as their posts were merged (S27)."""
    begins = planning.happened(
        kind=machine.SUBMITTED, round=case.round + 1, position=None, seq=case.last_seq + 1, payload=said
    )
    steps = replay.happen(case.state, {case.round: tuple(before.values())}, begins)[1][case.round + 1]
    already = [new for new, was in begins.carried.items() if before[was].state == machine.MERGED]
    successors = organisation.successors(post_ids={step.post_id for step in steps}, on=on)
    return list(replay.merged(steps, successors, already))


def begin(
    *,
    tenant_id: int,
    case_id: UUID,
    case: Case | None,
    kind: str,
    seq: int,
    round: int,
    payload: Mapping[str, Any],
    at: datetime,
) -> None:
    """Store the steps of the round that a ruling event begins. ``case``: as before, where nobody is asked any more."""
    assert connection.in_atomic_block
    before: replay.Rounds = {}
    if case is not None:
        before = {case.round: tuple(steps_of_round(tenant_id, case_id, case.round)[0].values())}
        Step.objects.filter(
            tenant_id=tenant_id, case_id=case_id, round=case.round, state__in=replay.PENDING
        ).update(state=machine.CLOSED, held_seq=None)
    happened = planning.happened(kind=kind, round=round, position=None, seq=seq, payload=payload)
    _, rounds = replay.happen(machine.ROUTED, before, happened)
    Step.objects.bulk_create(
        planning.step_rows(tenant_id, case_id, round, payload["route"], rounds[round], at)
    )


def newly(
    before: Iterable[replay.Step], begun: Iterable[replay.Step], payload: Mapping[str, Any]
) -> tuple[replay.Step, ...]:
    """Of the steps of a new round those at which nobody was asked already in the one before."""
    asked = {step.position for step in before if step.state == machine.OPEN}
    carried = payload.get("carried", {})
    return tuple(step for step in begun if carried.get(str(step.position)) not in asked)


def left(
    before: Iterable[replay.Step], begun: Iterable[replay.Step], payload: Mapping[str, Any]
) -> tuple[replay.Step, ...]:
    """The steps of a round that another has replaced, closed; those that go on there and are not needed, as such."""
    now = {step.position: step.state for step in begun}
    goes_on = {was: now[int(place)] for place, was in payload.get("carried", {}).items()}
    return tuple(
        replace(step, state=goes_on[step.position])
        if goes_on.get(step.position) in (machine.SPARED, machine.OUTVOTED)
        else step
        for step in before
    )


def places_now(events: Iterable[Event], positions: Iterable[int], *, since: int) -> tuple[int, ...]:
    """Where steps of a round are in the present one, through every reading of the route in between.

    ``events``: of the case, in order.
    """
    found = list(positions)
    for event in events:
        if event.round > since and "carried" in event.payload:
            now = {was: int(place) for place, was in event.payload["carried"].items()}
            found = [now[position] for position in found if position in now]
    return tuple(found)


def same_route(case: Case, route: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the table asks the same posts in the same order as it did when the present round began."""
    began = Event.objects.filter(
        tenant_id=case.tenant_id,
        case_id=case.id,
        round=case.round,
        kind__in=machine.RULING,
        payload__has_key="route",
    )
    return _shape(route) == _shape(continuing.demanded(began.earliest("seq").payload["route"]))


def _shape(route: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [(e["stage"], e["kind"], e["post"], e["delegated"], e.get("quorum")) for e in route]
