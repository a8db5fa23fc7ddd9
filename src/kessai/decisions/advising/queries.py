"""What a draft is compared with before it is submitted."""

from __future__ import annotations

from datetime import date

from kessai.decisions.advising import rules
from kessai.decisions.models import Case
from kessai.drafting import queries as drafts
from kessai.drafting.rules import Content, Problem
from kessai.organisation.workdays.queries import workdays

OF = 20
"""The latest decided cases of the same kind in the unit."""


def advice(
    *,
    tenant_id: int,
    unit_id: int,
    content: Content,
    files: tuple[str, ...],
    disclosed: bool,
    standard_days: int | None,
    today: date,
) -> tuple[Problem, ...]:
    """What is worth a second look; ``files``: titles of the attachments, ``standard_days``: in working days."""
    earliest = None
    if standard_days:
        earliest = workdays(tenant_id=tenant_id, on=today).after(today, standard_days)
    return rules.advice(
        rules.Facts(
            content=content,
            files=files,
            before=_before(tenant_id, unit_id, content.matter_code),
            disclosed=disclosed,
            today=today,
            earliest=earliest,
        )
    )


def _before(tenant_id: int, unit_id: int, matter: str) -> rules.Before:
    cases = Case.objects.filter(
        tenant_id=tenant_id,
        drafter_unit_id=unit_id,
        matter_code=matter,
        decided_at__isnull=False,
        # Of what is marked not even amounts are told to whoever may not see it.
        needs=[],
    ).order_by("-decided_at")
    latest = list(cases.values_list("id", "revision", "amount")[:OF])
    titles = drafts.file_titles(tenant_id=tenant_id, revisions={id: revision for id, revision, _ in latest})
    return rules.Before(
        amounts=tuple(amount for _, _, amount in latest if amount),
        files=tuple(titles.get(id, ()) for id, _, _ in latest),
    )
