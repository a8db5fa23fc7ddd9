"""Hashes, compact ranges and proofs: golden values of RFC 6962 and 9162, then properties."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from merkle_samples import CT_LEAVES, CT_ROOTS, LEAVES, MAX_SIZE, ROOTS, brief, flip, flip_in, node_of

from merklelog.tree import (
    EMPTY_ROOT,
    Frontier,
    ProofInvalid,
    consistency_path,
    fold_inclusion,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_from_nodes,
    root_of,
    verify_consistency,
    verify_inclusion,
)

CT_HASHES = [leaf_hash(leaf) for leaf in CT_LEAVES]
SEVEN = [leaf_hash(bytes([n])) for n in range(7)]
NODE = node_of(LEAVES[:MAX_SIZE])

sizes = st.integers(1, MAX_SIZE)
bits = st.integers(0, 10_000)


@st.composite
def inclusions(draw: st.DrawFn) -> tuple[int, int, list[bytes]]:
    size = draw(sizes)
    index = draw(st.integers(0, size - 1))
    return index, size, inclusion_path(index, size, NODE)


@st.composite
def consistencies(draw: st.DrawFn) -> tuple[int, int, list[bytes]]:
    size2 = draw(sizes)
    size1 = draw(st.integers(1, size2))
    return size1, size2, consistency_path(size1, size2, NODE)


def includes(index: int, size: int, proof: list[bytes], root: bytes, leaf: bytes) -> bool:
    try:
        verify_inclusion(index=index, size=size, leaf_hash=leaf, proof=proof, root=root)
    except ProofInvalid:
        return False
    return True


def extends(size1: int, size2: int, proof: list[bytes], root1: bytes, root2: bytes) -> bool:
    try:
        verify_consistency(size1=size1, size2=size2, root1=root1, root2=root2, proof=proof)
    except ProofInvalid:
        return False
    return True


def test_hashes_separate_leaves_from_nodes() -> None:
    assert sha256(b"").digest() == EMPTY_ROOT == root_of([])
    assert leaf_hash(b"a") == sha256(b"\x00a").digest()
    assert node_hash(b"l", b"r") == sha256(b"\x01lr").digest()


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_certificate_transparency_tests_come_out(size: int) -> None:
    frontier = Frontier()
    for value in CT_HASHES[:size]:
        frontier.append(value)
    assert root_of(CT_HASHES[:size]) == CT_ROOTS[size]
    assert frontier.root() == CT_ROOTS[size]
    assert root_from_nodes(size, node_of(CT_HASHES)) == CT_ROOTS[size]


def test_the_inclusion_proofs_of_the_certificate_transparency_tests_come_out() -> None:
    node = node_of(CT_HASHES)
    assert [value.hex()[:16] for value in inclusion_path(0, 8, node)] == [
        "96a296d224f285c6",
        "5f083f0a1a33ca07",
        "6b47aaf29ee3c2af",
    ]
    assert [value.hex()[:16] for value in inclusion_path(5, 8, node)] == [
        "bc1a0643b12e4d2d",
        "ca854ea128ed050b",
        "d37ee418976dd957",
    ]
    assert inclusion_path(2, 3, node) == [CT_ROOTS[2]]
    assert [value.hex()[:16] for value in inclusion_path(1, 5, node)] == [
        "6e340b9cffb37a98",
        "5f083f0a1a33ca07",
        "bc1a0643b12e4d2d",
    ]


def test_the_consistency_proofs_of_the_certificate_transparency_tests_come_out() -> None:
    node = node_of(CT_HASHES)
    assert consistency_path(1, 1, node) == []
    assert [value.hex()[:16] for value in consistency_path(6, 8, node)] == [
        "0ebc5d3437fbe2db",
        "ca854ea128ed050b",
        "d37ee418976dd957",
    ]
    assert [value.hex()[:16] for value in consistency_path(2, 5, node)] == [
        "5f083f0a1a33ca07",
        "bc1a0643b12e4d2d",
    ]


def test_the_example_tree_of_rfc_9162_gives_the_proofs_it_states() -> None:
    a, b, c, d, e, f, j = SEVEN
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, el = node_hash(g, h), node_hash(i, j)
    node = node_of(SEVEN)
    assert root_of(SEVEN) == node_hash(k, el)
    assert inclusion_path(0, 7, node) == [b, h, el]
    assert inclusion_path(3, 7, node) == [c, g, el]
    assert inclusion_path(4, 7, node) == [f, j, k]
    assert inclusion_path(6, 7, node) == [i, k]
    assert consistency_path(3, 7, node) == [c, d, g, el]
    assert consistency_path(4, 7, node) == [el]
    assert consistency_path(6, 7, node) == [i, j, k]


@brief
@given(inclusions(), bits)
def test_every_inclusion_proof_verifies_and_no_altered_one_does(
    case: tuple[int, int, list[bytes]], bit: int
) -> None:
    index, size, proof = case
    root, leaf = ROOTS[size], LEAVES[index]
    assert includes(index, size, proof, root, leaf)
    assert not includes(index, size, proof, flip(root, bit), leaf)
    assert not includes(index, size, proof, root, flip(leaf, bit))
    assert not includes(index, size, [*proof, root], root, leaf)
    assert not includes(index, size, [root, *proof], root, leaf)
    if proof:
        assert not includes(index, size, flip_in(proof, bit), root, leaf)
        assert not includes(index, size, proof[:-1], root, leaf)
        assert not includes(index, size, proof[1:], root, leaf)
        assert not includes(index, size, [proof[0][:-1], *proof[1:]], root, leaf)


@brief
@given(inclusions(), st.integers(-2, MAX_SIZE + 2))
def test_an_inclusion_proof_holds_for_no_other_index(case: tuple[int, int, list[bytes]], other: int) -> None:
    index, size, proof = case
    assume(other != index)
    assert not includes(other, size, proof, ROOTS[size], LEAVES[index])


@brief
@given(inclusions(), sizes)
def test_an_inclusion_proof_holds_for_no_other_tree(case: tuple[int, int, list[bytes]], other: int) -> None:
    index, size, proof = case
    assume(other != size)
    assert not includes(index, other, proof, ROOTS[other], LEAVES[index])


@brief
@given(consistencies(), bits)
def test_every_consistency_proof_verifies_and_no_altered_one_does(
    case: tuple[int, int, list[bytes]], bit: int
) -> None:
    size1, size2, proof = case
    root1, root2 = ROOTS[size1], ROOTS[size2]
    assert extends(size1, size2, proof, root1, root2)
    assert not extends(size1, size2, proof, flip(root1, bit), root2)
    assert not extends(size1, size2, proof, root1, flip(root2, bit))
    assert not extends(size1, size2, [*proof, root2], root1, root2)
    assert not extends(size2 + 1, size2, proof, root1, root2)
    if proof:
        assert not extends(size1, size2, flip_in(proof, bit), root1, root2)
        assert not extends(size1, size2, proof[:-1], root1, root2)
        assert not extends(size1, size2, proof[1:], root1, root2)
        assert not extends(size1, size2, [], root1, root2)
        assert not extends(size1, size2, proof, root2, root1)


@brief
@given(consistencies(), sizes)
def test_a_consistency_proof_holds_for_no_other_earlier_tree(
    case: tuple[int, int, list[bytes]], other: int
) -> None:
    size1, size2, proof = case
    assume(other != size1)
    assert not extends(other, size2, proof, ROOTS[other], ROOTS[size2])
    assert not extends(other, size2, proof, ROOTS[size1], ROOTS[size2])


def test_a_log_that_rewrote_an_entry_cannot_prove_consistency() -> None:
    rewritten = [*LEAVES[:9], leaf_hash(b"another"), *LEAVES[10:20]]
    proof = consistency_path(12, 20, node_of(rewritten))
    assert not extends(12, 20, proof, ROOTS[12], root_of(rewritten))


def test_trees_of_equal_size_are_consistent_if_their_roots_are_equal() -> None:
    assert extends(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    assert extends(5, 5, [], ROOTS[5], ROOTS[5])
    assert not extends(5, 5, [], ROOTS[5], ROOTS[4])
    assert not extends(5, 5, [ROOTS[5]], ROOTS[5], ROOTS[5])


def test_nothing_is_proved_from_an_empty_tree() -> None:
    assert not extends(0, 5, [], EMPTY_ROOT, ROOTS[5])
    assert not extends(-1, 5, [], EMPTY_ROOT, ROOTS[5])
    with pytest.raises(ValueError, match="from 0 to 5"):
        consistency_path(0, 5, NODE)
    with pytest.raises(ValueError, match="from 6 to 5"):
        consistency_path(6, 5, NODE)


def test_hashes_of_another_length_are_refused_before_they_can_shift_a_boundary() -> None:
    root1, sibling = ROOTS[1][:31], LEAVES[1]
    shifted = ROOTS[1][31:] + sibling
    assert node_hash(root1, shifted) == ROOTS[2]
    assert not extends(1, 2, [shifted], root1, ROOTS[2])
    assert not extends(1, 2, [sibling], root1, node_hash(root1, sibling))


def test_a_proof_for_a_leaf_that_is_not_there_cannot_be_asked_for() -> None:
    for index in (-1, 5, 6):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_path(index, 5, NODE)


def test_the_refusal_says_what_is_wrong() -> None:
    proof = inclusion_path(3, 10, NODE)
    with pytest.raises(ProofInvalid, match="index is beyond size: 10 >= 10"):
        verify_inclusion(index=10, size=10, leaf_hash=LEAVES[3], proof=proof, root=ROOTS[10])
    with pytest.raises(ProofInvalid, match="wrong proof length: 4, want 3"):
        verify_inclusion(index=3, size=8, leaf_hash=LEAVES[3], proof=proof, root=ROOTS[8])
    with pytest.raises(ProofInvalid, match="root does not match: computed"):
        verify_inclusion(index=3, size=10, leaf_hash=LEAVES[3], proof=proof, root=ROOTS[9])


@brief
@given(inclusions())
def test_each_step_says_which_leaves_its_hash_covers(case: tuple[int, int, list[bytes]]) -> None:
    index, size, proof = case
    first, end = index, index + 1
    for step in fold_inclusion(index=index, size=size, leaf_hash=LEAVES[index], proof=proof):
        if step.side == "left":
            assert (step.sibling_end, step.first, step.end) == (first, step.sibling_first, end)
        else:
            assert (step.sibling_first, step.first, step.end) == (end, first, step.sibling_end)
        assert step.sibling == root_of(LEAVES[step.sibling_first : step.sibling_end])
        assert step.result == root_of(LEAVES[step.first : step.end])
        first, end = step.first, step.end
    assert (first, end) == (0, size)


@brief
@given(sizes, st.integers(0, 100))
def test_a_frontier_that_was_stored_and_restored_goes_on_alike(size: int, more: int) -> None:
    frontier = Frontier()
    for value in LEAVES[:size]:
        frontier.append(value)
    stored = Frontier(frontier.size, frontier.nodes)
    read = Frontier.restore(size, NODE)
    for value in LEAVES[size : size + more]:
        stored.append(value)
        read.append(value)
    assert stored.root() == read.root() == root_of(LEAVES[: size + more])
    assert (stored.size, stored.nodes) == (read.size, read.nodes)


def test_appending_names_each_complete_subtree_once() -> None:
    frontier = Frontier()
    completed = [node for value in LEAVES[:100] for node in frontier.append(value)]
    assert {(level, index) for level, index, _ in completed} == {
        (level, index) for level in range(7) for index in range(100 >> level)
    }
    assert len(completed) == sum(100 >> level for level in range(7))
    assert all(value == NODE(level, index) for level, index, value in completed)


def test_a_frontier_of_the_wrong_shape_is_refused() -> None:
    for size, nodes in ((-1, []), (3, [ROOTS[1]]), (1, []), (1, [b"short"])):
        with pytest.raises(ValueError, match="frontier"):
            Frontier(size, nodes)
    with pytest.raises(ValueError, match="leaf hash"):
        Frontier().append(b"short")
