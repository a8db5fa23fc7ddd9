"""Comparing the published files of a log with its entries, while the tree over them grows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kessai.kernel.words import N_
from kessai.ledger import keys
from kessai.ledger.findings import Finding, finding
from kessai.ledger.leaves import address, differing_fields
from kessai.ledger.published import versions
from merklelog.rebuilding import Rebuilder, Rebuilt
from merklelog.tiles import ENTRIES, TILE_HEIGHT, TILE_WIDTH, Tile, TileInvalid, parse_bundle, tile_at

NAMED_AT_MOST = 200
"""How many entries a damaged stretch names one by one."""


class FilesCheck:
    """Takes the entries of a log one by one, and compares each file as soon as all of it is known.

    ``damaged``: the files that are not what the entries give, or are missing.
    """

    def __init__(self, tenant_id: int, found: list[Finding]) -> None:
        self.tenant = tenant_id
        self.store = keys.store(tenant_id)
        self.found = found
        self.looked_at = 0
        self.damaged: list[Tile] = []
        self.differing: list[tuple[int, bytes, bytes, str]] = []
        self._rebuilder = Rebuilder()
        self._promised: dict[Tile, set[Tile]] = {}

    def add(self, what: str, message: str, **params: Any) -> None:
        self.found.append(finding(self.tenant, what, message, **params))

    def take(self, leaf: bytes, completed: list[tuple[int, int, bytes]]) -> None:
        """The next entry, and the nodes of the tree that it completed."""
        for rebuilt in self._rebuilder.take(leaf, completed):
            self._promised.pop(rebuilt.tile, None)
            self._compare(rebuilt)

    def promise(self, size: int) -> None:
        """A checkpoint over ``size`` entries was signed: its partial tiles stay until the full ones are there."""
        level = ENTRIES
        while ends := size >> TILE_HEIGHT * max(level, 0):
            tile = tile_at(level, (ends - 1) // TILE_WIDTH, size)
            if not tile.is_full:
                self._promised.setdefault(tile.full, set()).add(tile)
            level += 1

    def end(self) -> None:
        """The log ends here: compare the files that are not full."""
        for rebuilt in self._rebuilder.rest():
            for tile in sorted(self._promised.pop(rebuilt.tile.full, ())):
                if self.store.read(tile.path) is None and self.store.read(tile.full.path) is None:
                    self._is_missing(tile)
            self._compare(rebuilt)

    def _compare(self, rebuilt: Rebuilt) -> None:
        for tile, body in self._files(rebuilt.tile):
            expected = rebuilt.body(tile.width)
            # Of a wider one only the beginning is known: the rest was added after the snapshot.
            known = body if tile.width <= rebuilt.tile.width else body[: len(expected)]
            if known != expected:
                self._differs(tile)
                if tile.level == ENTRIES:
                    self._compare_entries(tile, body, rebuilt.parts)

    def _files(self, required: Tile) -> Iterator[tuple[Tile, bytes]]:
        """Every file that holds this tile or a part of it; one that must be there and is not is named."""
        self.looked_at += 1
        held = False
        # The full file is looked at again at the end: it is written before the partial ones go.
        for tile in [*versions(self.store, required), required, required.full]:
            body = self.store.read(tile.path)
            if body is not None:
                held = held or tile.width >= required.width
                yield tile, body
            if held and tile == required:
                return
        if not held and required not in self.damaged[-TILE_WIDTH:]:
            self._is_missing(required)

    def _is_missing(self, tile: Tile) -> None:
        self.damaged.append(tile)
        self.add(
            "missing_tile", N_("台帳のファイル %(path)s がありません。"), path=tile.path, field=tile.path
        )

    def _differs(self, tile: Tile) -> None:
        made = finding(
            self.tenant,
            "tile",
            N_("台帳のファイル %(path)s が、記録と合いません。"),
            path=tile.path,
            field=tile.path,
        )
        if made not in self.found[-4:]:
            self.found.append(made)
            self.damaged.append(tile)

    def _compare_entries(self, tile: Tile, body: bytes, entries: Sequence[bytes]) -> None:
        try:
            copies = parse_bundle(body, tile.width)
        except TileInvalid:
            return
        for offset, (leaf, copy) in enumerate(zip(entries, copies, strict=False)):
            if leaf != copy and len(self.differing) < NAMED_AT_MOST:
                self.differing.append((tile.index * TILE_WIDTH + offset, leaf, copy, tile.path))

    def name_differing(self, *, signed_otherwise: bool) -> None:
        """Entries that differ from their published copies; the signed root says on which side the change is."""
        # Every partial tile holds a copy: where the record was changed, one line for all of them.
        seen: set[tuple[int, bytes]] = set()
        for index, leaf, copy, path in self.differing:
            if signed_otherwise and (index, copy) in seen:
                continue
            seen.add((index, copy))
            case, seq = address(leaf, self.tenant)
            other_case, other_seq = address(copy, self.tenant)
            if not signed_otherwise:
                where = {"case": case, "seq": seq, "n": index, "path": path}
                self.add(
                    "rewritten_file",
                    N_("台帳のファイル %(path)s の第%(n)s番が、書き換えられています。"),
                    field=differing_fields(leaf, copy),
                    **where,
                )
            elif (case, seq) == (other_case, other_seq):
                self.add(
                    "rewritten_entry",
                    N_(
                        "台帳の第%(n)s番（案件の%(nth)s番目の記録）が、署名の後に書き換えられています（%(fields)s）。"
                    ),
                    n=index,
                    case=case,
                    seq=seq,
                    field=differing_fields(leaf, copy),
                    fields=differing_fields(leaf, copy),
                    nth=seq,
                )
            else:
                self.add(
                    "reordered",
                    N_("台帳の第%(n)s番の順番が、署名の後に入れ替えられています。"),
                    n=index,
                    case=case,
                    seq=seq,
                )
