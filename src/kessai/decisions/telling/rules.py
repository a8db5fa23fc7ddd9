"""Who is told of an act, beyond those who get a task by it (S32). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kessai.decisions import machine
from kessai.decisions.replay import Step

Group = Callable[[Sequence[Step], Sequence[Step]], set[int]]
"""Positions of the route as it was before the act, from the steps before and after it."""


def acted(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those who had given an answer that stood."""
    return {s.position for s in before if s.acted is not None and s.kind not in machine.READING}


def closed(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those whose open task the act took away without their answering it."""
    now = {s.position: s for s in after}
    return {
        s.position
        for s in before
        if s.state == machine.OPEN
        and s.kind not in machine.READING
        and now[s.position].state != machine.OPEN
        and now[s.position].acted is None
    }


def consenting(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Units asked for their consent, answered or not."""
    return {s.position for s in before if s.kind == machine.CONSENT and s.state != machine.WAITING}


def refusing(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    return {s.position for s in before if s.state == machine.REFUSED}


def skipped(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those whom a superior passed over."""
    now = {s.position: s.state for s in after}
    return {s.position for s in before if s.state == machine.OPEN and now[s.position] == machine.SKIPPED}


def kept(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Units whose consent stands although the case was put on its route anew."""
    stands = {s.acted for s in after if s.kind == machine.CONSENT}
    return {
        s.position for s in before if s.kind == machine.CONSENT and s.acted is not None and s.acted in stands
    }


def readers(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those who read the case (供覧): told of an issue once it is out, not while it waits for its seal."""
    asked = any(s.kind == machine.SEAL and s.state == machine.OPEN for s in after)
    return set() if asked else {s.position for s in before if s.kind == machine.CIRCULATE}


def nobody(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    return set()


TOLD: Mapping[str, tuple[bool, tuple[Group, ...]]] = {
    machine.APPROVED: (False, (skipped,)),
    machine.DECIDED_EVENT: (True, (closed,)),
    machine.RETURNED_EVENT: (True, (acted, closed)),
    machine.CONSENTED: (False, (closed,)),
    machine.REFUSED_EVENT: (True, (acted, closed)),
    machine.WITHDRAWN_EVENT: (False, (closed,)),
    machine.TAKEN_BACK: (False, (closed,)),
    machine.ESCALATED: (False, (refusing,)),
    machine.SETTLED: (True, (refusing,)),
    machine.OPINED: (True, (nobody,)),
    machine.HELD: (True, (nobody,)),
    machine.REJECTED_EVENT: (True, (acted, consenting, closed)),
    machine.ABANDONED_EVENT: (True, (acted, consenting, closed)),
    machine.CANCELLED_EVENT: (True, (acted, consenting, closed)),
    machine.REVISED: (True, (acted, closed)),
    machine.OBJECTED: (True, (closed,)),
    machine.STEP_REMOVED: (False, (closed,)),
    machine.MOVED: (True, (nobody,)),
    machine.SUBMITTED: (False, (kept,)),
    machine.ISSUED: (True, (readers, closed)),
    machine.ISSUE_VOIDED: (True, (readers, closed)),
    machine.ISSUE_WAIVED: (True, (readers,)),
    machine.SEALED: (True, (readers,)),
    machine.SEAL_REFUSED: (True, (nobody,)),
}
"""By kind of event: whether the drafter is told, and which others."""


def told(kind: str, before: Sequence[Step], after: Sequence[Step]) -> tuple[bool, frozenset[int]]:
    """Whether the drafter is told of an event, and at which positions somebody else is."""
    drafter, groups = TOLD.get(kind, (False, ()))
    return drafter, frozenset().union(*(group(before, after) for group in groups))
