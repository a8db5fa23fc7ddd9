"""Decided cases that may serve as a precedent, as far as the drafter may see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from kessai.decisions import access, machine
from kessai.decisions.models import Case, CaseLink
from kessai.decisions.precedents import rules
from kessai.drafting import queries as drafts
from kessai.drafting.queries import DraftPage
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost
from kessai.routing import queries as routing
from kessai.routing.queries import Matter

OF_UNIT, OF_MINISTRY = 2_000, 1_500
"""How many of the latest decided cases are compared: of the own unit, and of the ministry in each likely matter."""
CANDIDATES = 60
SHOWN = 3
LEAST = 0.3
"""What is less like what is wanted is no precedent."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """A decided case that the reader may see. ``files``: titles of its attachments."""

    tenant_id: int
    case_id: UUID
    title: str
    number: str
    matter_code: str
    matter_name: str
    amount: int | None
    counterparty: str
    unit_name: str
    decided_at: datetime
    files: tuple[str, ...]
    matter_name_en: str = ""
    unit_name_en: str = ""
    """English names are today's, and empty where the kind of matter or the unit was renamed since."""


def similar(
    *,
    actor: Actor,
    post: HeldPost,
    at: datetime,
    wanted: str = "",
    written: str = "",
    matter: str = "",
    matters: Sequence[str] = (),
    but: UUID | None = None,
) -> tuple[Precedent, ...]:
    """The decided cases most like what a post wants to draft, the best first; with no words the latest ones.

    ``matter``: of this kind only; ``matters``: where none is chosen, the kinds to look for in the whole ministry, the
    likeliest first; ``but``: a case that is none.
    """
    asked = rules.grams(wanted)[: rules.GRAMS_MOST]
    kinds = [matter] if matter else list(matters)
    found = _candidates(post, asked, matter, kinds)
    seeing = access.sight(actor=actor, at=at)
    seen = access.visible(seeing, tenant_id=post.tenant_id, case_ids=[row.case_id for row in found])
    left = [row for row in found if row.case_id in seen and row.case_id != but]
    texts = drafts.texts(
        tenant_id=post.tenant_id, revisions={row.case_id: row.revision for row in left} if written else {}
    )

    def score(row: _Candidate) -> float:
        return rules.score(
            question=row.question,
            text=texts.get(row.case_id, ""),
            wanted=wanted,
            written=written,
            own_unit=row.own_unit,
            same_matter=row.matter_code in kinds[:1],
        )

    best = sorted(left, key=score, reverse=True) if asked or written else left
    if asked:
        best = [
            row for row in best if row.matter_code in kinds[:1] or rules.held(wanted, row.question) >= LEAST
        ]
    return _shown(post.tenant_id, [row.case_id for row in best[:SHOWN]], at)


@dataclass(frozen=True, slots=True)
class _Candidate:
    case_id: UUID
    question: str
    matter_code: str
    revision: int
    decided_at: datetime
    own_unit: bool
    hits: int


def _candidates(
    post: HeldPost, asked: Collection[str], matter: str, matters: Collection[str]
) -> list[_Candidate]:
    with connection.cursor() as cursor:
        cursor.execute(
            access.SQL["precedents"],
            {
                "tenant": post.tenant_id,
                "unit": post.unit_id,
                "matter": matter,
                "matters": list(matters),
                "grams": list(asked),
                "of_unit": OF_UNIT,
                "of_ministry": OF_MINISTRY,
                "limit": CANDIDATES,
            },
        )
        return [_Candidate(*row) for row in cursor.fetchall()]


def _shown(tenant_id: int, case_ids: Collection[UUID], at: datetime) -> tuple[Precedent, ...]:
    cases = {
        case.id: case
        for case in Case.objects.filter(tenant_id=tenant_id, id__in=case_ids, state=machine.DECIDED)
    }
    fixed = {
        case.id: drafts.revision(tenant_id=tenant_id, draft_id=case.id, number=case.revision)
        for case in cases.values()
    }
    on = day_in_japan(at)
    matters = routing.english_names(tenant_id=tenant_id, on=on)
    units = organisation.units_now(unit_ids={case.drafter_unit_id for case in cases.values()}, on=on)
    units_en = {unit.name: unit.name_en for unit in units.values()}
    return tuple(
        Precedent(
            tenant_id=tenant_id,
            case_id=case.id,
            title=case.title,
            number=case.number,
            matter_code=case.matter_code,
            matter_name=case.matter_name,
            matter_name_en=matters.get(case.matter_name, ""),
            amount=case.amount,
            counterparty=fixed[case.id].content.values.get("counterparty", ""),
            unit_name=case.drafter_unit_name,
            unit_name_en=units_en.get(case.drafter_unit_name, ""),
            decided_at=case.decided_at,
            files=tuple(file.title for file in fixed[case.id].attachments),
        )
        for case in (cases[id] for id in case_ids if id in cases)
        if case.decided_at is not None
    )


def followed(*, actor: Actor, draft: DraftPage, at: datetime) -> Precedent | None:
    """The case that a draft follows, if it does and the actor may see it."""
    link = CaseLink.objects.filter(
        tenant_id=draft.tenant_id, draft_id=draft.draft_id, kind=CaseLink.FOLLOWS
    ).first()
    if link is None:
        return None
    seeing = access.sight(actor=actor, at=at)
    if not access.visible(seeing, tenant_id=draft.tenant_id, case_ids=[link.earlier_id]):
        return None
    return next(iter(_shown(draft.tenant_id, [link.earlier_id], at)), None)


USUAL_OF = 300
"""Of how many of a unit's latest decided cases the kinds of matter are counted."""


def usual_first(matters: Sequence[Matter], *, post: HeldPost) -> tuple[Matter, ...]:
    """Kinds of matter in the order in which a post is likely to want them: often drafted in its unit, and lately."""
    latest = Case.objects.filter(
        tenant_id=post.tenant_id, drafter_unit_id=post.unit_id, decided_at__isnull=False
    ).order_by("-decided_at")
    counted: dict[str, float] = {}
    for place, (code, by) in enumerate(latest.values_list("matter_code", "drafter_post_id")[:USUAL_OF]):
        weight = 3.0 if by == post.post_id else 1.0
        counted[code] = counted.get(code, 0.0) + weight * 0.99**place
    return tuple(sorted(matters, key=lambda matter: -counted.get(matter.code, 0.0)))
