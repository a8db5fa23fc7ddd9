"""Opening and closing requests as an event has it, inside its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from kessai.decisions.models import Case, Event, Request
from kessai.decisions.replay import Step
from kessai.decisions.talking import rules


@dataclass(frozen=True, slots=True)
class Heard:
    """Who is to hear of an event for the sake of requests: posts, and people wherever they sit today."""

    posts: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()


def follow(*, case: Case, event: Event, state: str, steps: Sequence[Step]) -> Heard:
    """Open, move and close requests by an event.

    Who is asked hears it, who asked the answer; and who need not answer, that.
    ``state`` and ``steps``: of the case and its current round after the event.
    """
    assert connection.in_atomic_block
    mine = Request.objects.filter(tenant_id=case.tenant_id, case_id=case.id)
    before = [request_of(row) for row in mine.filter(closed_seq=None).order_by("seq")]
    said = rules.Said(event.kind, event.seq, event.round, event.position, event.payload, state, tuple(steps))
    now = rules.after(before, said)
    Request.objects.bulk_create(
        Request(
            tenant_id=case.tenant_id,
            case_id=case.id,
            seq=request.seq,
            kind=request.kind,
            post_id=request.post_id,
            round=request.round,
            position=request.position,
        )
        for request in now[len(before) :]
    )
    for request, was in zip(now, before, strict=False):
        if request.round != was.round:
            mine.filter(seq=request.seq).update(round=request.round, position=request.position)
    over = {request.seq: request.post_id for request in now if request.closed is not None}
    if not over:
        return Heard(posts=frozenset(request.post_id for request in now[len(before) :]))
    mine.filter(seq__in=over).update(closed_seq=event.seq)
    if event.kind not in rules.ANSWERED_BY:
        return Heard(posts=frozenset(over.values()))
    asked = Event.objects.get(tenant_id=case.tenant_id, case_id=case.id, seq=int(event.payload["request"]))
    # Whoever is away hears of what was answered in their place.
    instead = {int(event.payload["for_post"])} if "for_post" in event.payload else set()
    return Heard(posts=frozenset({asked.post_id} | instead), people=frozenset({asked.person_id}))


def request_of(row: Request) -> rules.Request:
    """A stored request as the rules see it."""
    return rules.Request(row.seq, row.kind, row.post_id, row.round, row.position, row.closed_seq)
