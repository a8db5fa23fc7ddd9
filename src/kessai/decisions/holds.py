"""How long a step was held (保留)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kessai.decisions import machine, planning, replay
from kessai.decisions.models import Event


def over(events: Sequence[Event]) -> dict[int, datetime]:
    """When the holds of a case that are over ended, by the seq of the event that made each."""
    if not any(event.kind == machine.HELD for event in events):
        return {}
    found: dict[int, datetime] = {}
    rounds: replay.Rounds = {}
    before: set[int] = set()
    state = machine.ROUTED
    for event in events:
        happened = planning.happened(
            kind=event.kind,
            round=event.round,
            position=event.position,
            seq=event.seq,
            payload=event.payload,
        )
        state, rounds = replay.happen(state, rounds, happened)
        held = {step.held for steps in rounds.values() for step in steps if step.held is not None}
        found |= dict.fromkeys(before - held, event.at)
        before = held
    return found
