"""The published files of a log, as a verifier reads them: the checkpoint, hash tiles and entry bundles."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from kessai.ledger import keys, received
from merklelog import durable
from merklelog.layout import ENTRIES, TILE_WIDTH, Tile, TileInvalid, parse_bundle, parse_path
from merklelog.tiles import CHECKPOINT_PATH, DirectoryStore


@dataclass(frozen=True, slots=True)
class Published:
    """What the files of a log claimed before its rows were read.

    The sequencer commits rows before it writes files, so whatever is here must be in the rows, however much
    the log grows meanwhile. ``reach``: how many entries the bundles hold. ``noted``: how much was noted of what was
    received (``received``), in bytes.
    """

    checkpoint: bytes | None
    reach: int
    noted: int = 0


def put(tenant_id: int, name: str, body: bytes) -> None:
    """Put a file beside the checkpoint, unless it is there as it is."""
    target = keys.store(tenant_id).root / name
    if not target.is_file() or target.read_bytes() != body:
        durable.write(target, body, mode=0o644)


def read_published(tenant_id: int) -> Published:
    """The claim of one log's files as they are now."""
    store = keys.store(tenant_id)
    return Published(store.read(CHECKPOINT_PATH), _reach(store), received.length(tenant_id))


def published_logs() -> dict[int, Published]:
    """The claims of all logs that have files, by ministry."""
    return {tenant_id: read_published(tenant_id) for tenant_id in folders()}


def folders() -> list[int]:
    """The ministries whose logs have files."""
    folder = Path(settings.KESSAI_LEDGER_DIR)
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [int(name) for name in names if name.isdecimal()]


def _reach(store: DirectoryStore) -> int:
    # os.walk passes over a directory of partial tiles that the sequencer removes meanwhile.
    reach = 0
    for folder, _, names in os.walk(store.root / "tile" / "entries"):
        for name in names:
            try:
                tile = parse_path((Path(folder) / name).relative_to(store.root).as_posix())
            except TileInvalid:
                continue
            reach = max(reach, tile.index * TILE_WIDTH + tile.width)
    return reach


def versions(store: DirectoryStore, tile: Tile) -> Iterator[Tile]:
    """The files that hold a tile or the start or continuation of it: the full one, and every partial one."""
    if (store.root / tile.full.path).exists():
        yield tile.full
    try:
        names = [path.name for path in (store.root / f"{tile.full.path}.p").iterdir()]
    except FileNotFoundError:
        return
    for width in sorted(int(name) for name in names if name.isdecimal()):
        if 0 < width < TILE_WIDTH:
            yield Tile(tile.level, tile.index, width)


def entry(store: DirectoryStore, index: int) -> bytes | None:
    """An entry as the bundles have it, from any file that holds it; None where none does."""
    tile = Tile(ENTRIES, index // TILE_WIDTH)
    for version in versions(store, tile):
        if version.width > index % TILE_WIDTH:
            body = store.read(version.path)
            try:
                return parse_bundle(body or b"", version.width)[index % TILE_WIDTH]
            except TileInvalid:
                continue
    return None
