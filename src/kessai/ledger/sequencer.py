"""The one sequencer: numbers committed entries, extends the tiles, signs a checkpoint.

It can be killed at any point. Numbers are given in one transaction; tiles are derived from numbered entries
and written before the checkpoint that covers them; what was not finished is done again, with the same result.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from uuid import UUID

from django.db import OperationalError, close_old_connections, connection, transaction
from django.db.backends.utils import CursorWrapper

from kessai.ledger import keys
from kessai.ledger.models import Checkpoint, Heartbeat
from kessai.ledger.witnessing.records import to_publish
from merklelog.checkpoint import Checkpoint as SignedCheckpoint
from merklelog.checkpoint import sign_checkpoint
from merklelog.note import NoteInvalid
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
PACE_SECONDS = 0.2
"""From the beginning of one step to the next, while less than a batch waits: a checkpoint is kept for good."""
AGAIN_SECONDS = 1.0
BEAT_SECONDS = 2.0
SAY_SECONDS = 60.0
LOCK = ".lock"

log = logging.getLogger(__name__)


class CannotIntegrate(Exception):
    """The tiles on disk do not add up to the last signed checkpoint: nothing is signed on top of them."""


def run(stop: threading.Event) -> None:
    """Work until told to stop. One sequencer works at a time, however many are started."""
    last_beat = last_said = 0.0
    recovered = False
    while not stop.is_set():
        began, numbered, pause = time.monotonic(), 0, PACE_SECONDS
        try:
            now = datetime.now(UTC)
            if now.timestamp() - last_beat >= BEAT_SECONDS:
                Heartbeat.objects.update_or_create(name="sequencer", defaults={"at": now})
                last_beat = now.timestamp()
            numbered = step(at=now, recover=not recovered)
            recovered = True
        except OperationalError:
            log.warning("the database is away; trying again", exc_info=True)
            connection.close()
            recovered, pause = False, AGAIN_SECONDS
        except CannotIntegrate:
            # The other logs go on at their pace; it is said now and then.
            if began - last_said >= SAY_SECONDS or not last_said:
                log.exception("a log was not extended; where its files are damaged, run: kessai ledger fsck")
                last_said = began
            recovered, pause = False, AGAIN_SECONDS
        if not numbered:
            close_old_connections()
        if numbered < BATCH:
            stop.wait(pause - (time.monotonic() - began))


def step(*, at: datetime, recover: bool = True) -> int:
    """Number and integrate what is committed, of each log at most ``BATCH`` entries; how many got a number.

    With ``recover``, logs whose integration was interrupted are finished too; it costs a look at every log.
    """
    waiting = _logs(_WAITING)
    interrupted = _logs(_INTERRUPTED) if recover else set()
    if recover:
        for tenant_id in sorted(_logs(_SIGNED) - waiting - interrupted):
            publish(tenant_id=tenant_id)
    numbered = 0
    damaged: CannotIntegrate | None = None
    for tenant_id in sorted(waiting | interrupted):
        try:
            numbered += number(tenant_id=tenant_id)
            integrate(tenant_id=tenant_id, at=at)
        except CannotIntegrate as error:
            damaged = error
    if damaged:
        raise damaged
    return numbered


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


@dataclass(frozen=True, slots=True)
class _Waiting:
    entry_id: UUID
    case_id: UUID
    seq: int
    leaf: bytes


def number(*, tenant_id: int) -> int:
    """Give the next numbers to at most about ``BATCH`` committed entries; how many got one.

    One transaction, one sequencer. The entries of a case get their numbers in the order of their seq.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        keys.alone(cursor)
        rows = _waiting(cursor, tenant_id)
        if not rows:
            return 0
        cursor.execute(
            "SELECT coalesce(max(index) + 1, 0) FROM ledger_leaf WHERE tenant_id = %s", [tenant_id]
        )
        (first,) = cursor.fetchone()
        with cursor.copy("COPY ledger_leaf (tenant_id, index, entry_id, leaf_hash) FROM STDIN") as copy:
            for index, each in enumerate(rows, start=first):
                copy.write_row((tenant_id, index, each.entry_id, leaf_hash(each.leaf)))
        cursor.execute(
            "DELETE FROM ledger_pending WHERE tenant_id = %s AND entry_id = ANY(%s)",
            [tenant_id, [each.entry_id for each in rows]],
        )
    return len(rows)


