"""No bit of a bundle can be changed unnoticed: neither by accident, nor with manifest and checksums made to fit."""

from __future__ import annotations

from io import BytesIO

import evidence_samples as samples
from hypothesis import example, given
from hypothesis import strategies as st
from merkle_samples import brief

from merklelog.evidence.making import lay_out
from merklelog.evidence.verifying import verify

FULL = lay_out(samples.parts()).to_bytes()
MEMBERS = samples.members_of(lay_out(samples.parts()))
PLACES = [(name, at) for name, data in sorted(MEMBERS.items()) for at in range(len(data))]
"""Every byte of the payload."""
STRIDE = 211


def flipped(data: bytes, at: int, bit: int) -> bytes:
    return data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]


def resealed_holds(place: int, bit: int) -> bool:
    name, at = PLACES[place]
    changed = MEMBERS | {name: flipped(MEMBERS[name], at, bit)}
    return verify(BytesIO(samples.resealed(changed).to_bytes())).holds


def test_the_bundle_itself_holds() -> None:
    assert verify(BytesIO(FULL)).holds
    assert verify(BytesIO(samples.resealed(MEMBERS).to_bytes())).holds


def test_a_changed_bit_in_any_byte_between_the_contents_is_noticed() -> None:
    contents = set()
    for each in lay_out(samples.parts()).members.values():
        start = FULL.index(each.read())
        contents |= set(range(start + 1, start + each.size - 1))
    between = [at for at in range(len(FULL)) if at not in contents or at % STRIDE == 0]
    assert len(between) > 2_000
    assert [at for at in between if verify(BytesIO(flipped(FULL, at, at * 5 % 8))).holds] == []


@brief
@given(at=st.integers(0, len(FULL) - 1), bit=st.integers(0, 7))
def test_any_bit_of_the_file_is_covered(at: int, bit: int) -> None:
    assert not verify(BytesIO(flipped(FULL, at, bit))).holds


def test_a_changed_bit_is_noticed_though_manifest_and_checksums_are_made_to_fit() -> None:
    tried = range(0, len(PLACES), STRIDE)
    assert [PLACES[place] for place in tried if resealed_holds(place, place % 8)] == []


@brief
@given(place=st.integers(0, len(PLACES) - 1), bit=st.integers(0, 7))
@example(place=0, bit=0)
def test_any_bit_of_the_payload_is_covered_by_more_than_checksums(place: int, bit: int) -> None:
    assert not resealed_holds(place, bit)
