"""What a log can show for all entries of a case at once: proofs against one checkpoint, and who vouches for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from kessai.ledger import keys, stamping
from kessai.signing import clocks
from merklelog.tiles import TileReader
from merklelog.timestamps import TimestampInvalid, verify_timestamp
from merklelog.tree import inclusion_path


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with its place in the log and its inclusion proof."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """``entries`` by seq; ``note``: the checkpoint with its cosignatures; ``witnessed``: they are a quorum.

    ``tokens``: timestamps of the checkpoint; ``certificates``: of their authorities (DER).
    """

    entries: Mapping[int, Entry]
    note: bytes
    policy: bytes
    witnessed: bool
    tokens: Sequence[bytes]
    certificates: Sequence[bytes]


def evidence(*, tenant_id: int, case_id: UUID) -> Evidence | None:
    """The evidence for every entry of a case; None while one of them has no number, or no checkpoint covers them.

    Against the first checkpoint that covers them and has a timestamp; where there is none, the latest. A damaged tile
    raises TileMissing, TileInvalid; a lost key KeyMissing.
    """
    placed, latest = _placed(tenant_id, case_id), _latest(tenant_id)
    if not placed or latest is None or any(index is None or index >= latest[0] for _, _, index in placed):
        return None
    stamped = stamping.stamped(tenant_id=tenant_id, size=max(index for _, _, index in placed) + 1)
    size, note = (stamped.size, stamped.note) if stamped else latest
    certificates = clocks.authorities() if stamped else ()
    reader = TileReader(keys.store(tenant_id).read, size)
    return Evidence(
        entries={
            seq: Entry(leaf, index, tuple(inclusion_path(index, size, reader.node)))
            for seq, leaf, index in placed
        },
        note=note.encode(),
        policy=f"log {keys.verifier(tenant_id)}\nquorum none\n".encode(),
        witnessed=True,
        tokens=[each.token for each in stamped.stamps if _holds(each.token, note, certificates)]
        if stamped
        else (),
        certificates=certificates,
    )


def _placed(tenant_id: int, case_id: UUID) -> list[tuple[int, bytes, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.seq, e.leaf, l.index FROM ledger_entry e
            LEFT JOIN ledger_leaf l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
            WHERE e.tenant_id = %s AND e.case_id = %s ORDER BY e.seq
            """,
            [tenant_id, case_id],
        )
        return [(seq, bytes(leaf), index) for seq, leaf, index in cursor.fetchall()]


def _holds(token: bytes, note: str, certificates: Sequence[bytes]) -> bool:
    """Whether a kept timestamp is right, and of an authority that is still named: others would spoil the bundle."""
    try:
        verify_timestamp(token, stamping.signed_text(note), certificates)
    except TimestampInvalid:
        return False
    return True


def _latest(tenant_id: int) -> tuple[int, str] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, note FROM ledger_checkpoint WHERE tenant_id = %s ORDER BY size DESC LIMIT 1",
            [tenant_id],
        )
        row: tuple[int, str] | None = cursor.fetchone()
    return row
