"""What a log can show for all entries of a case at once: proofs against one checkpoint, and who vouches for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.ledger import keys, stamping, stolen
from kessai.ledger.stamping import Stamp
from kessai.ledger.witnessing import policies, records
from kessai.signing import clocks
from merklelog.note import signed_text
from merklelog.policy import NONE, PolicyInvalid
from merklelog.tiles import TileInvalid, TileMissing, TileReader
from merklelog.timestamps import Timestamp, TimestampInvalid, open_timestamp
from merklelog.tree import inclusion_path

AT_EACH_END = 20
"""Of the checkpoints that cover a case so many of the latest, and of the first, are looked at."""


class CannotProve(Cannot):
    """What the log needs for a proof cannot be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with its place in the log and its inclusion proof."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """``entries`` by seq; ``note``: the checkpoint with its cosignatures; ``witnessed``: they are a quorum;
    ``vouched``: somebody stands for it besides a thief of the log's key.

    ``tokens``: timestamps of the checkpoint; ``certificates``: those that signed them (DER).
    """

    entries: Mapping[int, Entry]
    note: bytes
    policy: bytes
    witnessed: bool
    vouched: bool
    tokens: Sequence[bytes]
    certificates: Sequence[bytes]


def evidence(*, tenant_id: int, case_id: UUID) -> Evidence | None:
    """The evidence for every entry of a case; None while one of them has no number, or no checkpoint covers them.

    Of the checkpoints that cover them, the latest that a quorum of witnesses cosigned and that has a timestamp; where
    there is none, the latest that is witnessed; else the latest with a timestamp; else the latest. Before all that, one
    whose signature counts although a key was stolen. Errors: CannotProve.
    """
    placed = _placed(tenant_id, case_id)
    if not placed or any(index is None for _, _, index in placed):
        return None
    size = _chosen(tenant_id, max(index for _, _, index in placed) + 1)
    if size is None:
        return None
    try:
        return _at(tenant_id, placed, size)
    except (TileMissing, TileInvalid, keys.KeyMissing, PolicyInvalid) as error:
        raise CannotProve(
            N_("台帳のファイル、鍵、立会人の決まりのどれかを読めません（%(why)s）。"),
            N_("台帳の担当に知らせてください。kessai ledger fsck で確かめられます。"),
            why=str(error),
        ) from error


def _at(tenant_id: int, placed: Sequence[tuple[int, bytes, int]], size: int) -> Evidence:
    note = records.witnessed(tenant_id=tenant_id, size=size)
    assert note is not None
    stamped = stamping.stamped(tenant_id=tenant_id, size=size)
    stamps = stamped.stamps if stamped and stamped.size == size else ()
    held = _held(stamps, note)
    reader = TileReader(keys.store(tenant_id).read, size)
    return Evidence(
        entries={
            seq: Entry(leaf, index, tuple(inclusion_path(index, size, reader.node)))
            for seq, leaf, index in placed
        },
        note=note.encode(),
        policy=policies.published(tenant_id),
        witnessed=records.quorum_is_met(tenant_id=tenant_id, size=size),
        vouched=policies.usable(tenant_id).quorum != NONE
        or stolen.counts(tenant_id, size, keys.known(tenant_id)),
        tokens=[token for token, _ in held],
        certificates=list(dict.fromkeys(said.certificate for _, said in held)),
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


def _held(stamps: Sequence[Stamp], note: str) -> list[tuple[bytes, Timestamp]]:
    """The kept timestamps that are right, and of an authority that is still named: others would spoil the bundle."""
    certificates = clocks.authorities() if stamps else ()
    held = []
    for each in stamps:
        with suppress(TimestampInvalid):
            said = open_timestamp(each.token, signed_text(note).encode(), certificates)
            held.append((each.token, said))
    return held


def _chosen(tenant_id: int, least: int) -> int | None:
    """The size of the checkpoint that says most of those that cover so many entries; None if there is none."""
    latest = records.newest(tenant_id=tenant_id)
    if latest is None or latest.size < least:
        return None
    stamped = _sizes("ledger_timestamp", tenant_id, least)
    cosigned = _sizes("ledger_cosignature", tenant_id, least)
    known = keys.known(tenant_id)
    return max(
        {latest.size, *stamped, *cosigned},
        key=lambda size: (
            stolen.counts(tenant_id, size, known),
            records.quorum_is_met(tenant_id=tenant_id, size=size),
            size in stamped,
            size,
        ),
    )


def _sizes(table: str, tenant_id: int, least: int) -> list[int]:
    """Of the checkpoints that rows of a table speak of, the largest and the smallest: where a witness is away for long,
    only those from before have a quorum."""
    found = (
        f"SELECT DISTINCT size FROM {table} WHERE tenant_id = %(tenant)s AND size >= %(least)s ORDER BY size"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"({found} DESC LIMIT %(many)s) UNION ({found} LIMIT %(many)s)",
            {"tenant": tenant_id, "least": least, "many": AT_EACH_END},
        )
        return [row[0] for row in cursor.fetchall()]