def _waiting(cursor: CursorWrapper, tenant_id: int) -> list[_Waiting]:
    """The oldest entries without a number, in the order of their numbers to be."""
    cursor.execute(
        """
        SELECT e.id, e.case_id, e.seq, e.leaf FROM ledger_pending p
        JOIN ledger_entry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
        WHERE p.tenant_id = %s ORDER BY e.id LIMIT %s
        """,
        [tenant_id, BATCH],
    )
    rows = [_Waiting(*row) for row in cursor.fetchall()]
    if len(rows) == BATCH:
        # Ids are made by clocks that differ: an earlier act of these cases may stand behind the last one.
        cursor.execute(
            """
            SELECT DISTINCT e.id, e.case_id, e.seq, e.leaf FROM unnest(%s::uuid[], %s::int[]) AS taken(case_id, seq)
            JOIN ledger_entry e ON e.tenant_id = %s AND e.case_id = taken.case_id AND e.seq < taken.seq
            JOIN ledger_pending p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
            WHERE e.id > %s ORDER BY e.id
            """,
            [
                [each.case_id for each in rows],
                [each.seq for each in rows],
                tenant_id,
                rows[-1].entry_id,
            ],
        )
        rows += [_Waiting(*row) for row in cursor.fetchall()]
    return _in_order(rows)


def _in_order(rows: Sequence[_Waiting]) -> list[_Waiting]:
    """By age; of the places that a case has among them its earlier acts take the earlier ones."""
    of_case: dict[UUID, list[_Waiting]] = {}
    for each in sorted(rows, key=attrgetter("seq"), reverse=True):
        of_case.setdefault(each.case_id, []).append(each)
    return [of_case[each.case_id].pop() for each in rows]


def integrate(*, tenant_id: int, at: datetime) -> None:
    """Extend the tiles to all numbered entries and sign a checkpoint over them.

    Before extending, the tiles must add up to the last signed checkpoint; otherwise CannotIntegrate.
    """
    with writing(tenant_id):
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
        store.write_all(changed)
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
        # The key does not change between its choice and the row that it signed.
        with transaction.atomic(), connection.cursor() as cursor:
            keys.alone(cursor)
            row = Checkpoint(
                tenant_id=tenant_id,
                size=checkpoint.size,
                root=checkpoint.root,
                note=sign_checkpoint(checkpoint, [keys.signer(tenant_id, make=new)]).decode(),
                signed_at=at,
            )
            Checkpoint.objects.bulk_create([row], ignore_conflicts=True)
    except (keys.KeyMissing, NoteInvalid) as error:
        raise CannotIntegrate(f"log {tenant_id} is not signed: {error}") from error


def publish(*, tenant_id: int) -> None:
    """Make the file of the checkpoint the latest that is committed."""
    with writing(tenant_id):
        _publish(tenant_id)


def _publish(tenant_id: int) -> None:
    # Read from the record: a checkpoint is published only once it can no longer be forgotten.
    store = keys.store(tenant_id)
    present = store.read(CHECKPOINT_PATH)
    note = to_publish(tenant_id=tenant_id, present=present)
    if note is not None and present != note.encode():
        store.write(CHECKPOINT_PATH, note.encode())


@contextmanager
def writing(tenant_id: int) -> Iterator[None]:
    """The files of a log have one writer at a time; a killed one lets go."""
    folder = keys.store(tenant_id).root
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
