"""Cosignatures: those of the specification and of public witnesses, what is refused, tampering."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import post_quantum
import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from hypothesis import given
from hypothesis import strategies as st
from merkle_samples import brief, flip
from merkle_witnessed import ARCHE, ML_DSA_KEY, REMORA, STAGEMOLE, TEXT, WITNESSED

from merklelog.cosignature import (
    MAX_TIME,
    CosignatureVerifier,
    Cosigner,
    cosigned_message,
    open_cosignatures,
    parse_witness_key,
    time_of,
)
from merklelog.note import NoteInvalid, Signer, Verifier, open_note, parse_note, sign

LOG = Signer("log.example/one", bytes(range(32)))
ARCHIVE = Cosigner("archive.example/witness", bytes(range(1, 33)))
PRESS = Cosigner("press.example/witness", bytes(range(2, 34)))
CHECKPOINT = "log.example/one\n7\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n"
NOW = 1_764_395_000


def test_the_signed_message_is_that_of_the_specification() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert cosigned_message(text, 1679315147) == (
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_the_time_stands_where_the_example_of_the_specification_has_it() -> None:
    example = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5"
        "nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )
    log = Signer("example.com/behind-the-sofa", bytes(32))
    text = example.rpartition("\n\n")[0] + "\n"
    note = open_note(sign(text, [log]) + example.rpartition("\n\n")[2].encode(), [log.verifier()])
    assert time_of(note.unknown[0]) == 1679315147


def test_a_checkpoint_of_a_public_log_opens_with_the_keys_of_its_public_witnesses() -> None:
    note = open_note(
        WITNESSED, [Verifier.parse(ARCHE), parse_witness_key(REMORA), parse_witness_key(STAGEMOLE)]
    )
    assert note.text == TEXT
    assert [signature.name for signature in note.verified] == [
        "arche2025h1.staging.ct.transparency.dev",
        "remora.n621.de",
        "witness.stagemole.eu",
    ]
    assert {time_of(signature) for signature in note.verified[1:]} == {0x6A122120}
    assert len(note.unknown) == 3


def test_keys_are_written_as_they_are_read() -> None:
    assert str(CosignatureVerifier.parse(REMORA)) == REMORA
    made = Cosigner.generate("witness.example/new")
    assert Cosigner.parse(made.secret()).verifier() == made.verifier()
    assert isinstance(made.verifier(), CosignatureVerifier)
    assert repr(made) == f"Cosigner({made.verifier()})"


def test_a_log_key_and_a_witness_key_are_never_taken_for_each_other() -> None:
    twin = Cosigner(LOG.name, bytes(range(32)))
    assert twin.verifier().public_key == LOG.verifier().public_key
    assert twin.key_id != LOG.key_id
    for read, text in (
        (Verifier.parse, str(twin.verifier())),
        (Signer.parse, twin.secret()),
        (CosignatureVerifier.parse, str(LOG.verifier())),
        (Cosigner.parse, LOG.secret()),
        (parse_witness_key, str(LOG.verifier())),
    ):
        with pytest.raises(NoteInvalid, match="signature type"):
            read(text)
    line = twin.cosign(CHECKPOINT, time=NOW).line.encode()
    with pytest.raises(NoteInvalid, match="no trusted key"):
        open_note(f"{CHECKPOINT}\n".encode() + line, [LOG.verifier()])


def test_a_witness_may_sign_with_ml_dsa_44() -> None:
    verifier = parse_witness_key(post_quantum.VKEY)
    assert verifier is not None and str(verifier) == post_quantum.VKEY
    line = post_quantum.line(CHECKPOINT, time=NOW)
    (signature,) = open_cosignatures(CHECKPOINT, line.encode(), [verifier])
    assert time_of(signature) == NOW
    value = signature.value
    for wrong in (value[:-1], value + b"\0", bytes([0]) * 8 + value[8:], b"", bytes([128]) + value[1:]):
        assert not verifier.verifies(CHECKPOINT, wrong)
    assert not verifier.verifies(CHECKPOINT.replace("\n", "x\n", 1), value)
    assert not verifier.verifies("no checkpoint\n", value)
    assert not verifier.verifies(f"{'x' * 256}\n{CHECKPOINT.partition(chr(10))[2]}", value)


def test_an_ml_dsa_cosignature_that_states_no_time_is_none() -> None:
    verifier = parse_witness_key(post_quantum.VKEY)
    assert verifier is not None
    (signature,) = parse_note(f"{CHECKPOINT}\n{post_quantum.line(CHECKPOINT, time=0)}".encode())[1]
    assert not verifier.verifies(CHECKPOINT, signature.value)


def test_a_key_of_ml_dsa_44_is_read_strictly() -> None:
    name, identity, key = ML_DSA_KEY.split("+", 2)
    for wrong in (f"other+{identity}+{key}", f"{name}+{identity}+{key[:-4]}", f"a b+{identity}+{key}"):
        with pytest.raises(NoteInvalid):
            parse_witness_key(wrong)


class Without:
    """A library without ML-DSA-44, or built on one that has none."""

    @staticmethod
    def from_public_bytes(data: bytes) -> None:
        raise UnsupportedAlgorithm("not here")


@pytest.mark.parametrize("found", [None, SimpleNamespace(), SimpleNamespace(MLDSA44PublicKey=Without)])
def test_where_the_library_has_no_ml_dsa_44_its_keys_are_read_and_check_nothing(
    monkeypatch: pytest.MonkeyPatch, found: object
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.mldsa", found)
    assert parse_witness_key(post_quantum.VKEY) is None


@brief
@given(st.integers(0, MAX_TIME))
def test_what_a_witness_signs_opens_with_its_time(time: int) -> None:
    signature = ARCHIVE.cosign(CHECKPOINT, time=time)
    answer = open_cosignatures(CHECKPOINT, signature.line.encode(), [ARCHIVE.verifier()])
    assert answer == (signature,)
    assert time_of(answer[0]) == time


@brief
@given(st.data())
def test_an_answer_with_any_bit_changed_is_refused(data: st.DataObject) -> None:
    line = ARCHIVE.cosign(CHECKPOINT, time=NOW).line.encode()
    with pytest.raises(NoteInvalid):
        open_cosignatures(
            CHECKPOINT,
            flip(line, data.draw(st.integers(0, 8 * len(line) - 1))),
            [ARCHIVE.verifier()],
        )


def test_a_cosignature_is_of_one_time_and_one_checkpoint() -> None:
    verifier = ARCHIVE.verifier()
    value = ARCHIVE.cosign(CHECKPOINT, time=NOW).value
    assert verifier.verifies(CHECKPOINT, value)
    assert not verifier.verifies(CHECKPOINT, (NOW + 1).to_bytes(8, "big") + value[8:])
    assert not verifier.verifies(CHECKPOINT.replace("\n7\n", "\n8\n"), value)
    assert not verifier.verifies(CHECKPOINT, value[:-1])
    assert not verifier.verifies(CHECKPOINT, b"")


def test_a_time_beyond_what_the_specification_allows_is_refused() -> None:
    for time in (-1, MAX_TIME + 1):
        with pytest.raises(NoteInvalid, match="not a time"):
            ARCHIVE.cosign(CHECKPOINT, time=time)
    key = ARCHIVE._key.sign(cosigned_message(CHECKPOINT, MAX_TIME + 1))
    assert not ARCHIVE.verifier().verifies(CHECKPOINT, (MAX_TIME + 1).to_bytes(8, "big") + key)


def test_cosignatures_of_unknown_keys_in_an_answer_are_ignored() -> None:
    lines = (PRESS.cosign(CHECKPOINT, time=NOW).line + ARCHIVE.cosign(CHECKPOINT, time=NOW).line).encode()
    verifier = ARCHIVE.verifier()
    assert [s.name for s in open_cosignatures(CHECKPOINT, lines, [verifier])] == [ARCHIVE.name]
    with pytest.raises(NoteInvalid, match="no trusted key"):
        open_cosignatures(CHECKPOINT, PRESS.cosign(CHECKPOINT, time=NOW).line.encode(), [verifier])


def test_an_answer_that_brings_its_own_text_is_refused() -> None:
    longer = f"{CHECKPOINT}\nmore\n"
    smuggled = f"more\n\n{ARCHIVE.cosign(longer, time=NOW).line}".encode()
    assert open_note(f"{CHECKPOINT}\n".encode() + smuggled, [ARCHIVE.verifier()]).text == longer
    with pytest.raises(NoteInvalid, match="more than signatures"):
        open_cosignatures(CHECKPOINT, smuggled, [ARCHIVE.verifier()])
