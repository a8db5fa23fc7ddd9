"""Reads of how cases hang together: what a case corrects or was copied from, and what came of it later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions import access, machine
from kessai.decisions.models import Case, CaseLink
from kessai.drafting import queries as drafts
from kessai.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """The other case of a link, as a reader who may see it is told of it."""

    tenant_id: int
    case_id: UUID
    kind: str
    number: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Links:
    """``earlier``: what this case corrects or was copied from; ``later``: what was begun from it, the oldest first.

    ``may_correct``, ``may_copy``: whether the reader may begin such a case now.
    """

    earlier: LinkedCase | None
    later: tuple[LinkedCase, ...]
    may_correct: bool
    may_copy: bool


def links(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> Links:
    """The cases linked to one, those that the reader may see; NotFound where they may not see the case itself."""
    seeing = access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    mine = CaseLink.objects.filter(tenant_id=tenant_id, draft_id=case_id).first()
    begun = list(CaseLink.objects.filter(tenant_id=tenant_id, earlier_id=case_id).order_by("made_at"))
    kinds = {link.draft_id: link.kind for link in begun} | ({mine.earlier_id: mine.kind} if mine else {})
    seen = access.visible(seeing, tenant_id=tenant_id, case_ids=list(kinds)) if kinds else frozenset()
    cases = {
        case.id: LinkedCase(tenant_id, case.id, kinds[case.id], case.number, case.title, case.state)
        for case in Case.objects.filter(tenant_id=tenant_id, id__in=seen)
    }
    state = Case.objects.get(tenant_id=tenant_id, id=case_id).state
    drafting = any(
        post.tenant_id == tenant_id for post in drafts.posts_to_begin_as(actor=actor, at=at).values()
    )
    return Links(
        earlier=cases.get(mine.earlier_id) if mine else None,
        later=tuple(cases[link.draft_id] for link in begun if link.draft_id in cases),
        may_correct=drafting and state == machine.DECIDED,
        may_copy=drafting and state in machine.ENDED and state != machine.DECIDED,
    )
