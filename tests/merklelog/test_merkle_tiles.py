"""Tiles: their names, extents and contents, reading them back, and keeping them in a directory."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from merkle_samples import ENTRIES as ENTRY_DATA
from merkle_samples import LEAVES, MAX_SIZE, ROOTS, brief, node_of, nothing, tiles_of

from merklelog.tiles import (
    ENTRIES,
    DirectoryStore,
    Tile,
    TileConflict,
    TileInvalid,
    TileMissing,
    TileReader,
    bundles_grown,
    entry_bundles,
    parse_bundle,
    parse_path,
    parse_tile,
    serialise_bundle,
    tile_at,
    tile_bytes,
    tiles_between,
    tiles_grown,
)
from merklelog.tree import (
    ProofInvalid,
    consistency_path,
    inclusion_path,
    root_of,
    verify_consistency,
    verify_inclusion,
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(3, 1234067), "tile/3/x001/x234/067"),
        (Tile(1, 1234067, 8), "tile/1/x001/x234/067.p/8"),
        (Tile(63, 5, 255), "tile/63/005.p/255"),
        (Tile(ENTRIES, 1234067), "tile/entries/x001/x234/067"),
        (Tile(ENTRIES, 0, 1), "tile/entries/000.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile


@given(st.integers(ENTRIES, 63), st.integers(0, 2**56), st.integers(1, 256))
@brief
def test_every_tile_is_found_again_by_its_path(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/x000/x001/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/data/000",
        "tile/0/../000",
        "tile/0/000/",
        "tile/0/000\n",
        "/tile/0/000",
        "tile/0/٠٠٠",
        pytest.param(f"tile/0/{'x001/' * 2_000}000", id="longer than any number is read"),
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(TileInvalid, match="tile"):
        parse_path(path)


def test_the_examples_of_the_specification_have_the_tiles_it_states() -> None:
    tiles = list(tiles_grown(0, 70_000))
    full = [tile.level for tile in tiles if tile.is_full]
    partial = [(tile.level, tile.index, tile.width) for tile in tiles if not tile.is_full]
    assert (full.count(0), full.count(1), len(full)) == (273, 1, 274)
    assert partial == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(tiles_grown(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(bundles_grown(0, 256)) == [Tile(ENTRIES, 0)]


def test_a_tree_of_three_tile_levels_reads_back() -> None:
    size = 70_000
    tiles = tiles_of(size)
    assert [len(tiles[path]) for path in ("tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1")] == [
        256 * 32,
        17 * 32,
        32,
    ]
    reader = TileReader(tiles.get, size)
    root = root_of(LEAVES)
    assert reader.root() == root
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        proof = inclusion_path(index, size, reader.node)
        verify_inclusion(index=index, size=size, leaf_hash=LEAVES[index], proof=proof, root=root)
    proof = consistency_path(600, size, reader.node)
    verify_consistency(size1=600, size2=size, root1=ROOTS[600], root2=root, proof=proof)


def test_tiles_give_the_root_of_every_size() -> None:
    tiles: dict[str, bytes] = {}
    for size in range(1, MAX_SIZE + 1):
        tiles.update(tiles_between(size - 1, LEAVES[size - 1 : size], TileReader(tiles.get, size - 1)))
        assert TileReader(tiles.get, size).root() == ROOTS[size]
    for size in range(MAX_SIZE + 1):
        assert TileReader(tiles.get, size).root() == ROOTS[size], "an earlier size is still served"


@brief
@given(st.integers(0, MAX_SIZE), st.integers(0, 1_500))
@example(256, 0)
@example(256, 256)
@example(255, 2)
@example(0, 0)
def test_growing_gives_the_tiles_that_building_at_once_gives(size: int, more: int) -> None:
    before = tiles_of(size)
    grown = dict(tiles_between(size, LEAVES[size : size + more], TileReader(before.get, size)))
    at_once = tiles_of(size + more)
    assert all(at_once[path] == data for path, data in grown.items())
    assert {**before, **grown}.items() >= at_once.items()
    assert not grown.items() & before.items(), "what did not change is not written again"


@brief
@given(st.integers(0, 1_500), st.integers(0, 1_500))
def test_growing_in_two_steps_ends_where_one_does(middle: int, more: int) -> None:
    needed = set(tiles_grown(0, middle + more))
    steps = {*tiles_grown(0, middle), *tiles_grown(middle, middle + more)}
    assert needed <= steps
    assert {tile.full for tile in needed} == {tile.full for tile in steps}
    assert set(bundles_grown(0, middle + more)) <= {
        *bundles_grown(0, middle),
        *bundles_grown(middle, middle + more),
    }


def test_tile_bytes_are_the_hashes_of_the_level() -> None:
    node = node_of(LEAVES[:600])
    assert tile_bytes(Tile(0, 2, 88), node) == b"".join(LEAVES[512:600])
    assert tile_bytes(Tile(1, 0, 2), node) == root_of(LEAVES[:256]) + root_of(LEAVES[256:512])
    with pytest.raises(TileInvalid, match="entry bundle"):
        tile_bytes(Tile(ENTRIES, 0), node)


def test_a_tile_of_the_wrong_length_is_refused() -> None:
    assert parse_tile(bytes(64), 2) == [bytes(32), bytes(32)]
    for length in (0, 63, 65, 96):
        with pytest.raises(TileInvalid, match="width 2 has 64 bytes"):
            parse_tile(bytes(length), 2)


def test_a_log_does_not_shrink() -> None:
    for size1, size2 in ((5, 4), (-1, 4)):
        with pytest.raises(ValueError, match="does not grow"):
            list(tiles_grown(size1, size2))
        with pytest.raises(ValueError, match="does not grow"):
            list(bundles_grown(size1, size2))


def test_a_tile_that_the_tree_does_not_reach_is_refused() -> None:
    assert tile_at(0, 0, 300) == Tile(0, 0)
    assert tile_at(0, 1, 300) == Tile(0, 1, 44)
    for level, index in ((0, 2), (1, 1), (2, 0), (64, 0), (-2, 0), (0, -1)):
        with pytest.raises(TileInvalid, match="no tile"):
            tile_at(level, index, 300)


@brief
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_a_bundle_gives_back_its_entries_and_nothing_else(entries: list[bytes]) -> None:
    data = serialise_bundle(entries)
    assert parse_bundle(data, len(entries)) == entries
    for wrong in (data + b"\0", data[:-1]):
        with pytest.raises(TileInvalid, match=r"bundle|follow"):
            parse_bundle(wrong, len(entries))
    with pytest.raises(TileInvalid, match="ends inside"):
        parse_bundle(data, len(entries) + 1)


def test_a_bundle_has_the_bytes_of_the_specification() -> None:
    assert serialise_bundle([b"", b"ab", bytes(300)]) == b"\0\0" + b"\0\x02ab" + b"\x01\x2c" + bytes(300)
    assert len(serialise_bundle([bytes(65_535)])) == 65_537


@pytest.mark.parametrize("entries", [[], [b""] * 257, [bytes(65_536)]])
def test_a_bundle_that_cannot_be_written_is_refused(entries: list[bytes]) -> None:
    with pytest.raises(TileInvalid):
        serialise_bundle(entries)


@pytest.mark.parametrize(("start", "count"), [(0, 0), (0, 256), (256, 1), (0, 300), (512, 600)])
def test_entry_bundles_read_back_in_order(start: int, count: int) -> None:
    size = start + count
    bundles = dict(entry_bundles(start, ENTRY_DATA[start:size]))
    reader = TileReader(bundles.get, size)
    read = [e for index in range(start // 256, -(-size // 256)) for e in reader.entries(index)]
    assert read == ENTRY_DATA[start:size]


def test_a_bundle_is_written_from_its_beginning() -> None:
    with pytest.raises(ValueError, match="no bundle begins at entry 3"):
        list(entry_bundles(3, [b"x"]))


def test_the_full_tile_stands_in_for_a_partial_one_that_is_gone() -> None:
    full = {path: data for path, data in tiles_of(600).items() if ".p/" not in path}
    assert TileReader(full.get, 300).node(0, 299) == LEAVES[299]
    bundles = dict(entry_bundles(0, ENTRY_DATA[:512]))
    assert TileReader(bundles.get, 300).entries(1) == ENTRY_DATA[256:300]


def test_a_tile_that_is_nowhere_is_named() -> None:
    with pytest.raises(TileMissing, match=r"tile/0/001\.p/44"):
        TileReader(nothing, 300).node(0, 299)
    with pytest.raises(TileMissing, match="tile/0/000"):
        TileReader(nothing, 300).node(0, 3)
    with pytest.raises(TileMissing, match="tile/entries/000"):
        TileReader(nothing, 300).entries(0)


def test_a_tile_that_was_cut_is_refused() -> None:
    tiles = tiles_of(300)
    tiles["tile/0/000"] = tiles["tile/0/000"][:-1]
    with pytest.raises(TileInvalid, match="8192 bytes, not 8191"):
        TileReader(tiles.get, 300).node(0, 0)


def test_a_proof_out_of_a_changed_tile_does_not_verify() -> None:
    tiles = tiles_of(300)
    tiles["tile/0/000"] = LEAVES[1] + tiles["tile/0/000"][32:]
    reader = TileReader(tiles.get, 300)
    assert reader.node(7, 0) != root_of(LEAVES[:128])
    assert reader.root() == ROOTS[300], "level 1 has its own copy, which the root is read from"
    proof = inclusion_path(1, 300, reader.node)
    with pytest.raises(ProofInvalid, match="root does not match"):
        verify_inclusion(index=1, size=300, leaf_hash=LEAVES[1], proof=proof, root=ROOTS[300])


def test_a_node_beyond_the_tree_is_refused() -> None:
    reader = TileReader(tiles_of(300).get, 300)
    for level, index in ((0, 300), (8, 1), (9, 0), (-1, 0), (0, -1)):
        with pytest.raises(IndexError):
            reader.node(level, index)


def test_growth_from_a_reader_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="serves 3 leaves, not 4"):
        list(tiles_between(4, [], TileReader(nothing, 3)))


def test_a_directory_serves_a_whole_log(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path / "log" / "1")
    for size1, size2 in ((0, 10), (10, 300), (300, 513)):
        for path, data in tiles_between(size1, LEAVES[size1:size2], TileReader(store.read, size1)):
            store.write(path, data)
        assert TileReader(store.read, size2).root() == ROOTS[size2]
    store.write("checkpoint", b"one")
    store.write("checkpoint", b"two")
    assert store.read("checkpoint") == b"two"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if path.name.startswith(".")]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o644}


def test_a_full_tile_is_never_written_over(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    store.write("tile/0/000", b"a" * 8192)
    store.write("tile/0/000", b"a" * 8192)
    with pytest.raises(TileConflict, match="tile/0/000"):
        store.write("tile/0/000", b"b" * 8192)
    assert store.read("tile/0/000") == b"a" * 8192


def test_a_partial_tile_is_replaced_and_goes_when_the_full_one_is_there(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    store.write("tile/0/000.p/1", b"a" * 32)
    store.write("tile/0/000.p/1", b"b" * 32)
    store.write("tile/0/000.p/2", b"c" * 64)
    assert store.read("tile/0/000.p/1") == b"b" * 32
    with pytest.raises(TileInvalid, match="tile/0/000 is not there"):
        store.discard_partials(Tile(0, 0, 2))
    assert store.read("tile/0/000.p/2") == b"c" * 64
    store.write("tile/0/000", b"d" * 8192)
    store.discard_partials(Tile(0, 0, 2))
    store.discard_partials(Tile(0, 0))
    assert store.read("tile/0/000.p/1") is store.read("tile/0/000.p/2") is None
    assert store.read("tile/0/000") == b"d" * 8192


def test_no_path_leads_out_of_the_directory(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path / "log")
    (tmp_path / "secret").write_text("x")
    for path in ("../secret", "tile/../../secret", "/etc/passwd", "note"):
        with pytest.raises(TileInvalid):
            store.read(path)
        with pytest.raises(TileInvalid):
            store.write(path, b"")


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = DirectoryStore(tmp_path)
    store.write("checkpoint", b"old")

    def full(descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        store.write("checkpoint", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
    assert store.read("checkpoint") == b"old"


def test_data_and_directory_are_flushed_around_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def flush(descriptor: int) -> None:
        calls.append("directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def rename(source: Path, target: Path) -> Path:
        calls.append("rename")
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(Path, "replace", rename)
    DirectoryStore(tmp_path).write("checkpoint", b"x")
    assert calls == ["file", "rename", "directory"]
