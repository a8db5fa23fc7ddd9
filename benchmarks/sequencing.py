"""The sequencer: numbering and integrating, beside hashing the same leaves and copying the same rows; and how far a
signed checkpoint lags behind the commit while entries keep coming."""

from __future__ import annotations

import hashlib
import secrets
import statistics
import subprocess
import sys
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID

import psycopg

from benchmarks.measuring import Watch, head, say
from kessai.kernel.identifiers import new_id
from kessai.ledger import keys, sequencer
from kessai.ledger.models import Heartbeat
from stage import Stage

ENTRIES, ROUNDS = 20_000, 5
LOADS = ((200, 1), (1_000, 10), (5_000, 50))
"""Entries per second, and how many of them in one transaction."""
SECONDS = 10.0
LOOK_SECONDS = 0.005

Entry = tuple[int, UUID, UUID, int, bytes, datetime]


def run(stage: Stage, url: str) -> None:
    with psycopg.connect(url) as connection:
        stage.approve(stage.submitted(), "deputy_director")
        size = _leaf_size(connection)
        head(f"sequencer: {ROUNDS} times {ENTRIES:,} entries of {size:,} bytes")
        connection.execute("CREATE TABLE bench_leaf (LIKE ledger_leaf INCLUDING ALL)")
        connection.commit()
        watch = Watch()
        for _ in range(ROUNDS):
            entries = [_entry(stage.tenant_id, size) for _ in range(ENTRIES)]
            _append(connection, entries)
            with watch.time("sequencer"):
                while sequencer.step(at=datetime.now(UTC)):
                    pass
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
    for rate, at_once in LOADS:
        _steady(stage.tenant_id, url, size, rate, at_once)


def _steady(tenant_id: int, url: str, size: int, rate: int, at_once: int) -> None:
    """From the return of a commit until a published checkpoint covers its entries, under a load that does not wait."""
    head(
        f"checkpoints under {rate:,} entries a second, {at_once} in a transaction, for {SECONDS:.0f} seconds"
    )
    committed: dict[UUID, float] = {}
    with psycopg.connect(url) as connection, _sequencer(), _watched(tenant_id) as seen:
        began = time.perf_counter()
        for n in count():
            due = began + n * at_once / rate
            if due >= began + SECONDS:
                break
            time.sleep(max(0.0, due - time.perf_counter()))
            entries = [_entry(tenant_id, size) for _ in range(at_once)]
            _append(connection, entries)
            committed |= dict.fromkeys((entry[1] for entry in entries), time.perf_counter())
        taken = time.perf_counter() - began
        rows = _numbers(connection, tenant_id, set(committed))
        while seen[-1][1] <= max(rows.values()):
            time.sleep(LOOK_SECONDS)
    sizes = [size for _, size in seen]
    assert sizes == sorted(sizes), "a checkpoint went back"
    delays = sorted(seen[bisect_right(sizes, rows[each])][0] - at for each, at in committed.items())
    for name, value in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)):
        delay = delays[min(len(delays) - 1, int(len(delays) * value))]
        say(f"from commit to signed checkpoint, {name}", f"{delay * 1000:,.0f} ms")
    say("entries per second that came", f"{len(committed) / taken:,.0f}")
    say("checkpoints", str(len(set(sizes)) - 1))


@contextmanager
def _sequencer() -> Iterator[None]:
    """The process that users run, once it has come by: one before it may have left its word."""
    began = datetime.now(UTC)
    process = subprocess.Popen([str(Path(sys.executable).with_name("kessai")), "sequencer"])
    try:
        while not Heartbeat.objects.filter(name="sequencer", at__gte=began).exists():
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def _watched(tenant_id: int) -> Iterator[list[tuple[float, int]]]:
    """When which size was first seen published."""
    store, stop = keys.store(tenant_id), threading.Event()
    seen: list[tuple[float, int]] = []

    def look() -> None:
        while not stop.wait(LOOK_SECONDS):
            body = store.read("checkpoint")
            size = int(body.split(b"\n")[1]) if body else 0
            if not seen or seen[-1][1] != size:
                seen.append((time.perf_counter(), size))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        while not seen:
            time.sleep(LOOK_SECONDS)
        yield seen
    finally:
        stop.set()
        watcher.join()


def _numbers(connection: psycopg.Connection, tenant_id: int, ids: set[UUID]) -> dict[UUID, int]:
    """The number of each entry, once all have one."""
    while True:
        rows = connection.execute(
            "SELECT entry_id, index FROM ledger_leaf WHERE tenant_id = %s AND entry_id = ANY(%s)",
            [tenant_id, list(ids)],
        ).fetchall()
        connection.commit()
        if len(rows) == len(ids):
            return dict(rows)
        time.sleep(0.1)


def _leaf_size(connection: psycopg.Connection) -> int:
    """The usual size of a leaf."""
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
