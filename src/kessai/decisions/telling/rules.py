"""Who is told of an act, and who is asked by it (S32). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kessai.decisions import machine
from kessai.decisions.replay import Step, all_read

DRAFTER = 0
"""In place of a position: the drafter."""

Group = Callable[[Sequence[Step], Sequence[Step]], set[int]]
"""Positions of the route, from the steps before and after the act."""


def acted(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those who had given an answer that stood."""
    return {s.position for s in before if s.acted is not None and s.kind not in machine.READING}


def reviewed(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """The drafter's line, as far as it has approved."""
    return {s.position for s in before if s.acted is not None and s.kind == machine.REVIEW}


def closed(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those whose open task the act took away without their answering it."""
    now = {s.position: s for s in after}
    return {
        s.position
        for s in before
        if s.state == machine.OPEN
        and s.kind not in machine.READING
        and now[s.position].state not in (machine.OPEN, machine.MERGED)
        and now[s.position].acted is None
    }


def refusing(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    return {s.position for s in before if s.state == machine.REFUSED}


NO_MORE = {machine.REFUSED: machine.OUTVOTED, machine.OPEN: machine.SPARED}


def not_needed(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those whose refusal stops the case no more, or whose answer is not waited for, since as many agree as needed."""
    now = {s.position: s.state for s in after}
    return {s.position for s in before if s.state in NO_MORE and now[s.position] == NO_MORE[s.state]}


def turned(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """The drafter, where a unit that had refused agrees."""
    now = {s.position: s.state for s in after}
    agreed = any(s.state == machine.REFUSED and now[s.position] == machine.DONE for s in before)
    return {DRAFTER} if agreed else set()


def skipped(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those whom a superior passed over."""
    now = {s.position: s.state for s in after}
    return {s.position for s in before if s.state != machine.SKIPPED and now[s.position] == machine.SKIPPED}


def awaited(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Whom the case waits for: the posts with an open task; without one, the drafter, who has it."""
    asked = {s.position for s in after if s.state == machine.OPEN and s.kind not in machine.READING}
    return asked or {DRAFTER}


def kept(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those whose answer stands although the case was put on its route anew."""
    stands = {s.acted for s in after}
    return {s.position for s in before if s.acted is not None and s.acted in stands}


def readers(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those who read the case (供覧): told of an issue once it is out, not while it waits for its seal."""
    asked = any(s.kind == machine.SEAL and s.state == machine.OPEN for s in after)
    return set() if asked else {s.position for s in before if s.kind == machine.CIRCULATE}


def on_route(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """While a case is on its way, those who are asked and those who have acted."""
    if any(s.kind == machine.DECIDE and s.state == machine.DONE for s in before):
        return set()
    return {s.position for s in before if s.state == machine.OPEN or s.acted is not None}


def nobody(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    return set()


TOLD: Mapping[str, tuple[bool, tuple[Group, ...]]] = {
    machine.APPROVED: (False, (skipped, closed)),
    machine.CONSENTED: (False, (turned, closed)),
    machine.DECIDED_EVENT: (True, (skipped, closed)),
    machine.RETURNED_EVENT: (True, (acted, closed)),
    machine.REFUSED_EVENT: (True, (reviewed, closed)),
    machine.WITHDRAWN_EVENT: (False, (reviewed, closed)),
    machine.TAKEN_BACK: (False, (closed,)),
    machine.ESCALATED: (False, (refusing,)),
    machine.SETTLED: (True, (refusing, closed)),
    machine.OPINED: (True, (nobody,)),
    machine.HELD: (True, (nobody,)),
    machine.REJECTED_EVENT: (True, (acted, closed)),
    machine.ABANDONED_EVENT: (True, (acted, closed)),
    machine.CANCELLED_EVENT: (True, (acted, closed)),
    machine.REVISED: (True, (acted, closed)),
    machine.OBJECTED: (True, (closed,)),
    machine.FLAGGED: (True, (closed,)),
    machine.STEP_REMOVED: (False, (closed,)),
    machine.MOVED: (True, (nobody,)),
    machine.SUBMITTED: (False, (kept,)),
    machine.ISSUED: (True, (readers, closed)),
    machine.ISSUE_VOIDED: (True, (readers, closed)),
    machine.ISSUE_WAIVED: (True, (readers,)),
    machine.RECEIPT_JOINED: (True, (on_route,)),
    machine.SEALED: (True, (readers,)),
    machine.SEAL_REFUSED: (True, (nobody,)),
    machine.REMINDED: (False, (awaited,)),
    machine.ANSWERED: (True, (nobody,)),
    machine.EXPIRED: (True, (nobody,)),
    machine.READERS_ADDED: (True, (nobody,)),
}
"""By kind of event: whether the drafter is told, and which others, besides those not needed any more by it."""

ASKING = (machine.ASKED, machine.FORWARDED)
"""Events that ask a post for something beside its steps: whoever is there gets a task by them."""

ENDS = (machine.REJECTED_EVENT, machine.ABANDONED_EVENT, machine.CANCELLED_EVENT)
"""Of these all are told who ever acted in the case, be it that what they did has lapsed since."""

ACTING = (
    machine.APPROVED,
    machine.CONSENTED,
    machine.RETURNED_EVENT,
    machine.TAKEN_BACK,
    machine.REFUSED_EVENT,
    machine.SETTLED,
    machine.OPINED,
    machine.OBJECTED,
    machine.STEP_ADDED,
    machine.STEP_REMOVED,
    machine.MOVED,
    machine.FLAGGED,
)
"""Events by which somebody on the route acts (S08)."""


def told(kind: str, before: Sequence[Step], after: Sequence[Step]) -> tuple[bool, frozenset[int]]:
    """Whether the drafter is told of an event, and at which positions somebody else is."""
    drafter, groups = TOLD.get(kind, (False, ()))
    positions = frozenset().union(*(group(before, after) for group in (*groups, not_needed)))
    # Of a circulation that all have read, the drafter hears once, with the last of them.
    drafter = drafter or DRAFTER in positions or (kind in machine.COMPLETES and all_read(after))
    return drafter, positions - {DRAFTER}


def asked(before: Sequence[Step], after: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that an event opened: whoever is there gets a task by it."""
    was = {s.position for s in before if s.state == machine.OPEN}
    return tuple(s for s in after if s.state == machine.OPEN and s.position not in was)
