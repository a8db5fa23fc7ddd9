"""Which other posts an event of the route is about, in words: added, taken out, moved to, returned to."""

from __future__ import annotations

from collections.abc import Sequence

from kessai.decisions import machine
from kessai.decisions.models import Event

BROUGHT = (machine.STEP_ADDED, machine.READERS_ADDED, machine.MOVED, machine.ESCALATED)
AIMED = (machine.RETURNED_EVENT, machine.STEP_REMOVED)


def about(events: Sequence[Event]) -> dict[int, str]:
    """Unit and title of those posts, by the seq of the event; of all events of a case, in order."""
    found: dict[int, str] = {}
    names: dict[tuple[int, int], str] = {}
    for event in events:
        said = event.payload
        brought = said.get("added", ())
        for step in (*said.get("route", ()), *brought):
            names[event.round, int(step["position"])] = f"{step['unit']} {step['post_title']}"
        if event.kind in BROUGHT:
            found[event.seq] = "、".join(names[event.round, int(step["position"])] for step in brought)
        elif event.kind in AIMED and said.get("to") is not None:
            found[event.seq] = names[event.round, said["to"]]
    return found
