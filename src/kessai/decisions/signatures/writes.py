"""What is kept of signed files, inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from kessai.decisions.models import StampedFile


def keep(
    *, tenant_id: int, case_id: UUID, sha256: str, size: int, until: datetime, at: datetime, first: str = ""
) -> None:
    """A signed file, by its hex SHA-256, and ``until`` when its last time stamp can be checked; ``first``: of a renewed
    one, the hash of the file as it was signed."""
    assert connection.in_atomic_block
    row = StampedFile(
        tenant_id=tenant_id,
        sha256=bytes.fromhex(sha256),
        first=bytes.fromhex(first or sha256),
        case_id=case_id,
        size=size,
        until=until,
        at=at,
    )
    StampedFile.objects.bulk_create([row], ignore_conflicts=True)
