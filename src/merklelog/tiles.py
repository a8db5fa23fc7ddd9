"""Reading proofs out of tiles, making the tiles of a larger tree, and keeping them in a directory.

Source: C2SP tlog-tiles; ``merklelog.layout`` says which tiles there are and what they hold. In a
``DirectoryStore`` each file is written beside its place, flushed to the disk, renamed into place, and the
directory flushed too: a crash never leaves half a file. One writer at a time; any number of readers.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from merklelog import durable
from merklelog.layout import (
    ENTRIES,
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    TileInvalid,
    bundles_grown,
    parse_bundle,
    parse_path,
    parse_tile,
    serialise_bundle,
    tile_at,
    tile_bytes,
    tiles_grown,
)
from merklelog.tree import Frontier, node_hash, root_from_nodes

__all__ = [
    "CHECKPOINT_PATH",
    "ENTRIES",
    "TILE_HEIGHT",
    "TILE_WIDTH",
    "DirectoryStore",
    "Tile",
    "TileConflict",
    "TileInvalid",
    "TileMissing",
    "TileReader",
    "bundles_grown",
    "entry_bundles",
    "parse_bundle",
    "parse_path",
    "parse_tile",
    "serialise_bundle",
    "tile_at",
    "tile_bytes",
    "tiles_between",
    "tiles_grown",
]

CHECKPOINT_PATH = "checkpoint"

_CACHED_TILES = 1024


class TileMissing(LookupError):
    """A tile that the tree of the given size requires could not be read; the message is its path."""


class TileConflict(Exception):
    """A full tile exists with other bytes: the history being written is not the one already published."""


class TileReader:
    """Serves the nodes and entries of a tree of ``size`` leaves out of its tiles.

    ``read(path)`` gives the bytes at a path or ``None``. A partial tile that is gone is replaced by the
    start of the full one. Nothing is trusted here: compare ``root()`` with a signed checkpoint, or verify
    the proofs that are made from ``node``. Inner nodes of a tile are recomputed from its hashes.
    Raises ``TileMissing`` and ``TileInvalid``.
    """

    def __init__(self, read: Callable[[str], bytes | None], size: int) -> None:
        self._read = read
        self.size = size
        self._rows = lru_cache(_CACHED_TILES)(self._compute_rows)

    def node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree; ``IndexError`` if the tree of this size does not have it."""
        if level < 0 or index < 0 or (index + 1) << level > self.size:
            raise IndexError(f"no node {index} of level {level} in a tree of {self.size} leaves")
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, position = divmod(index << height, TILE_WIDTH)
        return self._rows(tile_level, tile_index)[height][position >> height]

    def root(self) -> bytes:
        """The root that the tiles give for this size.

        It is read from the highest tiles: that it is right says nothing yet of those below. A proof
        made from a damaged one does not verify.
        """
        return root_from_nodes(self.size, self.node)

    def entries(self, bundle_index: int) -> list[bytes]:
        """The entries ``[256 * bundle_index, …)`` that belong to the tree of this size."""
        return self._load(tile_at(ENTRIES, bundle_index, self.size), parse_bundle)

    def _compute_rows(self, level: int, index: int) -> list[list[bytes]]:
        row = self._load(tile_at(level, index, self.size), parse_tile)
        rows = [row]
        for _ in range(1, TILE_HEIGHT):
            row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
            rows.append(row)
        return rows

    def _load(self, tile: Tile, parse: Callable[[bytes, int], list[bytes]]) -> list[bytes]:
        exact = self._read(tile.path)
        if exact is not None:
            return parse(exact, tile.width)
        full = None if tile.is_full else self._read(tile.full.path)
        if full is None:
            raise TileMissing(tile.path)
        return parse(full, TILE_WIDTH)[: tile.width]


