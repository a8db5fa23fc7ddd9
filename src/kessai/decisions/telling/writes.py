"""Telling people of an act, inside its transaction: a notice each, which asks nothing, and a job that mails them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection

from kessai.decisions import machine
from kessai.decisions.models import Case, Event, Notice
from kessai.decisions.replay import Step
from kessai.decisions.telling import queries, rules
from kessai.decisions.telling.mailing import mail
from kessai.kernel.identifiers import new_id

NOBODY = 0


def tell(
    *,
    case: Case,
    event: Event,
    before: Sequence[Step],
    after: Sequence[Step],
    fresh: Sequence[Step] | None = None,
    also_posts: Collection[int] = (),
    also_people: Collection[int] = (),
) -> None:
    """Tell whom the rules name, and whoever gets a task by the event; not who did it, and everybody once (S32).

    ``fresh``: the steps of the round that the event began in the place of the one of ``before``. ``also_posts``,
    ``also_people``: who is told besides; so is whoever did the earlier act that the event is ``about``.
    """
    assert connection.in_atomic_block
    opened = rules.asked(before, after) if fresh is None else rules.asked((), fresh)
    found = queries.concerned(
        case=case,
        kind=event.kind,
        # Who set a date beforehand does nothing when it comes, and is told.
        by=event.person_id if event.capacity != machine.BY_DATE else NOBODY,
        before=before,
        after=after,
        opened=opened,
        also_posts=also_posts,
        also_people=also_people,
        about=event.payload.get("about"),
        requested=(event.payload["asked_post"], -event.seq) if event.kind in rules.ASKING else None,
        at=event.at,
    )
    notices = [
        *(
            _notice(event, person, about=Notice.TASK, position=at)
            for person, at in sorted(found.asked.items())
        ),
        *(_notice(event, one.person_id) for one in found.told),
    ]
    Notice.objects.bulk_create(notices)
    mail(tenant_id=case.tenant_id, notices=[notice.id for notice in notices])


def _notice(event: Event, person_id: int, *, about: str = Notice.EVENT, position: int = 0) -> Notice:
    """A task is in the inbox by itself: its notice is there for the mail, and counts as seen."""
    return Notice(
        tenant_id=event.tenant_id,
        id=new_id(),
        case_id=event.case_id,
        about=about,
        seq=event.seq,
        round=event.round,
        position=position,
        person_id=person_id,
        told_at=event.at,
        seen_at=event.at if about == Notice.TASK else None,
    )
