"""Comparing the published files of a log with its entries, while the tree over them grows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kessai.kernel.words import N_
from kessai.ledger import keys
from kessai.ledger.findings import Finding, finding
from kessai.ledger.leaves import address, differing_fields
from kessai.ledger.published import versions
from merklelog.tiles import (
    ENTRIES,
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    TileInvalid,
    parse_bundle,
    serialise_bundle,
)

NAMED_AT_MOST = 200
"""How many entries a damaged stretch names one by one."""


class FilesCheck:
    """Takes the entries of a log one by one; holds one bundle and one tile of each level at a time."""

    def __init__(self, tenant_id: int, found: list[Finding]) -> None:
        self.tenant = tenant_id
        self.store = keys.store(tenant_id)
        self.found = found
        self.looked_at = 0
        # The hashes of the tile of each level, and the entries of the bundle, that are not complete yet.
        self.rows: dict[int, list[bytes]] = {}
        self.bundle: list[bytes] = []
        self.differing: list[tuple[int, bytes, bytes, str]] = []

    def add(self, what: str, message: str, **params: Any) -> None:
        self.found.append(finding(self.tenant, what, message, **params))

    def take(self, index: int, leaf: bytes, completed: list[tuple[int, int, bytes]]) -> None:
        """The next entry, and the nodes of the tree that it completed."""
        self.bundle.append(leaf)
        if len(self.bundle) == TILE_WIDTH:
            self._compare_bundle(index // TILE_WIDTH)
        for level, position, node in completed:
            if level % TILE_HEIGHT == 0:
                row = self.rows.setdefault(level // TILE_HEIGHT, [])
                row.append(node)
                if len(row) == TILE_WIDTH:
                    self._compare_tile(level // TILE_HEIGHT, position // TILE_WIDTH)

    def end(self, size: int) -> None:
        """The log ends here: compare the files that are not full."""
        if self.bundle:
            self._compare_bundle((size - 1) // TILE_WIDTH)
        for level, row in sorted(self.rows.items()):
            if row:
                self._compare_tile(level, ((size >> TILE_HEIGHT * level) - 1) // TILE_WIDTH)

    def _compare_tile(self, level: int, index: int) -> None:
        row, self.rows[level] = self.rows[level], []
        for tile, body in self._files(Tile(level, index, len(row))):
            joined = b"".join(row[: tile.width])
            if body[: len(joined)] != joined:
                self._differs(tile)

    def _compare_bundle(self, index: int) -> None:
        entries, self.bundle = self.bundle, []
        for tile, body in self._files(Tile(ENTRIES, index, len(entries))):
            expected = serialise_bundle(entries[: tile.width])
            # Beyond these entries a file holds what was added after the snapshot.
            if body[: len(expected)] != expected:
                self._differs(tile)
                self._compare_entries(tile, body, entries)

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
        if not held:
            self.add(
                "missing_tile",
                N_("台帳のファイル %(path)s がありません。"),
                path=required.path,
                field=required.path,
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

    def _compare_entries(self, tile: Tile, body: bytes, entries: list[bytes]) -> None:
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