def tiles_between(size: int, fresh: Iterable[bytes], reader: TileReader) -> Iterator[tuple[str, bytes]]:
    """The hash tiles to write, as ``(path, bytes)``, when the leaf hashes ``fresh`` join a tree of ``size``.

    ``reader`` serves the tree as it was. They are the tiles that building the larger tree at once would
    give, but for those that did not change.
    """
    if reader.size != size:
        raise ValueError(f"the reader serves {reader.size} leaves, not {size}")
    frontier = Frontier.restore(size, reader.node)
    new = {
        (level, index): node
        for leaf in fresh
        for level, index, node in frontier.append(leaf)
        if level % TILE_HEIGHT == 0
    }

    def node(level: int, index: int) -> bytes:
        return new.get((level, index)) or reader.node(level, index)

    for tile in tiles_grown(size, frontier.size):
        yield tile.path, tile_bytes(tile, node)


def entry_bundles(start: int, entries: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """The entry bundles to write, as ``(path, bytes)``, for consecutive entries from index ``start``.

    ``start`` must begin a bundle: to continue one, give its entries again. Raises ``ValueError``.
    """
    if start % TILE_WIDTH:
        raise ValueError(f"no bundle begins at entry {start}")
    for tile in bundles_grown(start, start + len(entries)):
        offset = tile.index * TILE_WIDTH - start
        yield tile.path, serialise_bundle(entries[offset : offset + tile.width])


class DirectoryStore:
    """Tiles, entry bundles and the checkpoint under ``root``, addressed by their tlog-tiles paths."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes | None:
        """The bytes at a tile path or at ``checkpoint``; ``None`` if there are none.

        Raises ``TileInvalid`` for any other path, so that none leads out of the directory.
        """
        if path != CHECKPOINT_PATH:
            parse_path(path)
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, path: str, data: bytes) -> None:
        """``write_all`` of one file."""
        self.write_all([(path, data)])

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write tiles, entry bundles, the checkpoint, durably, before returning.

        A full tile is immutable: the same bytes are accepted again, others raise ``TileConflict``. A
        partial tile and the checkpoint are replaced. Raises ``TileInvalid`` for any other path. All files
        are on the disk before the first is in its place.
        """
        self._put([(self.root / path, data) for path, data in files if not self._is_there(path, data)])

    def repair(self, path: str, data: bytes) -> None:
        """Write a tile or bundle in the place of a damaged one, a full one too: ``data`` is what belongs there.

        Raises ``TileInvalid`` for any other path.
        """
        parse_path(path)
        self._put([(self.root / path, data)])

    def _put(self, fresh: Sequence[tuple[Path, bytes]]) -> None:
        folders = {target.parent for target, _ in fresh}
        for folder in folders:
            self._make_directory(folder)
        beside: list[tuple[Path, Path]] = []
        try:
            for target, data in fresh:
                beside.append((durable.beside(target, (data,), mode=0o644), target))
            for name, target in beside:
                name.replace(target)
        except BaseException:
            for name, _ in beside:
                name.unlink(missing_ok=True)
            raise
        for folder in folders:
            durable.flush(folder)

    def discard_partials(self, tile: Tile) -> None:
        """Remove the partial tiles that a full one supersedes (tlog-tiles, "Partial Tiles").

        Raises ``TileInvalid`` while the full tile is not there: readers still need the partial ones.
        """
        full = self.root / tile.full.path
        if not full.is_file():
            raise TileInvalid(f"{tile.full.path} is not there to supersede its partial tiles")
        shutil.rmtree(full.with_name(full.name + ".p"), ignore_errors=True)

    def _is_there(self, path: str, data: bytes) -> bool:
        """Whether a full tile needs no writing."""
        if path == CHECKPOINT_PATH or not parse_path(path).is_full:
            return False
        present = self.read(path)
        if present is not None and present != data:
            raise TileConflict(f"{path} exists with other bytes")
        return present is not None

    def _make_directory(self, directory: Path) -> None:
        if directory.is_dir():
            return
        self._make_directory(directory.parent)
        directory.mkdir(exist_ok=True)
        durable.flush(directory.parent)
