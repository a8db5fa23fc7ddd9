"""The one sequencer: numbers committed entries, extends the tiles, signs a checkpoint.

It can be killed at any point. Numbers are given in one transaction; tiles are derived from numbered entries
and written before the checkpoint that covers them; what was not finished is done again, with the same result.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import OperationalError, close_old_connections, connection, transaction
from django.db.backends.utils import CursorWrapper

from kessai.ledger import keys
from kessai.ledger.models import Checkpoint, Heartbeat
from merklelog.checkpoint import Checkpoint as SignedCheckpoint
from merklelog.checkpoint import sign_checkpoint
from merklelog.tiles import (
    CHECKPOINT_PATH,
    TILE_WIDTH,
    TileConflict,
    TileInvalid,
    TileMissing,
    TileReader,
    entry_bundles,
    parse_path,
    tiles_between,
)
from merklelog.tree import EMPTY_ROOT, Frontier, leaf_hash

BATCH = 5_000
POLL_SECONDS = 0.2
BEAT_SECONDS = 2.0
LOCK = ".lock"

log = logging.getLogger(__name__)


class CannotIntegrate(Exception):
    """The tiles on disk do not add up to the last signed checkpoint: nothing is signed on top of them."""


def run(stop: threading.Event) -> None:
    """Work until told to stop. One sequencer works at a time, however many are started."""
    last_beat = 0.0
    recovered = False
    while not stop.is_set():
        try:
            now = datetime.now(UTC)
            if now.timestamp() - last_beat >= BEAT_SECONDS:
                Heartbeat.objects.update_or_create(name="sequencer", defaults={"at": now})
                last_beat = now.timestamp()
            worked = step(at=now, recover=not recovered)
            recovered = True
        except OperationalError:
            log.warning("the database is away; trying again", exc_info=True)
            connection.close()
            worked = recovered = False
            stop.wait(1.0)
        except CannotIntegrate:
            log.exception("a log is damaged and was not extended; run: kessai ledger verify")
            worked = recovered = False
            stop.wait(5.0)
        if not worked:
            close_old_connections()
            stop.wait(POLL_SECONDS)


def step(*, at: datetime, recover: bool = True) -> bool:
    """Number and integrate everything committed so far; whether there was anything to do.

    With ``recover``, logs whose integration was interrupted are finished too; it costs a look at every log.
    """
    waiting = _logs(_WAITING) | (_logs(_INTERRUPTED) if recover else set())
    if recover:
        for tenant_id in sorted(_logs(_SIGNED) - waiting):
            publish(tenant_id=tenant_id)
    damaged: CannotIntegrate | None = None
    for tenant_id in sorted(waiting):
        try:
            number(tenant_id=tenant_id)
            integrate(tenant_id=tenant_id, at=at)
        except CannotIntegrate as error:
            damaged = error
    if damaged:
        raise damaged
    return bool(waiting)


_WAITING = "SELECT DISTINCT tenant_id FROM ledger_pending"
_INTERRUPTED = """
    -- Logs whose last checkpoint lags behind their numbered entries.
    SELECT l.tenant_id FROM (SELECT tenant_id, max(index) + 1 AS size FROM ledger_leaf GROUP BY 1) l
    LEFT JOIN (SELECT tenant_id, max(size) AS size FROM ledger_checkpoint GROUP BY 1) c USING (tenant_id)
    WHERE l.size > coalesce(c.size, 0)
