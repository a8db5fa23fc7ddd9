"""Appending to a ministry's log, inside the transaction of the act."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from kessai.kernel.identifiers import new_id

LEAF_LONGEST = 65_535
"""An entry bundle writes the length of an entry in two bytes (C2SP tlog-tiles)."""


def append(*, tenant_id: int, case_id: UUID, seq: int, leaf: bytes, at: datetime) -> UUID:
    """Append a leaf for one event of a case. It gets its number after the commit, from the sequencer."""
    assert connection.in_atomic_block
    if len(leaf) > LEAF_LONGEST:
        raise ValueError(f"a leaf has at most {LEAF_LONGEST} bytes, not {len(leaf)}")
    entry_id = new_id()
    with connection.cursor() as cursor:
        # Two statements, one round trip.
        cursor.execute(
            "INSERT INTO ledger_entry (tenant_id, id, case_id, seq, leaf, appended_at)"
            " VALUES (%s, %s, %s, %s, %s, %s);"
            " INSERT INTO ledger_pending (tenant_id, entry_id) VALUES (%s, %s)",
            [tenant_id, entry_id, case_id, seq, leaf, at, tenant_id, entry_id],
        )
    return entry_id
