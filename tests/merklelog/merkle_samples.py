"""Trees and known answers that several tests share."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, settings

from merklelog.tiles import TileReader, tiles_between
from merklelog.tree import NodeReader, leaf_hash, root_of

MAX_SIZE = 600

brief = settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])

# The eight leaves of the Certificate Transparency tests (RFC 6962), and the root after each.
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    bytes.fromhex(text)
    for text in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]

ENTRIES = [f"entry {n}".encode() for n in range(70_000)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = [root_of(LEAVES[:size]) for size in range(MAX_SIZE + 1)]


def node_of(leaves: list[bytes]) -> NodeReader:
    """Complete subtrees, computed from the leaves each time: slow, and independent of tiles."""

    def node(level: int, index: int) -> bytes:
        end = (index + 1) << level
        assert end <= len(leaves), "asked for a subtree that is not complete"
        return root_of(leaves[index << level : end])

    return node


def tiles_of(size: int) -> dict[str, bytes]:
    """All hash tiles of the tree over the first ``size`` leaves."""
    return dict(tiles_between(0, LEAVES[:size], TileReader(nothing, 0)))


def nothing(path: str) -> bytes | None:
    """The reader of a log that has no tile yet."""
    return None


def flip(data: bytes, bit: int) -> bytes:
    """The data with one bit changed; ``bit`` counts round."""
    position, offset = divmod(bit % (8 * len(data)), 8)
    return data[:position] + bytes([data[position] ^ (1 << offset)]) + data[position + 1 :]


def flip_in(proof: list[bytes], bit: int) -> list[bytes]:
    """The proof with one bit of one hash changed."""
    position = bit // 256 % len(proof)
    return [*proof[:position], flip(proof[position], bit), *proof[position + 1 :]]


def shared_vectors() -> Path:
    """The folder of published proof vectors, which is shared data beside the repository."""
    return Path(__file__).parents[2].parent / "shared/data/vectors"
