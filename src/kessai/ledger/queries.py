"""Reads of the logs: proofs, files, and whether the sequencer is there."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from kessai.ledger import keys
from kessai.ledger.models import Heartbeat
from kessai.ledger.witnessing.policies import BESIDE
from kessai.ledger.witnessing.records import moment, named
from kessai.ledger.witnessing.records import witnessed as witnessed
from merklelog.checkpoint import CheckpointInvalid
from merklelog.note import Verifier
from merklelog.policy import NONE, Policy, PolicyInvalid
from merklelog.tiles import CHECKPOINT_PATH, ENTRIES, TileInvalid, TileMissing, TileReader, parse_path
from merklelog.tree import (
    ProofInvalid,
    Step,
    fold_inclusion,
    inclusion_path,
    leaf_hash,
    verify_inclusion,
)

ALIVE = timedelta(seconds=10)
TEXTS = (CHECKPOINT_PATH, "policy", "tsa.pem")
"""The public files of a log that are no tiles."""


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


@dataclass(frozen=True, slots=True)
class AppendedLeaf:
    """A leaf as it was appended, and when."""

    leaf: bytes
    appended_at: datetime


def leaves_of(*, tenant_id: int, case_ids: Collection[UUID]) -> dict[UUID, dict[int, AppendedLeaf]]:
    """The leaves appended for cases, by case and seq."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id, seq, leaf, appended_at FROM ledger_entry"
            " WHERE tenant_id = %s AND case_id = ANY(%s)",
            [tenant_id, list(case_ids)],
        )
        leaves: dict[UUID, dict[int, AppendedLeaf]] = {}
        for case, seq, leaf, at in cursor.fetchall():
            leaves.setdefault(case, {})[seq] = AppendedLeaf(bytes(leaf), at)
    return leaves


def case_ids(*, tenant_id: int) -> Iterator[UUID]:
    """The cases that a log has entries of, in order, some thousand read at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT case_id FROM ledger_entry WHERE tenant_id = %s ORDER BY 1", [tenant_id]
        )
        while rows := cursor.fetchmany(2_000):
            yield from (row[0] for row in rows)


@dataclass(frozen=True, slots=True)
class _Covered:
    """An entry with its number and the latest checkpoint, which covers it."""

    index: int
    leaf: bytes
    leaf_hash: bytes
    size: int
    root: bytes
    note: str
    signed_at: datetime


def _covered(tenant_id: int, case_id: UUID, seq: int) -> _Covered | None:
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
    return _Covered(row[0], bytes(row[1]), bytes(row[2]), row[3], bytes(row[4]), row[5], row[6])


def proof(*, tenant_id: int, case_id: UUID, seq: int) -> Proof | None:
    """The inclusion proof of an event's entry, read from the tiles; None while no checkpoint covers it.

    A damaged tile raises TileMissing, TileInvalid or ProofInvalid.
    """
    covered = _covered(tenant_id, case_id, seq)
    if covered is None:
        return None
    reader = TileReader(keys.store(tenant_id).read, covered.size)
    return _proof(tenant_id, covered, tuple(inclusion_path(covered.index, covered.size, reader.node)))


def _proof(tenant_id: int, covered: _Covered, path: tuple[bytes, ...]) -> Proof:
    hashed = leaf_hash(covered.leaf)
    steps = (
        fold_inclusion(index=covered.index, size=covered.size, leaf_hash=hashed, proof=path) if path else []
    )
    return Proof(
        origin=keys.origin(tenant_id),
        index=covered.index,
        size=covered.size,
        leaf=covered.leaf,
        leaf_hash=hashed,
        path=path,
        steps=tuple(steps),
        root=covered.root,
        checkpoint=covered.note,
        signed_at=covered.signed_at,
        verifier_key=_signed_by(tenant_id, covered.note),
    )


def _signed_by(tenant_id: int, note: str) -> str:
    """The key that signed a checkpoint; empty where none of the log's did."""
    try:
        return str(keys.opened(note.encode(), tenant_id=tenant_id, by=keys.known(tenant_id))[1].verifier)
    except CheckpointInvalid:
        return ""


def _verifier_key(tenant_id: int) -> str:
    try:
        return str(keys.verifier(tenant_id))
    except keys.KeyMissing:
        return ""


@dataclass(frozen=True, slots=True)
class CheckedProof:
    """A proof with the outcome of checking it: in the tree under the root, and the root signed by the log."""

    proof: Proof
    included: bool
    signature_ok: bool


def check_proof(*, tenant_id: int, case_id: UUID, seq: int) -> CheckedProof | None:
    """Read and check the proof of an entry; None while no checkpoint covers it.

    A damaged tile gives a proof without path that is not included.
    """
    covered = _covered(tenant_id, case_id, seq)
    if covered is None:
        return None
    signature_ok = _is_signed(tenant_id, covered)
    try:
        reader = TileReader(keys.store(tenant_id).read, covered.size)
        found = _proof(tenant_id, covered, tuple(inclusion_path(covered.index, covered.size, reader.node)))
        verify_inclusion(
            index=found.index,
            size=found.size,
            leaf_hash=found.leaf_hash,
            proof=found.path,
            root=found.root,
        )
    except (TileMissing, TileInvalid):
        return CheckedProof(_proof(tenant_id, covered, ()), included=False, signature_ok=signature_ok)
    except ProofInvalid:
        return CheckedProof(found, included=False, signature_ok=signature_ok)
    return CheckedProof(found, included=True, signature_ok=signature_ok)


