"""The sequencer: numbering and integrating, beside hashing the same leaves and copying the same rows."""

from __future__ import annotations

import hashlib
import secrets
import statistics
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from benchmarks.measuring import Watch, head, say
from kessai.kernel.identifiers import new_id
from kessai.ledger import sequencer
from stage import Stage

ENTRIES, ROUNDS = 20_000, 5

Entry = tuple[int, UUID, UUID, int, bytes, datetime]


def run(stage: Stage, url: str) -> None:
    with psycopg.connect(url) as connection:
        size = _leaf_size(connection)
        head(f"sequencer: {ROUNDS} times {ENTRIES:,} entries of {size:,} bytes")
        connection.execute("CREATE TABLE bench_leaf (LIKE ledger_leaf INCLUDING ALL)")
        connection.commit()
        watch = Watch()
        for _ in range(ROUNDS):
            entries = [_entry(stage.tenant_id, size) for _ in range(ENTRIES)]
            _append(connection, entries)
            with watch.time("sequencer"):
                assert sequencer.step(at=datetime.now(UTC))
            with watch.time("hash"):
                hashes = [hashlib.sha256(b"\0" + entry[4]).digest() for entry in entries]
            with watch.time("copy"):
                _copy(connection, entries, hashes)
            connection.execute("TRUNCATE bench_leaf")
            connection.commit()
    for name, what in (("sequencer", "sequenced"), ("hash", "SHA-256 alone"), ("copy", "COPY alone")):
        rate = ENTRIES / statistics.median(watch.taken[name])
        ratio = watch.median("sequencer") / watch.median(name)
        say(
            f"entries per second, {what}",
            f"{rate:,.0f}",
            "" if name == "sequencer" else f"{ratio:.1f} × as fast",
        )


def _leaf_size(connection: psycopg.Connection) -> int:
    """The usual size of a leaf, from the acts that were measured before."""
    row = connection.execute(
        "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY length(leaf)) FROM ledger_entry"
    ).fetchone()
    assert row is not None
    return int(row[0])


def _entry(tenant_id: int, size: int) -> Entry:
    return (tenant_id, new_id(), new_id(), 1, secrets.token_bytes(size), datetime.now(UTC))


def _append(connection: psycopg.Connection, entries: list[Entry]) -> None:
    with connection.cursor() as cursor:
        with cursor.copy(
            "COPY ledger_entry (tenant_id, id, case_id, seq, leaf, appended_at) FROM STDIN"
        ) as copy:
            for entry in entries:
                copy.write_row(entry)
        with cursor.copy("COPY ledger_pending (tenant_id, entry_id) FROM STDIN") as copy:
            for entry in entries:
                copy.write_row(entry[:2])
    connection.commit()


def _copy(connection: psycopg.Connection, entries: list[Entry], hashes: list[bytes]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY bench_leaf (tenant_id, index, entry_id, leaf_hash) FROM STDIN") as copy,
    ):
        for index, (entry, digest) in enumerate(zip(entries, hashes, strict=True)):
            copy.write_row((entry[0], index, entry[1], digest))
    connection.commit()