"""
_SIGNED = "SELECT DISTINCT tenant_id FROM ledger_checkpoint"


def _logs(query: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def number(*, tenant_id: int) -> int:
    """Give the next numbers to committed entries; how many got one. One transaction, one sequencer."""
    given = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            _alone(cursor)
            cursor.execute(
                """
                SELECT e.id, e.leaf FROM ledger_pending p
                JOIN ledger_entry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
                WHERE p.tenant_id = %s ORDER BY e.id LIMIT %s
                """,
                [tenant_id, BATCH],
            )
            rows = cursor.fetchall()
            if not rows:
                return given
            cursor.execute(
                "SELECT coalesce(max(index) + 1, 0) FROM ledger_leaf WHERE tenant_id = %s", [tenant_id]
            )
            (first,) = cursor.fetchone()
            ids = [row[0] for row in rows]
            cursor.execute(
                """
                INSERT INTO ledger_leaf (tenant_id, index, entry_id, leaf_hash)
                SELECT %s, %s + n - 1, entry_id, leaf_hash
                FROM unnest(%s::uuid[], %s::bytea[]) WITH ORDINALITY AS given(entry_id, leaf_hash, n)
                """,
                [tenant_id, first, ids, [leaf_hash(bytes(row[1])) for row in rows]],
            )
            cursor.execute(
                "DELETE FROM ledger_pending WHERE tenant_id = %s AND entry_id = ANY(%s)", [tenant_id, ids]
            )
        given += len(rows)


def integrate(*, tenant_id: int, at: datetime) -> None:
    """Extend the tiles to all numbered entries and sign a checkpoint over them.

    Before extending, the tiles must add up to the last signed checkpoint; otherwise CannotIntegrate.
    """
    with _writing(tenant_id):
        added = BATCH
        while added == BATCH:
            added = _extend(tenant_id, at)
            if added:
                _publish(tenant_id)


def _extend(tenant_id: int, at: datetime) -> int:
    """Tiles, then the row of the checkpoint, over at most ``BATCH`` more entries; how many there were."""
    store = keys.store(tenant_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, root FROM ledger_checkpoint WHERE tenant_id = %s ORDER BY size DESC LIMIT 1",
            [tenant_id],
        )
        old_size, old_root = cursor.fetchone() or (0, EMPTY_ROOT)
        cursor.execute(
            """
            SELECT l.index, e.leaf, l.leaf_hash FROM ledger_leaf l
            JOIN ledger_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id
            WHERE l.tenant_id = %s AND l.index >= %s ORDER BY l.index LIMIT %s
            """,
            # The bundle that the new entries continue is written again from its beginning.
            [tenant_id, old_size - old_size % TILE_WIDTH, BATCH + old_size % TILE_WIDTH],
        )
        rows = cursor.fetchall()
    fresh = [bytes(row[2]) for row in rows if row[0] >= old_size]
    if not fresh:
        return 0
    reader = TileReader(store.read, old_size)
    frontier = _frontier(tenant_id, reader, bytes(old_root))
    changed = [
        *entry_bundles(rows[0][0], [bytes(row[1]) for row in rows]),
        *tiles_between(old_size, fresh, reader),
    ]
    try:
        for path, body in changed:
            store.write(path, body)
    except TileConflict as error:
        raise CannotIntegrate(f"log {tenant_id}: {error}") from error
    for path, _ in changed:
        tile = parse_path(path)
        if tile.is_full:
            store.discard_partials(tile)
    for digest in fresh:
        frontier.append(digest)
    _sign(
        tenant_id,
        SignedCheckpoint(keys.origin(tenant_id), frontier.size, frontier.root()),
        at,
        new=not old_size,
    )
    return len(fresh)


def _frontier(tenant_id: int, reader: TileReader, root: bytes) -> Frontier:
    """The right edge of the tree as the tiles have it, once they agree with the signed root."""
    try:
        frontier = Frontier.restore(reader.size, reader.node)
    except (TileMissing, TileInvalid) as error:
        raise CannotIntegrate(f"log {tenant_id}: a tile of size {reader.size} cannot be read") from error
    if frontier.root() != root:
        raise CannotIntegrate(
            f"log {tenant_id}: tiles of size {reader.size} do not match the signed checkpoint"
        )
    return frontier


def _sign(tenant_id: int, checkpoint: SignedCheckpoint, at: datetime, *, new: bool) -> None:
    try:
        signer = keys.signer(tenant_id, make=new)
    except keys.KeyMissing as error:
        raise CannotIntegrate(str(error)) from error
    Checkpoint.objects.bulk_create(
        [
            Checkpoint(
                tenant_id=tenant_id,
                size=checkpoint.size,
                root=checkpoint.root,
                note=sign_checkpoint(checkpoint, [signer]).decode(),
                signed_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def publish(*, tenant_id: int) -> None:
    """Make the file of the checkpoint the latest that is committed."""
    with _writing(tenant_id):
        _publish(tenant_id)


def _publish(tenant_id: int) -> None:
    # Read from the record: a checkpoint is published only once it can no longer be forgotten.
    store = keys.store(tenant_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT note FROM ledger_checkpoint WHERE tenant_id = %s ORDER BY size DESC LIMIT 1", [tenant_id]
        )
        (note,) = cursor.fetchone()
    if store.read(CHECKPOINT_PATH) != note.encode():
        store.write(CHECKPOINT_PATH, note.encode())


@contextmanager
def _writing(tenant_id: int) -> Iterator[None]:
    """The files of a log have one writer at a time; a killed one lets go."""
    folder = keys.store(tenant_id).root
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _alone(cursor: CursorWrapper) -> None:
    """Numbers have one giver at a time: wait for any other's transaction to end."""
    cursor.execute(
        "INSERT INTO ledger_heartbeat (name, at) VALUES ('sequencer', now()) ON CONFLICT DO NOTHING"
    )
    cursor.execute("SELECT 1 FROM ledger_heartbeat WHERE name = 'sequencer' FOR UPDATE")