def _is_signed(tenant_id: int, covered: _Covered) -> bool:
    try:
        signed, _ = keys.opened(covered.note.encode(), tenant_id=tenant_id, by=keys.known(tenant_id))
    except CheckpointInvalid:
        return False
    return (signed.size, signed.root) == (covered.size, covered.root)


CHANGES, SUPERSEDED, STAYS = "changes", "superseded", "stays"


@dataclass(frozen=True, slots=True)
class PublicFile:
    """A public file of a log: its bytes, and what a server of it must know.

    ``lasts``: CHANGES may be other bytes at the next look; SUPERSEDED never changes and may go, as a partial tile
    does; STAYS is for good. ``compresses``: an entry bundle, the one kind that is worth it.
    """

    body: bytes
    lasts: str
    text: bool = False
    compresses: bool = False


def public_file(*, tenant_id: int, path: str) -> PublicFile | None:
    """A file of a log by its path: ``checkpoint`` or a tile (C2SP tlog-tiles), the trust policy, the certificates of
    its timestamp authorities. None where there is none, and for every other path."""
    store = keys.store(tenant_id)
    if path in TEXTS:
        try:
            return PublicFile((store.root / path).read_bytes(), CHANGES, text=True)
        except FileNotFoundError:
            return None
    try:
        tile = parse_path(path)
        body = store.read(path)
    except TileInvalid:
        return None
    if body is None:
        return None
    return PublicFile(body, STAYS if tile.is_full else SUPERSEDED, compresses=tile.level == ENTRIES)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log as it stands: its latest signed checkpoint, and how much is not covered by it yet.

    ``root`` and ``signed_at`` are None, ``size`` 0 before the first checkpoint; ``verifier_key`` empty
    while the log has no key. ``all_keys``: with those before it, the first one first.
    """

    tenant_id: int
    origin: str
    size: int
    root: bytes | None
    signed_at: datetime | None
    pending: int
    verifier_key: str
    all_keys: tuple[str, ...]


def log_lines(*, tenant_id: int | None = None) -> tuple[LogLine, ...]:
    """Every log that anything was appended to, or that of one ministry."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            -- From each ministry's first entry to that of the next, by the index: this is a public page.
            WITH RECURSIVE appended AS (
                SELECT min(tenant_id) AS tenant_id FROM ledger_entry
                UNION ALL
                SELECT (SELECT min(e.tenant_id) FROM ledger_entry e WHERE e.tenant_id > a.tenant_id)
                FROM appended a WHERE a.tenant_id IS NOT NULL
            )
            SELECT t.tenant_id, coalesce(c.size, 0), c.root, c.signed_at,
                   (SELECT count(*) FROM ledger_pending p WHERE p.tenant_id = t.tenant_id)
            FROM appended t
            LEFT JOIN LATERAL (SELECT size, root, signed_at FROM ledger_checkpoint c
                               WHERE c.tenant_id = t.tenant_id ORDER BY size DESC LIMIT 1) c ON true
            WHERE t.tenant_id IS NOT NULL AND (%s::int IS NULL OR t.tenant_id = %s)
            ORDER BY 1
            """,
            [tenant_id, tenant_id],
        )
        return tuple(
            LogLine(
                tenant,
                keys.origin(tenant),
                size,
                bytes(root) if root else None,
                at,
                pending,
                _verifier_key(tenant),
                tuple(str(each) for each in keys.verifiers(tenant)),
            )
            for tenant, size, root, at, pending in cursor.fetchall()
        )


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness of a log's trust policy; ``at``: when it cosigned the published checkpoint, None if it did not.

    ``beside``: it is a demo's own, and runs where the log does.
    """

    name: str
    at: datetime | None
    beside: bool


@dataclass(frozen=True, slots=True)
class Announced:
    """What the published files of a log state. ``witnessed``: the policy's quorum has cosigned; None without one."""

    size: int
    root: bytes
    witnesses: tuple[Cosigner, ...]
    witnessed: bool | None


def announced(*, tenant_id: int) -> Announced | None:
    """The published checkpoint once the log's key vouches for it, judged by the published policy; else None."""
    note = public_file(tenant_id=tenant_id, path=CHECKPOINT_PATH)
    given = public_file(tenant_id=tenant_id, path="policy")
    if note is None:
        return None
    try:
        policy = Policy.parse(given.body if given else b"quorum none\n")
        judged = policy.judge(note.body, logs=keys.verifiers(tenant_id))
    except (CheckpointInvalid, PolicyInvalid, keys.KeyMissing):
        return None
    if judged.checkpoint.origin != keys.origin(tenant_id):
        return None
    seen = {each.witness.name: moment(each.time) for each in judged.seen}
    return Announced(
        judged.checkpoint.size,
        judged.checkpoint.root,
        tuple(Cosigner(each.name, seen.get(each.name), named(each) == BESIDE) for each in policy.witnesses),
        judged.witnessed if policy.quorum != NONE else None,
    )


def fingerprint(verifier_key: str) -> tuple[str, str]:
    """Of a verifier key its id and the SHA-256 of the public key, in hex, to be compared by eye; empty without one."""
    if not verifier_key:
        return "", ""
    key = Verifier.parse(verifier_key)
    return key.key_id.hex(), hashlib.sha256(key.public_key).hexdigest()
