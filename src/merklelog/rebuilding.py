"""Building a log again from its entries: what every tile and entry bundle must hold.

Source: C2SP tlog-tiles. One pass; what is held at a time is one bundle and one tile of each level.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from merklelog.layout import ENTRIES, TILE_HEIGHT, TILE_WIDTH, Tile, serialise_bundle


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A tile or bundle with its hashes or entries, as many as its width."""

    tile: Tile
    parts: tuple[bytes, ...]

    def body(self, width: int | None = None) -> bytes:
        """The bytes of the file, or of the partial one of ``width`` that came before it."""
        parts = self.parts[: self.tile.width if width is None else width]
        return serialise_bundle(parts) if self.tile.level == ENTRIES else b"".join(parts)


class Rebuilder:
    """Takes the entries of a log from the first on, and gives each file as soon as it is full."""

    def __init__(self) -> None:
        self.size = 0
        self._bundle: list[bytes] = []
        self._rows: dict[int, list[bytes]] = {}

    def take(self, entry: bytes, completed: Iterable[tuple[int, int, bytes]]) -> Iterator[Rebuilt]:
        """The next entry, with the nodes that it completed (``Frontier.append``); the files that are full now."""
        self.size += 1
        self._bundle.append(entry)
        if len(self._bundle) == TILE_WIDTH:
            yield self._made(ENTRIES, self._bundle)
            self._bundle = []
        for level, _, node in completed:
            if level % TILE_HEIGHT == 0:
                row = self._rows.setdefault(level // TILE_HEIGHT, [])
                row.append(node)
                if len(row) == TILE_WIDTH:
                    yield self._made(level // TILE_HEIGHT, row)
                    self._rows[level // TILE_HEIGHT] = []

    def rest(self) -> Iterator[Rebuilt]:
        """The log ends here: the files that are not full."""
        if self._bundle:
            yield self._made(ENTRIES, self._bundle)
        for level, row in sorted(self._rows.items()):
            if row:
                yield self._made(level, row)

    def _made(self, level: int, parts: list[bytes]) -> Rebuilt:
        last = (self.size >> TILE_HEIGHT * max(level, 0)) - 1
        return Rebuilt(Tile(level, last // TILE_WIDTH, len(parts)), tuple(parts))
