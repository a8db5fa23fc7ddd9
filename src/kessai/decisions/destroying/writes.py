"""Taking away the content of a case, inside the transaction of the act that says so."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import connection

from kessai.decisions.evidence.documents import bound_by
from kessai.decisions.stored import Stored
from kessai.drafting import queries as drafts


def files_of(stored: Stored, fields: Mapping[int, Mapping[str, object]]) -> set[str]:
    """The hex SHA-256 of every stored file of a case: what its acts bind, sheets, renewals, and its draft's past."""
    found = {bound.sha256 for bound in bound_by(fields)}
    found |= {bytes(sheet.sha256).hex() for sheet in stored.cover_sheets}
    found |= {bytes(sheet.sha256).hex() for sheet in stored.signed_sheets}
    found |= {bytes(file.sha256).hex() for file in stored.stamped_files}
    return found | drafts.files_of(tenant_id=stored.tenant_id, draft_id=stored.case_id)


def empty(*, tenant_id: int, case_id: UUID) -> None:
    """Destroy the content of a case whose destruction was just recorded; the database refuses any other."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("SELECT kessai_destroy_content(%s, %s)", [tenant_id, case_id])
