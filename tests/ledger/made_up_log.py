"""A log with made-up entries, for what does not depend on cases."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from kessai.kernel.identifiers import new_id
from kessai.ledger import writes
from kessai.ledger.sealing import canonical

TENANT = 900
AT = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)


def append(count: int, tenant_id: int = TENANT) -> list[UUID]:
    """So many cases of one event each, appended as an act would."""
    cases = [new_id() for _ in range(count)]
    with transaction.atomic():
        for case in cases:
            leaf = canonical(
                {"v": 1, "log": tenant_id, "case": str(case), "seq": 1, "fields": {"kind": "x", "name": "y"}}
            )
            writes.append(tenant_id=tenant_id, case_id=case, seq=1, leaf=leaf, at=AT)
    return cases
