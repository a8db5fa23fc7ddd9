"""Recomputing a log from its stored entries, independent of what the sequencer believes.

Entries are hashed again, the tree is built again, and everything that was derived — numbers, leaf hashes,
tiles, entry bundles, checkpoints and their signatures — must come out the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.kernel.words import N_, Plain, Text
from kessai.ledger import keys
from merklelog.checkpoint import Checkpoint as SignedCheckpoint
from merklelog.checkpoint import CheckpointInvalid, open_checkpoint
from merklelog.layout import ENTRIES
from merklelog.tiles import (
    CHECKPOINT_PATH,
    TILE_WIDTH,
    bundles_grown,
    serialise_bundle,
    tile_bytes,
    tiles_grown,
)
from merklelog.tree import Frontier, leaf_hash, node_hash


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not match. ``case``, ``seq`` and ``field`` where it belongs to one."""

    tenant_id: int
    what: str
    text: Text
    case: UUID | None = None
    seq: int | None = None
    field: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "tenant": self.tenant_id,
            "what": self.what,
            "case": str(self.case) if self.case else None,
            "seq": self.seq,
            "field": self.field or None,
            "text": str(self.text),
        }


def finding(tenant_id: int, what: str, message: str, **params: Plain) -> Finding:
    return Finding(tenant_id, what, Text(message, params))


def logs() -> list[int]:
    """The ministries that have a log: anything appended, numbered or signed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tenant_id FROM ledger_entry UNION SELECT tenant_id FROM ledger_leaf"
            " UNION SELECT tenant_id FROM ledger_checkpoint ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(slots=True)
class LogCount:
    entries: int = 0
    pending: int = 0
    checkpoints: int = 0
    tiles: int = 0


def verify_log(tenant_id: int) -> tuple[list[Finding], LogCount]:
    """All that does not match in one log, and what was looked at."""
    found: list[Finding] = []
    count = LogCount()
    published = keys.store(tenant_id).read(CHECKPOINT_PATH)
    leaves, entries = _numbered(tenant_id, found)
    count.entries = len(leaves)
    count.pending = _unnumbered(tenant_id, found)
    latest = _checkpoints(tenant_id, leaves, found, count)
    if latest is not None:
        _files(tenant_id, leaves, entries, latest, published, found, count)
    elif leaves:
        found.append(finding(tenant_id, "no_checkpoint", N_("番号のある記録に、本物の署名がありません。")))
    return found, count


def _numbered(tenant_id: int, found: list[Finding]) -> tuple[list[bytes], list[bytes]]:
    """Leaf hashes and leaves by index, recomputed from the entries."""
    hashes: list[bytes] = []
    leaves: list[bytes] = []
    for index, case, seq, leaf, stored in _rows(tenant_id):
        while index > len(hashes):
            found.append(
                finding(tenant_id, "missing_number", N_("台帳の第%(n)s番がありません。"), n=len(hashes))
            )
            hashes.append(b"\0" * 32)
            leaves.append(b"")
        if leaf is None:
            found.append(
                finding(
                    tenant_id, "missing_entry", N_("台帳の第%(n)s番の記録そのものがありません。"), n=index
                )
            )
            hashes.append(bytes(stored))
            leaves.append(b"")
            continue
        digest = leaf_hash(bytes(leaf))
        if digest != bytes(stored):
            found.append(
                Finding(
                    tenant_id,
                    "leaf_hash",
                    Text(N_("台帳の第%(n)s番の指紋が、記録と合いません。"), {"n": index}),
                    case,
                    seq,
                )
            )
        if not _belongs(bytes(leaf), tenant_id, case, seq):
            found.append(
                Finding(
                    tenant_id,
                    "misplaced_entry",
                    Text(N_("台帳の第%(n)s番が、別の案件・順番に付け替えられています。"), {"n": index}),
                    case,
                    seq,
                )
            )
        hashes.append(digest)
        leaves.append(bytes(leaf))
    return hashes, leaves


def _rows(tenant_id: int) -> Iterator[tuple[int, UUID | None, int | None, bytes | None, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT l.index, e.case_id, e.seq, e.leaf, l.leaf_hash FROM ledger_leaf l
            LEFT JOIN ledger_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id
            WHERE l.tenant_id = %s ORDER BY l.index
            """,
            [tenant_id],
        )
        while rows := cursor.fetchmany(5_000):
            yield from rows


def _belongs(leaf: bytes, tenant_id: int, case: UUID | None, seq: int | None) -> bool:
    try:
        read = json.loads(leaf)
        return (read["log"], read["case"], read["seq"]) == (tenant_id, str(case), seq)
    except (ValueError, KeyError, TypeError):
        return False


