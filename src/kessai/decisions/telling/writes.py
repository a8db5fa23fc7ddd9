"""Telling people of an act, inside its transaction: a notice each, which asks nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection

from kessai.decisions.models import Case, Event, Notice
from kessai.decisions.replay import Step
from kessai.decisions.telling import rules
from kessai.kernel.identifiers import new_id
from kessai.organisation.absence import queries as absence


def tell(*, case: Case, event: Event, before: Sequence[Step], after: Sequence[Step]) -> None:
    """Tell whom the rules name: who acted, wherever seated today, and the holders of the post. Not who did it (S32).

    What is said about an earlier act (``about``: its seq), as a refused seal is, is told to who did that too.
    """
    assert connection.in_atomic_block
    drafter, positions = rules.told(event.kind, before, after)
    posts = {step.post_id for step in before if step.position in positions}
    people: set[int] = {case.drafter_person_id} if drafter else set()
    if drafter:
        posts.add(case.drafter_post_id)
    answers = [step.acted for step in before if step.position in positions and step.acted is not None]
    if "about" in event.payload:
        answers.append(event.payload["about"])
    people |= _who_did(case, answers) if answers else set()
    people |= _holders(posts, event) if posts else set()
    Notice.objects.bulk_create(
        [
            Notice(
                tenant_id=case.tenant_id,
                id=new_id(),
                case_id=case.id,
                seq=event.seq,
                person_id=person,
                told_at=event.at,
            )
            for person in sorted(people - {event.person_id})
        ]
    )


def _who_did(case: Case, seqs: Collection[int]) -> set[int]:
    of = Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id, seq__in=seqs)
    return set(of.values_list("person_id", flat=True))


def _holders(posts: Collection[int], event: Event) -> set[int]:
    desks = absence.desks(post_ids=posts, at=event.at)
    return {holder.person_id for desk in desks.values() for holder in desk.holders}
