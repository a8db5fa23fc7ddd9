"""Who is told of an act, beyond those who get a task by it (S32). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kessai.decisions import rules
from kessai.decisions.rules import Step

Group = Callable[[Sequence[Step], Sequence[Step]], set[int]]
"""Positions of the route as it was before the act, from the steps before and after it."""


def acted(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those who had given an answer that stood."""
    return {s.position for s in before if s.acted is not None and s.kind not in rules.READING}


def closed(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those whose open task the act took away without their answering it."""
    now = {s.position: s for s in after}
    return {
        s.position
        for s in before
        if s.state == rules.OPEN
        and s.kind not in rules.READING
        and now[s.position].state != rules.OPEN
        and now[s.position].acted is None
    }


def consenting(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Units asked for their consent, answered or not."""
    return {s.position for s in before if s.kind == rules.CONSENT and s.state != rules.WAITING}


def refusing(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    return {s.position for s in before if s.state == rules.REFUSED}


def skipped(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    """Those whom a superior passed over."""
    now = {s.position: s.state for s in after}
    return {s.position for s in before if s.state == rules.OPEN and now[s.position] == rules.SKIPPED}


def nobody(before: Sequence[Step], after: Sequence[Step]) -> set[int]:
    return set()


TOLD: Mapping[str, tuple[bool, tuple[Group, ...]]] = {
    rules.APPROVED: (False, (skipped,)),
    rules.DECIDED_EVENT: (True, (closed,)),
    rules.RETURNED_EVENT: (True, (acted, closed)),
    rules.REFUSED_EVENT: (True, (acted,)),
    rules.WITHDRAWN_EVENT: (False, (closed,)),
    rules.TAKEN_BACK: (False, (closed,)),
    rules.ESCALATED: (False, (refusing,)),
    rules.SETTLED: (True, (refusing,)),
    rules.OPINED: (True, (nobody,)),
    rules.HELD: (True, (nobody,)),
    rules.REJECTED_EVENT: (True, (acted, consenting, closed)),
    rules.ABANDONED_EVENT: (True, (acted, consenting, closed)),
    rules.CANCELLED_EVENT: (True, (acted, consenting, closed)),
    rules.REVISED: (False, (acted, closed)),
    rules.OBJECTED: (True, (closed,)),
    rules.STEP_REMOVED: (False, (closed,)),
    rules.MOVED: (True, (nobody,)),
    rules.SUBMITTED: (False, (nobody,)),
}
"""By kind of event: whether the drafter is told, and which others."""


def told(kind: str, before: Sequence[Step], after: Sequence[Step]) -> tuple[bool, frozenset[int]]:
    """Whether the drafter is told of an event, and at which positions somebody else is."""
    drafter, groups = TOLD.get(kind, (False, ()))
    return drafter, frozenset().union(*(group(before, after) for group in groups))
