"""Checking a copy of a log's files, alone: entries, hash tiles and checkpoint must be of one piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from merklelog.checkpoint import Checkpoint, CheckpointInvalid, open_checkpoint
from merklelog.layout import ENTRIES, TILE_WIDTH, Tile, TileInvalid, parse_bundle, parse_tile, tile_at
from merklelog.monitor.remote import Read, Unreachable
from merklelog.note import Verifier
from merklelog.rebuilding import Rebuilder, Rebuilt
from merklelog.tiles import CHECKPOINT_PATH
from merklelog.tree import HASH_SIZE, Frontier, leaf_hash


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what it must be, or an entry in it: ``index`` is the entry's number in the log."""

    path: str
    message: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class CopyReport:
    """``checkpoint``: what the log's key vouches for, None if it does not; ``damages``: all that was found."""

    checkpoint: Checkpoint | None
    damages: tuple[Damage, ...]


def check_copy(read: Read, verifiers: Sequence[Verifier]) -> CopyReport:
    """Look at every file that the checkpoint needs. Raises ``Unreachable`` if there is no checkpoint."""
    note = read(CHECKPOINT_PATH)
    if note is None:
        raise Unreachable("there is no checkpoint")
    try:
        signed = open_checkpoint(note, origin=verifiers[0].name, verifiers=verifiers)
    except CheckpointInvalid as error:
        return CopyReport(None, (Damage(CHECKPOINT_PATH, str(error)),))
    return CopyReport(signed, tuple(_damages(read, signed)))


def _damages(read: Read, signed: Checkpoint) -> Iterator[Damage]:
    files = _Files(read)
    tree, rebuilder = Frontier(), Rebuilder()
    for index in range(-(-signed.size // TILE_WIDTH)):
        bundle, tile = tile_at(ENTRIES, index, signed.size), tile_at(0, index, signed.size)
        entries, hashes = files.parts(bundle, parse_bundle), files.parts(tile, parse_tile)
        computed = [leaf_hash(each) for each in entries] if entries else None
        for offset, (one, other) in enumerate(zip(computed or (), hashes or (), strict=False)):
            if one != other:
                n = index * TILE_WIDTH + offset
                yield Damage(bundle.path, f"entry {n} is not the one that {tile.path} has the hash of", n)
        for each in computed or hashes or [bytes(HASH_SIZE)] * tile.width:
            for rebuilt in rebuilder.take(b"", tree.append(each)):
                yield from _compared(files, rebuilt)
        yield from files.damages()
    for rebuilt in rebuilder.rest():
        yield from _compared(files, rebuilt)
    yield from files.damages()
    if tree.root() != signed.root:
        yield Damage(CHECKPOINT_PATH, "the entries do not add up to the signed root")


def _compared(files: _Files, rebuilt: Rebuilt) -> Iterator[Damage]:
    """A tile of hashes above the leaves must be what those below it give."""
    if rebuilt.tile.level > 0 and files.parts(rebuilt.tile, parse_tile) not in (None, list(rebuilt.parts)):
        yield Damage(rebuilt.tile.path, "not the hashes of the tiles below it")


class _Files:
    """Reads the files of a copy; those that are missing or malformed are kept to be named."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._found: list[Damage] = []

    def parts(self, tile: Tile, parse: Callable[[bytes, int], list[bytes]]) -> list[bytes] | None:
        """What a tile or bundle holds, from its own file or, of a partial one, the beginning of the full one."""
        for version in dict.fromkeys((tile, tile.full)):
            body = self._read(version.path)
            if body is None:
                continue
            try:
                return parse(body, version.width)[: tile.width]
            except TileInvalid as error:
                self._found.append(Damage(version.path, str(error)))
                return None
        self._found.append(Damage(tile.path, "missing"))
        return None

    def damages(self) -> list[Damage]:
        """Those found since it was last asked."""
        found, self._found = self._found, []
        return found