def _unnumbered(tenant_id: int, found: list[Finding]) -> int:
    """How many entries wait for their number; one that neither has a number nor waits is lost."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.case_id, e.seq, p.entry_id IS NOT NULL FROM ledger_entry e
            LEFT JOIN ledger_leaf l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
            LEFT JOIN ledger_pending p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
            WHERE e.tenant_id = %s AND l.entry_id IS NULL
            """,
            [tenant_id],
        )
        rows = cursor.fetchall()
    for case, seq, waits in rows:
        if not waits:
            found.append(
                Finding(
                    tenant_id,
                    "unnumbered_entry",
                    Text(N_("台帳の番号が失われた記録があります。")),
                    case,
                    seq,
                )
            )
    return sum(1 for _, _, waits in rows if waits)


def _checkpoints(
    tenant_id: int, leaves: list[bytes], found: list[Finding], count: LogCount
) -> SignedCheckpoint | None:
    """Check every signed checkpoint against the tree as rebuilt; the latest that is genuine."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, root, note FROM ledger_checkpoint WHERE tenant_id = %s ORDER BY size", [tenant_id]
        )
        rows = cursor.fetchall()
    count.checkpoints = len(rows)
    frontier, latest = Frontier(), None
    for size, root, note in rows:
        signed = _opened(tenant_id, note.encode())
        if signed is None or (signed.size, signed.root) != (size, bytes(root)):
            found.append(
                finding(
                    tenant_id,
                    "forged_checkpoint",
                    N_("%(n)s件の署名が、台帳の鍵のものでないか、控えの値と合いません。"),
                    n=size,
                )
            )
            continue
        latest = signed
        if size > len(leaves):
            found.append(
                finding(
                    tenant_id,
                    "truncated",
                    N_("台帳は%(n)s件で署名されていますが、いまは%(now)s件しかありません。"),
                    n=size,
                    now=len(leaves),
                )
            )
            continue
        while frontier.size < size:
            frontier.append(leaves[frontier.size])
        if frontier.root() != signed.root:
            found.append(
                finding(
                    tenant_id,
                    "root",
                    N_("記録から作り直した台帳の指紋が、%(n)s件で署名されたものと合いません。"),
                    n=size,
                )
            )
    return latest


def _opened(tenant_id: int, note: bytes) -> SignedCheckpoint | None:
    try:
        return open_checkpoint(note, origin=keys.origin(tenant_id), verifiers=[keys.verifier(tenant_id)])
    except CheckpointInvalid:
        return None


def _files(
    tenant_id: int,
    leaves: list[bytes],
    entries: list[bytes],
    latest: SignedCheckpoint,
    published: bytes | None,
    found: list[Finding],
    count: LogCount,
) -> None:
    """The published files of the log against what they must be at the latest checkpoint."""
    store = keys.store(tenant_id)
    _published(tenant_id, latest, published, found)
    size = min(latest.size, len(leaves))
    nodes = _nodes(leaves[:size])
    for tile in (*bundles_grown(0, size), *tiles_grown(0, size)):
        count.tiles += 1
        if tile.level == ENTRIES:
            first = tile.index * TILE_WIDTH
            body = serialise_bundle(entries[first : first + tile.width])
        else:
            body = tile_bytes(tile, lambda level, index: nodes[level][index])
        stored = store.read(tile.path)
        if stored is None and not tile.is_full:
            # The log has grown meanwhile: the full tile begins with what the partial one held.
            stored = (store.read(tile.full.path) or b"")[: len(body)] or None
        if stored != body:
            what = "missing_tile" if stored is None else "tile"
            found.append(
                finding(tenant_id, what, N_("台帳のファイル %(path)s が、記録と合いません。"), path=tile.path)
            )


def _published(
    tenant_id: int, latest: SignedCheckpoint, published: bytes | None, found: list[Finding]
) -> None:
    """The published checkpoint, read before the record was, must be the latest one or become it at once."""
    for note in (published, keys.store(tenant_id).read(CHECKPOINT_PATH)):
        signed = _opened(tenant_id, note) if note is not None else None
        if signed is not None and (signed == latest or signed.size > latest.size):
            return
    found.append(
        finding(
            tenant_id,
            "forged_checkpoint",
            N_("公開している署名（checkpoint）が、台帳の最新の署名ではありません。"),
        )
    )


def _nodes(leaves: list[bytes]) -> list[list[bytes]]:
    """The hashes of all complete subtrees, by level and index."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        row = levels[-1]
        levels.append([node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)])
    return levels
