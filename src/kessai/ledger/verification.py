"""Recomputing a log from its stored entries, independent of what the sequencer believes.

Entries are hashed again, the tree is built again, and everything that was derived — numbers, leaf hashes,
tiles, entry bundles, checkpoints and their signatures — must come out the same. One pass over the entries
in their order; what is held at a time is one tile of each level.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from kessai.kernel.words import N_
from kessai.ledger import keys, received
from kessai.ledger.comparing import NAMED_AT_MOST, FilesCheck
from kessai.ledger.findings import Finding, finding
from kessai.ledger.key_checking import check_keys
from kessai.ledger.keys import LogKey
from kessai.ledger.leaves import address
from kessai.ledger.published import Published, entry, read_published
from kessai.ledger.stamp_checking import check_stamps
from kessai.ledger.stolen import check_stolen
from kessai.ledger.witnessing.checking import check_cosignatures
from kessai.ledger.witnessing.records import published_at_least
from merklelog.checkpoint import Checkpoint as SignedCheckpoint
from merklelog.checkpoint import CheckpointInvalid
from merklelog.tiles import CHECKPOINT_PATH, TILE_WIDTH, Tile
from merklelog.tree import Frontier, leaf_hash

__all__ = [
    "Finding",
    "LogCount",
    "LogState",
    "check_log",
    "finding",
    "leaves_to",
    "logs",
    "snapshot",
    "verify_log",
]

FETCH = 2_000
PROGRESS = 50_000
STALE_SECONDS = 2.0
"""How long the file of a checkpoint may lag behind its row: the sequencer writes it right after."""

OVERDUE = timedelta(minutes=10)


@contextmanager
def snapshot() -> Iterator[None]:
    """One unchanging view of the database for all that is read inside, and no writing.

    Inside a transaction of the caller's that transaction's view is used.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def logs() -> list[int]:
    """The ministries that have a log: anything appended, numbered, signed, cosigned or stamped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tenant_id FROM ledger_entry UNION SELECT tenant_id FROM ledger_leaf"
            " UNION SELECT tenant_id FROM ledger_checkpoint UNION SELECT tenant_id FROM ledger_timestamp"
            " UNION SELECT tenant_id FROM ledger_cosignature ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(slots=True)
class LogCount:
    entries: int = 0
    pending: int = 0
    checkpoints: int = 0
    tiles: int = 0


Progress = Callable[[int], object]
"""Told now and then how many entries were read."""


@dataclass(frozen=True, slots=True)
class LogState:
    """All that does not match in one log, what was looked at, and what could be made again.

    ``sound``: up to which signed size the entries in the record, all there, add up to what was signed; 0 if they do
    not. ``damaged``: the files that are not what they give. ``behind``: the published checkpoint is not the latest
    of the record, and claims nothing that the record does not have.
    """

    found: list[Finding]
    count: LogCount
    sound: int
    damaged: tuple[Tile, ...]
    behind: bool


def verify_log(tenant_id: int, published: Published | None = None) -> tuple[list[Finding], LogCount]:
    """``check_log``, for who only wants to know."""
    state = check_log(tenant_id, published)
    return state.found, state.count


def check_log(
    tenant_id: int, published: Published | None = None, progress: Progress = lambda count: None
) -> LogState:
    """Everything in one log against everything.

    ``published``: what its files claimed before the snapshot was taken that this call reads in.
    """
    check = _LogCheck(tenant_id, published or read_published(tenant_id), progress)
    check.run()
    return check.state()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A numbered entry; ``leaf`` None where it is gone."""

    index: int
    case: UUID | None
    seq: int | None
    leaf: bytes | None
    stored_hash: bytes


