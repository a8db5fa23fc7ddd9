"""Tiles: the tree and its entries as a finite set of immutable files.

Source: C2SP tlog-tiles. A tile is up to 256 consecutive hashes of one level; tile level ``L`` holds the
nodes of tree level ``8 * L``. This module is the pure half: names, extents and contents. Reading and writing
them is in ``merklelog.tiles``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from merklelog.tree import HASH_SIZE, NodeReader

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_LEVEL = 63
MAX_ENTRY_SIZE = 0xFFFF
ENTRIES = -1
"""The ``level`` of an entry bundle, which stands beside the hashes of level 0."""

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


class TileInvalid(ValueError):
    """A path or the bytes of a tile are not what the specification allows."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile, or one entry bundle if ``level`` is ``ENTRIES``; ``width`` below 256 makes it partial."""

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not ENTRIES <= self.level <= MAX_LEVEL or self.index < 0 or not 1 <= self.width <= TILE_WIDTH:
            raise TileInvalid(f"no tile of level {self.level}, index {self.index}, width {self.width}")

    @property
    def is_full(self) -> bool:
        """Whether it will never change again."""
        return self.width == TILE_WIDTH

    @property
    def full(self) -> Tile:
        """The full tile that supersedes this one."""
        return Tile(self.level, self.index)

    @property
    def path(self) -> str:
        """``tile/<L>/<N>[.p/<W>]``, or ``tile/entries/<N>[.p/<W>]``."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.is_full else f".p/{self.width}"
        return f"tile/{level}/{_encode_index(self.index)}{partial}"


def parse_path(path: str) -> Tile:
    """The tile at a path; raises ``TileInvalid`` for any spelling but the one that ``Tile.path`` gives."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise TileInvalid(f"not a tile path: {path!r}")
    level = ENTRIES if match["level"] == "entries" else int(match["level"])
    index = int(re.sub("[x/]", "", match["index"]))
    tile = Tile(level, index, int(match["width"] or TILE_WIDTH))
    if tile.path != path:
        raise TileInvalid(f"not a tile path: {path!r}")
    return tile


def tile_at(level: int, index: int, size: int) -> Tile:
    """The tile, as wide as a tree of ``size`` leaves makes it; ``TileInvalid`` if it would be empty."""
    available = size >> (TILE_HEIGHT * max(level, 0))
    return Tile(level, index, min(TILE_WIDTH, available - index * TILE_WIDTH))


def tiles_grown(size1: int, size2: int) -> Iterator[Tile]:
    """The hash tiles to write when a tree grows from ``size1`` to ``size2`` leaves, the lowest level first.

    From 0 these are all tiles of the tree. A partial tile passed on the way is not among them: only the
    tiles of ``size1`` and ``size2`` themselves are required (tlog-tiles, "Partial Tiles").
    """
    _require_growth(size1, size2)
    level = 0
    while size1 >> (TILE_HEIGHT * level) != size2 >> (TILE_HEIGHT * level):
        yield from _row_grown(level, size1, size2)
        level += 1


def bundles_grown(size1: int, size2: int) -> Iterator[Tile]:
    """The entry bundles to write when a log grows from ``size1`` to ``size2`` entries."""
    _require_growth(size1, size2)
    yield from _row_grown(ENTRIES, size1, size2)


def tile_bytes(tile: Tile, node: NodeReader) -> bytes:
    """The contents of a hash tile, from the hashes of the complete subtrees that it is made of."""
    if tile.level == ENTRIES:
        raise TileInvalid("an entry bundle holds no hashes")
    first = tile.index * TILE_WIDTH
    return b"".join(node(tile.level * TILE_HEIGHT, first + i) for i in range(tile.width))


def parse_tile(data: bytes, width: int) -> list[bytes]:
    """The ``width`` hashes of a hash tile; raises ``TileInvalid`` if the length differs."""
    if len(data) != width * HASH_SIZE:
        raise TileInvalid(f"a tile of width {width} has {width * HASH_SIZE} bytes, not {len(data)}")
    return [data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE)]


def serialise_bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length as a big-endian uint16 (tlog-tiles, "Log entries").

    Raises ``TileInvalid`` unless there are 1 to 256 entries of at most 65,535 bytes each.
    """
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise TileInvalid(f"a bundle holds 1 to {TILE_WIDTH} entries, not {len(entries)}")
    if any(len(entry) > MAX_ENTRY_SIZE for entry in entries):
        raise TileInvalid(f"an entry has at most {MAX_ENTRY_SIZE} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(data: bytes, width: int) -> list[bytes]:
    """The ``width`` entries of a bundle; raises ``TileInvalid`` if it is cut short or holds more."""
    entries: list[bytes] = []
    position = 0
    for _ in range(width):
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        if start > len(data) or position > len(data):
            raise TileInvalid(f"the bundle ends inside entry {len(entries)}")
        entries.append(data[start:position])
    if position != len(data):
        raise TileInvalid(f"{len(data) - position} bytes follow the last of {width} entries")
    return entries


def _row_grown(level: int, size1: int, size2: int) -> Iterator[Tile]:
    shift = TILE_HEIGHT * max(level, 0)
    first, end = size1 >> shift, size2 >> shift
    if first < end:
        for index in range(first // TILE_WIDTH, (end - 1) // TILE_WIDTH + 1):
            yield tile_at(level, index, size2)


def _require_growth(size1: int, size2: int) -> None:
    if not 0 <= size1 <= size2:
        raise ValueError(f"a log does not grow from {size1} to {size2}")


def _encode_index(index: int) -> str:
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    return "".join(f"x{group}/" for group in groups[:-1]) + groups[-1]
