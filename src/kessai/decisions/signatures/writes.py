"""What is kept of signed files, inside the caller's transaction; their bytes are stored before."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from uuid import UUID

from django.db import connection, transaction

from kessai.decisions import machine
from kessai.decisions.models import Case, StampedFile
from kessai.drafting import blobs
from kessai.drafting.inspecting import writes as inspecting


def store(*, tenant_id: int, content: bytes) -> tuple[str, int]:
    """Store a file that a row is to name, in a transaction of its own; its hex SHA-256 and its size.

    Until it is ``named`` it is among what nothing names, and goes with that when some time has passed.
    """
    sha256, size = blobs.store(tenant_id=tenant_id, stream=BytesIO(content), limit=len(content))
    with transaction.atomic():
        inspecting.release(tenant_id=tenant_id, files=[sha256])
    return sha256, size


def named(*, tenant_id: int, sha256: str) -> None:
    """A row names a stored file now."""
    assert connection.in_atomic_block
    inspecting.keep(tenant_id=tenant_id, sha256=sha256)


def lock_with_content(*, tenant_id: int, case_id: UUID) -> bool:
    """Whether a case has its content, and so may get files; nobody destroys it until the transaction ends."""
    assert connection.in_atomic_block
    case = Case.objects.select_for_update().filter(tenant_id=tenant_id, id=case_id).first()
    return case is not None and case.state != machine.DESTROYED


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
    named(tenant_id=tenant_id, sha256=sha256)
