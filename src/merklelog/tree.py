"""Merkle tree arithmetic: hashes, compact ranges, proofs and their verification.

Source: RFC 9162 §2.1 (the same tree as RFC 6962 §2.1), with SHA-256. A *node* ``(level, index)`` is the
root of the complete subtree over the leaves ``[index << level, (index + 1) << level)``.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]
"""``node(level, index)``: the 32-byte hash of a complete subtree."""


class ProofInvalid(ValueError):
    """The proof does not prove the claim; the message says at which point it fails."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data): the hash of a leaf. RFC 9162 §2.1.1."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): the hash of an inner node. RFC 9162 §2.1.1."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaf hashes, ``EMPTY_ROOT`` if there are none. RFC 9162 §2.1.1."""
    if not leaf_hashes:
        return EMPTY_ROOT
    row = list(leaf_hashes)
    while len(row) > 1:
        above = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        if len(row) % 2:
            above.append(row[-1])
        row = above
    return row[0]


class Frontier:
    """The compact range of a growing tree: what must be remembered to append and to know the root.

    ``nodes`` holds the hashes of the complete subtrees on the right edge, the largest first: one for each
    1 bit of ``size``. ``Frontier(size, nodes)`` takes up a stored one. Appending costs one node hash on
    average. RFC 9162 §2.1.2.
    """

    __slots__ = ("_nodes", "_size")

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        if size < 0 or len(nodes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has no frontier of {len(nodes)} nodes")
        if any(len(node) != HASH_SIZE for node in nodes):
            raise ValueError(f"every node of a frontier is {HASH_SIZE} bytes")
        self._size = size
        self._nodes = list(nodes)

    @classmethod
    def restore(cls, size: int, node: NodeReader) -> Frontier:
        """The frontier of the tree of ``size`` leaves, from its complete subtrees."""
        return cls(size, _complete_subtrees(0, size, node))

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self._size

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """The hashes to store; see the class."""
        return tuple(self._nodes)

    def append(self, leaf_hash: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf; returns the nodes completed by it as ``(level, index, hash)``, the leaf first."""
        if len(leaf_hash) != HASH_SIZE:
            raise ValueError(f"a leaf hash is {HASH_SIZE} bytes")
        level, index, current = 0, self._size, leaf_hash
        completed = [(level, index, current)]
        while index & 1:
            current = node_hash(self._nodes.pop(), current)
            level, index = level + 1, index >> 1
            completed.append((level, index, current))
        self._nodes.append(current)
        self._size += 1
        return completed

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return _bag(self._nodes) if self._nodes else EMPTY_ROOT


def root_from_nodes(size: int, node: NodeReader) -> bytes:
    """The root of the tree of ``size`` leaves, from its complete subtrees."""
    return Frontier.restore(size, node).root()


def inclusion_path(index: int, size: int, node: NodeReader) -> list[bytes]:
    """The proof that leaf ``index`` is in the tree of ``size`` leaves, the lowest sibling first.

    RFC 9162 §2.1.3.1. Raises ``ValueError`` unless ``0 <= index < size``.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    start, end = 0, size
    path: list[bytes] = []
    while end - start > 1:
        split = _split(start, end)
        if index < split:
            path.append(_subtree_root(split, end, node))
            end = split
        else:
            path.append(_subtree_root(start, split, node))
            start = split
    return path[::-1]


def consistency_path(size1: int, size2: int, node: NodeReader) -> list[bytes]:
    """The proof that the tree of ``size1`` leaves is a prefix of the tree of ``size2`` leaves.

    RFC 9162 §2.1.4.1; empty for equal sizes. Raises ``ValueError`` unless ``0 < size1 <= size2``: nothing
    can be proved from an empty tree.
    """
    if not 0 < size1 <= size2:
        raise ValueError(f"no consistency proof from {size1} to {size2}")
    start, end = 0, size2
    path: list[bytes] = []
    while size1 != end:
        split = _split(start, end)
        if size1 <= split:
            path.append(_subtree_root(split, end, node))
            end = split
        else:
            path.append(_subtree_root(start, split, node))
            start = split
    if start:
        path.append(_subtree_root(start, end, node))
    return path[::-1]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an inclusion proof: the hash so far is joined with ``sibling``, which stands on ``side``.

    ``result`` covers the leaves ``[first, end)``, the sibling ``[sibling_first, sibling_end)``.
    """

    side: Literal["left", "right"]
    sibling: bytes
    result: bytes
    first: int
    end: int
    sibling_first: int
    sibling_end: int


def fold_inclusion(*, index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes]) -> list[Step]:
    """Every step from the leaf to the root that the proof leads to; empty for a tree of one leaf.

    The last ``result`` is the computed root; whether it is the right one is for the caller to compare, or
    for ``verify_inclusion``. RFC 9162 §2.1.3.2. Raises ``ProofInvalid`` if the proof does not have the
    shape that ``index`` and ``size`` demand.
    """
    if not 0 <= index < size:
        raise ProofInvalid(f"index is beyond size: {index} >= {size}")
    _require_hash("leaf hash", leaf_hash)
    _require_hashes(proof)
    sides = list(_sides(index, size))
    if len(proof) != len(sides):
        raise ProofInvalid(f"wrong proof length: {len(proof)}, want {len(sides)}")
    steps: list[Step] = []
    current, first, end = leaf_hash, index, index + 1
    for (side, boundary), sibling in zip(sides, proof, strict=True):
        if side == "left":
            current, span = node_hash(sibling, current), (boundary, first)
            first = boundary
        else:
            current, span = node_hash(current, sibling), (end, boundary)
            end = boundary
        steps.append(Step(side, sibling, current, first, end, *span))
    return steps


def verify_inclusion(*, index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf is at ``index`` of the tree of ``size`` leaves with this ``root``.

    RFC 9162 §2.1.3.2. Raises ``ProofInvalid``.
    """
    steps = fold_inclusion(index=index, size=size, leaf_hash=leaf_hash, proof=proof)
    _require_match("root", steps[-1].result if steps else leaf_hash, root)


def verify_consistency(*, size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of ``size2`` leaves with ``root2`` extends the one of ``size1`` with ``root1``.

    RFC 9162 §2.1.4.2. Trees of equal size are consistent exactly if the roots are equal and the proof is
    empty. A proof from an empty tree to a larger one is refused: it would prove nothing. Raises
    ``ProofInvalid``.
    """
    if not 0 <= size1 <= size2:
        raise ProofInvalid(f"the later tree is smaller: {size2} < {size1}")
    if size1 == size2:
        if proof:
            raise ProofInvalid("trees of equal size, but the proof is not empty")
        _require_match("root", root1, root2)
        return
    if size1 == 0:
        raise ProofInvalid("a proof from an empty tree proves nothing")
    _require_hash("first root", root1)
    _require_hashes(proof)
    old, new = _fold_consistency(size1, size2, root1, proof)
    _require_match("first root", old, root1)
    _require_match("second root", new, root2)


def prefix_root(*, size1: int, size2: int, root2: bytes, proof: Sequence[bytes]) -> bytes:
    """The root of the first ``size1`` leaves of the tree of ``size2`` leaves with ``root2``, as a proof binds it.

    Whatever the proof was meant to show: if it leads to ``root2``, these leaves have this root and no other.
    Raises ``ProofInvalid`` if it does not, and where ``size1`` is a power of two: then the proof leaves that root
    out (RFC 9162 §2.1.4.1).
    """
    if not 0 < size1 < size2 or not size1 & (size1 - 1):
        raise ProofInvalid(f"a proof from {size1} to {size2} does not hold the first root")
    _require_hashes(proof)
    old, new = _fold_consistency(size1, size2, EMPTY_ROOT, proof)
    _require_match("second root", new, root2)
    return old


def _fold_consistency(size1: int, size2: int, root1: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of both trees that a proof leads to; ``root1`` counts only if the proof leaves it out."""
    # The largest complete subtree that ends at size1 is common to both trees. If it is the whole first
    # tree, its hash is root1 and the proof leaves it out.
    level = (size1 & -size1).bit_length() - 1
    sides = [side for side, _ in _sides(size1 - 1, size2, level)]
    path = list(proof) if size1 == 1 << level else list(proof[1:])
    if not proof or len(path) != len(sides):
        raise ProofInvalid(f"wrong proof length: {len(proof)} from {size1} to {size2}")
    old = new = root1 if size1 == 1 << level else proof[0]
    for side, sibling in zip(sides, path, strict=True):
        if side == "left":
            old, new = node_hash(sibling, old), node_hash(sibling, new)
        else:
            new = node_hash(new, sibling)
    return old, new


def _split(start: int, end: int) -> int:
    """Where RFC 9162 divides ``[start, end)``: the largest power of two below its width."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _sides(index: int, size: int, level: int = 0) -> Iterator[tuple[Literal["left", "right"], int]]:
    """Where each sibling stands on the way up from the node at ``level`` over leaf ``index``.

    With each side comes the outer boundary of that sibling: its first leaf on the left, its end on the
    right. A node on the right edge without a right sibling moves up without a step.
    """
    node, last = index >> level, (size - 1) >> level
    while last:
        if node & 1:
            yield "left", (node - 1) << level
        elif node < last:
            yield "right", min((node + 2) << level, size)
        node, last, level = node >> 1, last >> 1, level + 1


def _subtree_root(start: int, end: int, node: NodeReader) -> bytes:
    return _bag(_complete_subtrees(start, end, node))


def _complete_subtrees(start: int, end: int, node: NodeReader) -> list[bytes]:
    """The complete subtrees over ``[start, end)``, the largest first; ``start`` aligned as in every split."""
    nodes: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(node(level, start >> level))
        start += 1 << level
    return nodes


def _bag(nodes: Sequence[bytes]) -> bytes:
    """Join complete subtrees, the largest first, from the right."""
    root = nodes[-1]
    for left in reversed(nodes[:-1]):
        root = node_hash(left, root)
    return root


def _require_hash(what: str, value: bytes) -> None:
    if len(value) != HASH_SIZE:
        raise ProofInvalid(f"{what} has {len(value)} bytes, want {HASH_SIZE}")


def _require_hashes(proof: Sequence[bytes]) -> None:
    for position, value in enumerate(proof):
        _require_hash(f"proof[{position}]", value)


def _require_match(what: str, computed: bytes, given: bytes) -> None:
    if not hmac.compare_digest(computed, given):
        raise ProofInvalid(f"{what} does not match: computed {computed.hex()}, given {given.hex()}")
