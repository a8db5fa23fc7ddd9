"""What a night's counting would have left, put there by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kessai.insight.models import Precedent, Reckoning
from stage import Stage


def usual(stage: Stage, **counts: Sequence[int]) -> None:
    """Counts of stays by days, of the whole ministry: review, consent, decide, detour1 …"""
    for what, days in counts.items():
        Precedent.objects.create(
            tenant_id=stage.tenant_id, what=what, post_id=0, matter_code="", days=list(days)
        )


def quick(stage: Stage) -> None:
    """Every step is answered on the next working day, and nothing is returned."""
    next_day, none = [0, 20, 5], [30]
    usual(stage, review=next_day, consent=next_day, settle=next_day, decide=next_day)
    usual(stage, detour1=none, detour2=none, detour3=none)


def reckoned(stage: Stage, *, checked: int = 100, half: int = 60, most: int = 93) -> None:
    Reckoning.objects.create(
        tenant_id=stage.tenant_id,
        since=date(2025, 10, 6),
        made_at=stage.now,
        cases=300,
        decided=250,
        checked=checked,
        half=half,
        most=most,
        levels=[0.05, 0.25, 0.5, 0.75, 0.95],
    )
