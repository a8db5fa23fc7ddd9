"""What somebody was told and has not marked as seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions import access, machine
from kessai.decisions.models import Case, Event, Notice
from kessai.decisions.rewording import rules as rewording
from kessai.kernel.actor import Actor

LONGEST = 50


@dataclass(frozen=True, slots=True)
class Told:
    """One notice: who did what on which case, and in which words. ``event``: the kind of event."""

    tenant_id: int
    notice_id: UUID
    case_id: UUID
    title: str
    event: str
    post_title: str
    person_name: str
    remark: str
    at: datetime
    revision: int
    """On which it was done, or that it fixed."""

    @property
    def fixes(self) -> bool:
        """Whether it made a revision that differs from one before."""
        return self.event in (*machine.FIXING, rewording.REWORDED) and self.revision > 1


def unseen(*, actor: Actor, at: datetime) -> tuple[Told, ...]:
    """Notices to the actor, the latest first, of cases that they may still see."""
    seeing = access.sight(actor=actor, at=at)
    unseen_by = Notice.objects.filter(tenant_id__in=seeing.tenants, person_id=actor.person_id, seen_at=None)
    notices = list(unseen_by.order_by("-told_at")[:LONGEST])
    found: list[Told] = []
    for tenant in sorted({notice.tenant_id for notice in notices}):
        mine = [notice for notice in notices if notice.tenant_id == tenant]
        ids = {notice.case_id for notice in mine}
        visible = access.visible(seeing, tenant_id=tenant, case_ids=ids)
        titles = dict(Case.objects.filter(tenant_id=tenant, id__in=visible).values_list("id", "title"))
        events = {
            (event.case_id, event.seq): event
            for event in Event.objects.filter(
                tenant_id=tenant, case_id__in=visible, seq__in={notice.seq for notice in mine}
            )
        }
        found += [
            _told(notice, events[notice.case_id, notice.seq], titles[notice.case_id])
            for notice in mine
            if notice.case_id in titles
        ]
    return tuple(sorted(found, key=lambda told: told.at, reverse=True))


def _told(notice: Notice, event: Event, title: str) -> Told:
    return Told(
        tenant_id=notice.tenant_id,
        notice_id=notice.id,
        case_id=notice.case_id,
        title=title,
        event=rewording.called(event.kind, event.position),
        post_title=event.post_title,
        person_name=event.person_name,
        remark=event.remark,
        at=event.at,
        revision=event.revision,
    )
