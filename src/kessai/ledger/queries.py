"""Reads of the logs: proofs, files, and whether the sequencer is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from kessai.ledger import keys
from kessai.ledger.models import Heartbeat
from merklelog.tiles import TileReader
from merklelog.tree import Step, fold_inclusion, inclusion_path

ALIVE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Proof:
    """One entry of a log with its inclusion proof against the latest signed checkpoint.

    ``leaf``: the canonical bytes; ``leaf_hash`` and ``path``: 32-byte SHA-256 hashes (RFC 9162, 2.1.3);
    ``steps``: each hashing from the leaf to the root; ``checkpoint``: the signed note.
    """

    origin: str
    index: int
    size: int
    leaf: bytes
    leaf_hash: bytes
    path: tuple[bytes, ...]
    steps: tuple[Step, ...]
    root: bytes
    checkpoint: str
    signed_at: datetime
    verifier_key: str


def sequencer_alive(*, at: datetime) -> bool:
    """Whether the sequencer came by within the last ten seconds."""
    beat = Heartbeat.objects.filter(name="sequencer").values_list("at", flat=True).first()
    return beat is not None and at - beat < ALIVE


def leaf_of(*, tenant_id: int, case_id: UUID, seq: int) -> bytes | None:
    """The leaf that was appended for an event, numbered or not; None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf FROM ledger_entry WHERE tenant_id = %s AND case_id = %s AND seq = %s",
            [tenant_id, case_id, seq],
        )
        row = cursor.fetchone()
    return bytes(row[0]) if row else None


def proof(*, tenant_id: int, case_id: UUID, seq: int) -> Proof | None:
    """The inclusion proof of an event's entry, read from the tiles; None while no checkpoint covers it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT l.index, e.leaf, l.leaf_hash, c.size, c.root, c.note, c.signed_at
            FROM ledger_entry e
            JOIN ledger_leaf l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
            JOIN LATERAL (SELECT size, root, note, signed_at FROM ledger_checkpoint c
                          WHERE c.tenant_id = e.tenant_id ORDER BY size DESC LIMIT 1) c ON c.size > l.index
            WHERE e.tenant_id = %s AND e.case_id = %s AND e.seq = %s
            """,
            [tenant_id, case_id, seq],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    index, leaf, leaf_hash, size, root, note, signed_at = row
    reader = TileReader(keys.store(tenant_id).read, size)
    path = tuple(inclusion_path(index, size, reader.node))
    steps = fold_inclusion(index=index, size=size, leaf_hash=bytes(leaf_hash), proof=path)
    return Proof(
        origin=keys.origin(tenant_id),
        index=index,
        size=size,
        leaf=bytes(leaf),
        leaf_hash=bytes(leaf_hash),
        path=path,
        steps=tuple(steps),
        root=bytes(root),
        checkpoint=note,
        signed_at=signed_at,
        verifier_key=str(keys.verifier(tenant_id)),
    )


def open_tile(*, tenant_id: int, path: str) -> bytes | None:
    """A published file of a log by its C2SP path (``checkpoint``, ``tile/0/000``); None if there is none."""
    return keys.store(tenant_id).read(path)
