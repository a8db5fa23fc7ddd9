"""``kessai ledger fsck``: each log against its files, and making damaged files again from the entries.

A file is made again only where the entries of the record, all there, add up to the signed root: what is derived is
repaired from what is bound. Entries, numbers and rows of checkpoints are named and never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.ledger import keys, sequencer
from kessai.ledger.findings import Finding
from kessai.ledger.published import published_logs, read_published
from kessai.ledger.verification import LogState, check_log, leaves_to, logs, snapshot
from merklelog.rebuilding import Rebuilder, Rebuilt
from merklelog.tiles import CHECKPOINT_PATH, Tile
from merklelog.tree import Frontier, leaf_hash

ASIDE = ".aside"
"""Where damaged files are kept, in the directory of the log: they are evidence."""

Progress = Callable[[int, int], object]
"""Told the ministry and how many of its entries were read."""


class CannotCheck(Cannot):
    """There is no log where one was asked for."""


@dataclass(frozen=True, slots=True)
class LogChecked:
    """What was found in a log, and which of its files were made again."""

    tenant_id: int
    entries: int
    sound: int
    found: tuple[Finding, ...]
    repaired: tuple[str, ...]


def fsck(
    *, at: datetime, tenant_id: int | None = None, repair: bool = False, progress: Progress = lambda *_: None
) -> tuple[LogChecked, ...]:
    """Check every log, or that of one ministry. It may run beside a working system."""
    known = sorted(set(logs()) | published_logs().keys())
    if tenant_id is not None and tenant_id not in known:
        raise CannotCheck(
            N_("番号%(n)sの府省には、台帳がありません。"),
            N_("番号は kessai ledger show で確かめられます。"),
            n=tenant_id,
        )
    chosen = known if tenant_id is None else [tenant_id]
    return tuple(_checked(each, at, repair, progress) for each in chosen)


def _checked(tenant_id: int, at: datetime, repair: bool, progress: Progress) -> LogChecked:
    # Files first, then rows: the sequencer commits rows before it writes the files that claim them.
    published = read_published(tenant_id)
    repaired: list[str] = []
    with snapshot():
        state = check_log(tenant_id, published, lambda count: progress(tenant_id, count))
        if repair and state.sound and state.damaged:
            repaired += _made_again(tenant_id, state, at)
    if repair and state.behind:
        _keep(tenant_id, CHECKPOINT_PATH, at)
        sequencer.publish(tenant_id=tenant_id)
        repaired.append(CHECKPOINT_PATH)
    return LogChecked(tenant_id, state.count.entries, state.sound, tuple(state.found), tuple(repaired))


def _made_again(tenant_id: int, state: LogState, at: datetime) -> Iterator[str]:
    """In the view in which the entries were checked, and while nobody else writes the files."""
    wanted: dict[Tile, set[Tile]] = {}
    for tile in state.damaged:
        wanted.setdefault(tile.full, set()).add(tile)
    with sequencer.writing(tenant_id):
        for rebuilt in _rebuilt(tenant_id, state.sound):
            for tile in sorted(wanted.get(rebuilt.tile.full, ())):
                if _is_to_write(tenant_id, tile, rebuilt):
                    _keep(tenant_id, tile.path, at)
                    keys.store(tenant_id).repair(tile.path, rebuilt.body(tile.width))
                    yield tile.path


def _is_to_write(tenant_id: int, tile: Tile, rebuilt: Rebuilt) -> bool:
    """Not one that has grown since, nor a partial one that has gone because the full one came."""
    store = keys.store(tenant_id)
    if tile.width > rebuilt.tile.width:
        return False
    present = store.read(tile.path)
    superseded = present is None and not tile.is_full and store.read(tile.full.path) is not None
    return not superseded and present != rebuilt.body(tile.width)


def _rebuilt(tenant_id: int, size: int) -> Iterator[Rebuilt]:
    tree, rebuilder = Frontier(), Rebuilder()
    for leaf in leaves_to(tenant_id, size):
        yield from rebuilder.take(leaf, tree.append(leaf_hash(leaf)))
    yield from rebuilder.rest()


def _keep(tenant_id: int, path: str, at: datetime) -> None:
    """A copy of what is about to be written over."""
    store = keys.store(tenant_id)
    damaged = store.read(path)
    if damaged is not None:
        copy = store.root / ASIDE / at.strftime("%Y%m%dT%H%M%SZ") / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(damaged)