def _server_side(sql: str, params: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Rows of a query, some thousand held at a time however many there are."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(FETCH):
            yield from rows


def _numbered(tenant_id: int) -> Iterator[_Entry]:
    rows = _server_side(
        """
        SELECT l.index, e.case_id, e.seq, e.leaf, l.leaf_hash FROM ledger_leaf l
        LEFT JOIN ledger_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id
        WHERE l.tenant_id = %s ORDER BY l.index
        """,
        [tenant_id],
    )
    for index, case, seq, leaf, stored in rows:
        yield _Entry(index, case, seq, None if leaf is None else bytes(leaf), bytes(stored))


def leaves_to(tenant_id: int, size: int) -> Iterator[bytes]:
    """The entries of a log by number, up to a size to which ``check_log`` has found all of them."""
    for each in _numbered(tenant_id):
        if each.index >= size:
            return
        if each.index >= 0:
            assert each.leaf is not None
            yield each.leaf


class _LogCheck:
    """One pass over a log. The tree grows entry by entry and is compared wherever something is derived of it."""

    def __init__(self, tenant_id: int, published: Published, progress: Progress) -> None:
        self.tenant = tenant_id
        self.progress = progress
        self.published = published
        self.store = keys.store(tenant_id)
        self.found: list[Finding] = []
        self.count = LogCount()
        self.tree = Frontier()
        self.keys = self._keys()
        self.latest = self._latest()
        self.files = FilesCheck(tenant_id, self.found)
        self.since_good: list[tuple[UUID, int]] = []
        self.bad_root: int | None = None
        self.lost = False
        self.behind = False
        self.newest = 0

    def state(self) -> LogState:
        whole = self.latest is not None and self.bad_root is None and not self.lost
        return LogState(
            found=[
                *self.found,
                *check_cosignatures(self.tenant),
                *check_stamps(self.tenant),
                *check_stolen(self.tenant),
                *received.check(self.tenant, self.published.noted),
            ],
            count=self.count,
            sound=self.latest.size if self.latest and whole else 0,
            damaged=tuple(self.files.damaged),
            behind=self.behind and self.latest is not None and self.latest.size == self.newest,
        )

    def add(self, what: str, message: str, **params: Any) -> None:
        self.found.append(finding(self.tenant, what, message, **params))

    def run(self) -> None:
        checkpoints = self._checkpoints()
        due = next(checkpoints, None)
        size = self.latest.size if self.latest else 0
        for each in self._without_gaps(_numbered(self.tenant), size):
            self._grow(each, in_files=each.index < size)
            while due is not None and due[0] <= self.tree.size:
                self._compare_root(due)
                due = next(checkpoints, None)
            if self.tree.size == size:
                self.files.end()
            if self.tree.size % PROGRESS == 0:
                self.progress(self.tree.size)
        while due is not None:
            self._compare_root(due)
            due = next(checkpoints, None)
        self.count.pending = self._unnumbered()
        self.files.name_differing(signed_otherwise=self.bad_root is not None)
        self.count.tiles = self.files.looked_at
        if self.latest is None and self.count.entries and not self._gets_published(size=1):
            self.add("no_checkpoint", N_("番号のある記録に、本物の署名がありません。"))
        self._compare_published()

    # --- the key and the checkpoints

    def _keys(self) -> tuple[LogKey, ...]:
        """The log's own keys; none where nothing can be said of signatures, or nothing was signed yet."""
        try:
            own = keys.trusted(self.tenant)
        except keys.KeyMissing:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM ledger_checkpoint WHERE tenant_id = %s LIMIT 1", [self.tenant])
                if cursor.fetchone() or self.published.checkpoint is not None:
                    self.add("missing_key", N_("台帳の鍵がないため、署名を確かめられません。"))
            return ()
        self.found += check_keys(self.tenant, own)
        return own

    def _opened(self, note: bytes | None) -> SignedCheckpoint | None:
        if note is None or not self.keys:
            return None
        try:
            return keys.opened(note, tenant_id=self.tenant, by=self.keys)[0]
        except CheckpointInvalid:
            return None

    def _latest(self) -> SignedCheckpoint | None:
        """The latest checkpoint that is genuine and stored as it was signed."""
        rows = _server_side(
            "SELECT size, root, note FROM ledger_checkpoint WHERE tenant_id = %s ORDER BY size DESC",
            [self.tenant],
        )
        for size, root, note in rows:
            signed = self._opened(note.encode())
            if signed is not None and (signed.size, signed.root) == (size, bytes(root)):
                return signed
        return None

    def _checkpoints(self) -> Iterator[tuple[int, bytes]]:
        """Size and root of every genuine checkpoint, by size; the others are named."""
        rows = _server_side(
            "SELECT size, root, note FROM ledger_checkpoint WHERE tenant_id = %s ORDER BY size",
            [self.tenant],
        )
        forged = 0
        for size, root, note in rows:
            self.count.checkpoints += 1
            self.newest = size
            signed = self._opened(note.encode())
            if signed is not None and (signed.size, signed.root) == (size, bytes(root)):
                yield signed.size, signed.root
            elif self.keys and forged < NAMED_AT_MOST:
                forged += 1
                self.add(
                    "forged_checkpoint",
                    N_("%(n)s件の署名が、台帳の鍵のものでないか、控えの値と合いません。"),
                    n=size,
                )

    def _compare_root(self, checkpoint: tuple[int, bytes]) -> None:
        size, root = checkpoint
        self.files.promise(size)
        if size == self.tree.size and self.tree.root() == root:
            self.since_good.clear()
        elif self.bad_root is None:
            # A later root differs because this one does: only the first says where.
            self.bad_root = size
            self._name_stretch(size)

    def _name_stretch(self, size: int) -> None:
        cases = list(dict.fromkeys(case for case, _ in self.since_good))
        self.add(
            "root",
            N_("記録から作り直した台帳の指紋が、%(n)s件で署名されたものと合いません。"),
            n=size,
            case=cases[0] if len(cases) == 1 else None,
        )
        if 1 < len(cases) <= NAMED_AT_MOST:
            for case in cases:
                self.add(
                    "root_stretch",
                    N_("%(n)s件の署名と合わない範囲に、この案件の記録があります。"),
                    n=size,
                    case=case,
                )

    # --- the entries

    def _without_gaps(self, entries: Iterator[_Entry], size: int) -> Iterator[_Entry]:
        """The entries by number; one that is missing is named, and stood in for by its published copy."""
        expected = 0
        for each in entries:
            self.count.entries += 1
            while expected < min(each.index, size):
                yield self._missing(expected, "missing_number", b"\0" * 32)
                expected += 1
            if each.leaf is not None:
                self._check_entry(each)
            if each.index != expected:
                # Beyond what was ever signed, or below zero: there is no saying what belongs between.
                self.add(
                    "wrong_number",
                    N_("台帳の第%(n)s番は、続いた番号ではありません。"),
                    n=each.index,
                    case=each.case,
                    seq=each.seq,
                )
            elif each.leaf is None:
                yield self._missing(each.index, "missing_entry", each.stored_hash)
                expected += 1
            else:
                yield each
                expected += 1
        while expected < size:
            yield self._missing(expected, "missing_number", b"\0" * 32)
            expected += 1

    def _missing(self, index: int, what: str, known: bytes) -> _Entry:
        self.lost = True
        leaf = entry(self.store, index)
        case, seq = address(leaf, self.tenant)
        self.add(what, N_("台帳の第%(n)s番の記録が失われています。"), n=index, case=case, seq=seq)
        return _Entry(index, case, seq, leaf, known)

    def _check_entry(self, each: _Entry) -> None:
        assert each.leaf is not None
        if leaf_hash(each.leaf) != each.stored_hash:
            self.add(
                "leaf_hash",
                N_("台帳の第%(n)s番の指紋が、記録と合いません。"),
                n=each.index,
                case=each.case,
                seq=each.seq,
            )
        if address(each.leaf, self.tenant) != (each.case, each.seq):
            self.add(
                "misplaced_entry",
                N_("台帳の第%(n)s番が、別の案件・順番に付け替えられています。"),
                n=each.index,
                case=each.case,
                seq=each.seq,
            )

    def _grow(self, each: _Entry, *, in_files: bool) -> None:
        if each.case is not None and each.seq is not None and len(self.since_good) < TILE_WIDTH * TILE_WIDTH:
            self.since_good.append((each.case, each.seq))
        completed = self.tree.append(each.stored_hash if each.leaf is None else leaf_hash(each.leaf))
        if in_files:
            self.files.take(each.leaf or b"", completed)

    def _compare_published(self) -> None:
        """The published checkpoint must be in the record, and become the latest one at once."""
        claim = self._opened(self.published.checkpoint)
        if self.published.checkpoint is not None and claim is None and self.keys:
            self.behind = True
            self.add(
                "forged_checkpoint", N_("公開している署名（checkpoint）が、台帳の鍵のものではありません。")
            )
        elif claim is not None and (self.latest is None or claim.size > self.latest.size):
            self.add(
                "truncated",
                N_("公開している署名は%(n)s件ですが、記録にはその署名がありません。"),
                n=claim.size,
            )
        elif claim is not None and not self._is_stored(claim):
            self.add(
                "forged_checkpoint",
                N_("公開している%(n)s件の署名が、記録にある署名と違います。"),
                n=claim.size,
            )
        elif self.latest is not None and not self._gets_published(
            size=published_at_least(tenant_id=self.tenant, latest=self.latest.size)
        ):
            self.behind = True
            self.add(
                "old_checkpoint",
                N_(
                    "公開している署名（checkpoint）が、台帳の最新の署名（%(n)s件）より古いか、失われています。"
                ),
                n=self.latest.size,
            )
        numbered = self.tree.size
        if self.published.reach > numbered:
            self.add(
                "truncated",
                N_("台帳のファイルには%(n)s件ありますが、記録には%(now)s件しかありません。"),
                n=self.published.reach,
                now=numbered,
            )
            self._name_beyond(numbered)

    def _name_beyond(self, first: int) -> None:
        for index in range(first, min(self.published.reach, first + NAMED_AT_MOST)):
            case, seq = address(entry(self.store, index), self.tenant)
            if case is not None:
                self.add(
                    "missing_number",
                    N_("台帳の第%(n)s番の記録が失われています。"),
                    n=index,
                    case=case,
                    seq=seq,
                )

    def _is_stored(self, claim: SignedCheckpoint) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT root FROM ledger_checkpoint WHERE tenant_id = %s AND size = %s",
                [self.tenant, claim.size],
            )
            row = cursor.fetchone()
        return row is not None and bytes(row[0]) == claim.root

    def _gets_published(self, *, size: int) -> bool:
        """Whether a genuine checkpoint of at least this size is published, or is at once: a log that was just
        begun is numbered before it is signed, and signed before it is published."""
        note = self.published.checkpoint
        deadline = time.monotonic() + STALE_SECONDS
        while True:
            signed = self._opened(note)
            if signed is not None and signed.size >= size:
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
            if not self.keys:
                # What is said of the first key of a log that was just begun is not in this view.
                now = timezone.now()
                self.keys = tuple(LogKey(each, 0, now) for each in keys.made_here(self.tenant))
            note = self.store.read(CHECKPOINT_PATH)

    def _unnumbered(self) -> int:
        """How many entries wait for their number; one that neither has a number nor waits is lost.

        The sequencer takes the oldest first, so one that younger ones have overtaken is kept from it.
        """
        waiting = 0
        rows = _server_side(
            """
            SELECT e.id, e.case_id, e.seq, p.entry_id IS NOT NULL,
                   (SELECT x.entry_id FROM ledger_leaf x WHERE x.tenant_id = %s
                    ORDER BY x.entry_id DESC LIMIT 1)
            FROM ledger_entry e
            LEFT JOIN ledger_leaf l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
            LEFT JOIN ledger_pending p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
            WHERE e.tenant_id = %s AND l.entry_id IS NULL
            """,
            [self.tenant, self.tenant],
        )
        for entry_id, case, seq, waits, newest in rows:
            overtaken = newest is not None and _made_at(newest) - _made_at(entry_id) > OVERDUE
            waiting += bool(waits)
            if not waits or overtaken:
                self.add(
                    "unnumbered_entry",
                    N_("%(nth)s番目の記録に、台帳の番号がないままです。"),
                    case=case,
                    seq=seq,
                    nth=seq,
                )
        return waiting


def _made_at(entry_id: UUID) -> timedelta:
    """Since 1970, from a UUIDv7 (RFC 9562, section 5.7)."""
    return timedelta(milliseconds=entry_id.int >> 80)
