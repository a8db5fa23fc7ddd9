"""Asking the queue to look into a file that was just stored, inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from kessai.drafting import tasks
from kessai.drafting.inspecting import queries
from kessai.drafting.models import Scan


def look_into(*, tenant_id: int, sha256: str, at: datetime) -> None:
    """Have a stored file looked into, and scanned where there is a scanner: nobody else opens it before that."""
    assert connection.in_atomic_block
    tasks.inspect.defer(tenant_id=tenant_id, sha256=sha256)
    if queries.scanning():
        Scan.objects.get_or_create(
            tenant_id=tenant_id, sha256=sha256, defaults={"state": queries.WAITING, "asked_at": at}
        )
        tasks.scan.defer(tenant_id=tenant_id, sha256=sha256)
