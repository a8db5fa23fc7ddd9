"""What is still to be added to the cover sheets of decided cases: inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from kessai.decisions.models import Case, Foreseen
from kessai.kernel.calendar import day_in_japan
from kessai.routing import queries as routing


def foresee(*, case: Case, at: datetime) -> None:
    """At the decision: keep what the kind of matter foresees on that day, until it is added."""
    assert connection.in_atomic_block
    Foreseen.objects.bulk_create(
        Foreseen(
            tenant_id=case.tenant_id,
            case_id=case.id,
            key=each.key,
            label=each.label,
            label_en=each.label_en,
            units=list(each.units),
        )
        for each in routing.additions_foreseen(
            tenant_id=case.tenant_id, code=case.matter_code, on=day_in_japan(at)
        )
    )


def done(*, case: Case, key: str) -> None:
    """It was added."""
    assert connection.in_atomic_block
    Foreseen.objects.filter(tenant_id=case.tenant_id, case_id=case.id, key=key).delete()
