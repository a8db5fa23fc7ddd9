"""Keeping what a file is found by, inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from kessai.drafting.finding import rules
from kessai.drafting.models import Findable


def keep(*, tenant_id: int, sha256: str, text: str, at: datetime) -> None:
    """Have a file found by its text; one without a text is found by nothing."""
    assert connection.in_atomic_block
    Findable.objects.filter(tenant_id=tenant_id, sha256=sha256).delete()
    if found := rules.pairs(text):
        Findable.objects.create(tenant_id=tenant_id, sha256=sha256, pairs=found, made_at=at)
