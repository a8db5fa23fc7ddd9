"""Signed notes and checkpoints: what other implementations wrote, what is refused, tampering."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from merkle_samples import ROOTS, brief, flip

from merklelog.checkpoint import Checkpoint, CheckpointInvalid, open_checkpoint, sign_checkpoint
from merklelog.note import Note, NoteInvalid, Signer, Verifier, key_id, open_note, sign
from merklelog.tree import EMPTY_ROOT

# Key and note of the documentation of golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqd"
    "ngotpRZb6KE6RyyBwJnAM=\n"
)

ALICE = Signer("log.example/alice", bytes(range(32)))
BOB = Signer("log.example/bob", bytes(range(1, 33)))
TEXT = "一行目\n\nthird line\n"
NOTE = sign(TEXT, [ALICE])

lines = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=20)


def test_a_note_of_the_go_implementation_opens_and_is_written_alike() -> None:
    note = open_note(f"{GO_TEXT}\n{GO_SIGNATURE}".encode(), [Verifier.parse(GO_KEY)])
    assert note.text == GO_TEXT
    assert sign(GO_TEXT, [Signer.parse(GO_SECRET)]) == f"{GO_TEXT}\n{GO_SIGNATURE}".encode()


def test_keys_are_written_as_they_are_read() -> None:
    assert str(Verifier.parse(GO_KEY)) == GO_KEY
    assert Signer.parse(GO_SECRET).secret() == GO_SECRET
    assert str(Signer.parse(GO_SECRET).verifier()) == GO_KEY
    made = Signer.generate("log.example/new")
    assert Signer.parse(made.secret()).verifier() == made.verifier()
    assert made.verifier() != Signer.generate("log.example/new").verifier()


def test_a_signer_never_shows_its_secret_by_accident() -> None:
    assert repr(ALICE) == f"Signer({ALICE.verifier()})"
    assert base64.b64encode(bytes(range(32))).decode()[2:-4] not in f"{ALICE!r} {ALICE}"


@brief
@given(st.lists(lines, min_size=1, max_size=5))
def test_what_is_signed_opens_with_the_same_text(content: list[str]) -> None:
    text = "".join(f"{line}\n" for line in content)
    note = open_note(sign(text, [ALICE, BOB]), [BOB.verifier(), ALICE.verifier()])
    assert note.text == text
    assert [signature.name for signature in note.verified] == [ALICE.name, BOB.name]
    assert note.unknown == ()


@brief
@given(st.integers(0, 8 * len(NOTE) - 1))
def test_a_note_with_any_bit_changed_is_refused(bit: int) -> None:
    with pytest.raises(NoteInvalid):
        open_note(flip(NOTE, bit), [ALICE.verifier()])


def test_signatures_of_unknown_keys_are_ignored_but_do_not_suffice() -> None:
    data = sign(TEXT, [BOB, ALICE])
    note = open_note(data, [ALICE.verifier()])
    assert [s.name for s in note.verified] == [ALICE.name]
    assert [s.name for s in note.unknown] == [BOB.name]
    for strangers in ([], [Signer(BOB.name, bytes(32)).verifier()], [Signer("else", bytes(32)).verifier()]):
        with pytest.raises(NoteInvalid, match="no trusted key"):
            open_note(data, strangers)


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    forged = sign("other text\n", [BOB]).rpartition(b"\n\n")[2]
    with pytest.raises(NoteInvalid, match="bob"):
        open_note(NOTE + forged, [ALICE.verifier(), BOB.verifier()])
    assert open_note(NOTE + forged, [ALICE.verifier()]).text == TEXT


def test_a_signature_given_twice_counts_once() -> None:
    line = NOTE.rpartition(b"\n\n")[2]
    assert len(open_note(NOTE + line, [ALICE.verifier()]).verified) == 1


def test_signatures_stand_in_the_order_of_their_last_lines() -> None:
    note = sign(TEXT, [ALICE, BOB])
    first = note.decode().split("\n")[-3]
    opened = open_note(note + f"{first}\n".encode(), [ALICE.verifier(), BOB.verifier()])
    assert [each.name for each in opened.verified] == [BOB.name, ALICE.name]


def test_the_last_blank_line_separates_the_signatures() -> None:
    text = f"quoted:\n\n{GO_SIGNATURE}\n"
    assert open_note(sign(text, [ALICE]), [ALICE.verifier()]).text == text


def signed_by(line: str) -> bytes:
    return f"text\n\n{line}".encode()


ALICE_LINE = sign("text\n", [ALICE]).decode().rpartition("\n\n")[2]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        ALICE_LINE.encode(),
        signed_by(ALICE_LINE)[:-1],
        signed_by(ALICE_LINE + "\n"),
        signed_by(ALICE_LINE.replace("—", "-")),
        signed_by(ALICE_LINE.replace("— ", "—")),
        signed_by(ALICE_LINE.replace("\n", " \n")),
        signed_by(ALICE_LINE.replace("=\n", "\n")),
        signed_by("— alice AAAA\n"),
        signed_by("— alice AAAAAA==\n"),
        signed_by("— alice\n"),
        signed_by("—  AAAAAAA=\n"),
        signed_by("— a+b AAAAAAA=\n"),
        signed_by("— a\u3000b AAAAAAA=\n"),
        signed_by(ALICE_LINE).replace(b"text", b"te\txt"),
        signed_by(ALICE_LINE).replace(b"text", b"text\r"),
        signed_by(ALICE_LINE).replace(b"text", b"te\xff"),
        signed_by(ALICE_LINE * 101),
        b"x" * 1_000_001,
    ],
)
def test_a_malformed_note_is_refused(data: bytes) -> None:
    with pytest.raises(NoteInvalid):
        open_note(data, [ALICE.verifier()])


def test_a_malformed_line_beside_a_good_one_is_refused() -> None:
    assert isinstance(open_note(signed_by(ALICE_LINE * 100), [ALICE.verifier()]), Note)
    for line in (
        "— bob AAAA\n",
        "— bob AAAAAA==\n",
        "garbage\n",
        "— bob !!!\n",
        "— bob AAAAAAB=\n",
        "- bob AAAAAAA=\n",
    ):
        with pytest.raises(NoteInvalid, match="malformed signature line"):
            open_note(signed_by(ALICE_LINE + line), [ALICE.verifier()])


@pytest.mark.parametrize("text", ["", "no newline", "a\tb\n", "a\rb\n", "\x00\n", "\ud800\n"])
def test_a_text_that_no_note_can_hold_is_not_signed(text: str) -> None:
    with pytest.raises(NoteInvalid):
        sign(text, [ALICE])


@pytest.mark.parametrize("signers", [[], [ALICE, ALICE]])
def test_a_note_needs_signers_and_none_twice(signers: list[Signer]) -> None:
    with pytest.raises(NoteInvalid, match="at least one key"):
        sign(TEXT, signers)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "\x01", "\ud800"])
def test_a_name_that_no_key_can_have_is_refused(name: str) -> None:
    with pytest.raises(NoteInvalid, match="not a key name"):
        Signer(name, bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+c74f20a3",
        GO_KEY.replace("c74f", "C74F"),
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("Peter", "Pater"),
        GO_KEY[:-1],
        GO_KEY[:-4],
        GO_KEY.replace("+ARpc", "+AhpC"),
        GO_KEY.replace("+ARpc", "+!Rpc"),
        GO_KEY + "\n",
    ],
)
def test_a_malformed_key_is_refused(text: str) -> None:
    with pytest.raises(NoteInvalid):
        Verifier.parse(text)
    with pytest.raises(NoteInvalid):
        Signer.parse(f"PRIVATE+KEY+{text}")


def test_a_private_key_is_told_from_a_public_one() -> None:
    with pytest.raises(NoteInvalid, match="not a private key"):
        Signer.parse(GO_KEY)
    with pytest.raises(NoteInvalid, match="key id"):
        Signer.parse(f"PRIVATE+KEY+{GO_KEY}")
    with pytest.raises(NoteInvalid, match="32 bytes, not 31"):
        Signer("name", bytes(31))


def test_two_trusted_keys_that_cannot_be_told_apart_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("merklelog.note.key_id", lambda *key: b"same")
    one, other = Verifier("name", bytes(32)), Verifier("name", bytes([1] * 32))
    with pytest.raises(NoteInvalid, match="share"):
        open_note(NOTE, [one, other])
    with pytest.raises(NoteInvalid, match="no trusted key"):
        open_note(NOTE, [one, one])


def test_the_key_id_is_that_of_the_specification() -> None:
    assert key_id("PeterNeumann", Verifier.parse(GO_KEY).public_key).hex() == "c74f20a3"


# Checkpoints

EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_example_of_the_specification_is_read_and_written_alike() -> None:
    checkpoint = Checkpoint.parse(EXAMPLE)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root == base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    assert checkpoint.format() == EXAMPLE


printable = lines.filter(bool)


@brief
@given(printable, st.integers(1, 2**64 - 1), st.binary(min_size=32, max_size=32), st.lists(printable))
def test_a_checkpoint_is_read_as_it_was_written(
    origin: str, size: int, root: bytes, extensions: list[str]
) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    assert Checkpoint.parse(checkpoint.format()) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        EXAMPLE[:-1],
        EXAMPLE + "\n",
        EXAMPLE + "extension",
        EXAMPLE + "\nextension\n",
        "\n" + EXAMPLE,
        "\n" + EXAMPLE.split("\n", 1)[1],
        "example.com\n1\n",
        EXAMPLE.replace("20852163", "020852163"),
        EXAMPLE.replace("20852163", "+20852163"),
        EXAMPLE.replace("20852163", "-1"),
        EXAMPLE.replace("20852163", "2085_2163"),
        EXAMPLE.replace("20852163", "２０"),
        EXAMPLE.replace("20852163", "20852163 "),
        EXAMPLE.replace("20852163", ""),
        EXAMPLE.replace("20852163", "0"),
        EXAMPLE.replace("20852163", "18446744073709551616"),
        EXAMPLE.replace("20852163", "1" * 21),
        EXAMPLE.replace("q2I=", "q2I"),
        EXAMPLE.replace("q2I=", "q2J="),
        EXAMPLE.replace("q2I=", "q2=="),
        EXAMPLE.replace("CsUY", "!sUY"),
        EXAMPLE.replace("CsUY", "CsUYCsUY"),
        EXAMPLE.replace("\n", "\r\n"),
        EXAMPLE + "tab\there\n",
    ],
)
def test_any_other_text_is_no_checkpoint(text: str) -> None:
    with pytest.raises(CheckpointInvalid):
        Checkpoint.parse(text)


def test_an_empty_log_has_the_empty_root() -> None:
    assert Checkpoint.parse(Checkpoint("log", 0, EMPTY_ROOT).format()).size == 0
    for size, root in ((0, bytes(32)), (-1, EMPTY_ROOT), (1, b"short")):
        with pytest.raises(CheckpointInvalid):
            Checkpoint("log", size, root)
    with pytest.raises(CheckpointInvalid):
        Checkpoint("\ud800", 0, EMPTY_ROOT)


def test_a_checkpoint_opens_for_its_log_and_key_only() -> None:
    checkpoint = Checkpoint("log.example/alice", 7, ROOTS[7], ("extension",))
    data = sign_checkpoint(checkpoint, [ALICE])
    assert open_checkpoint(data, origin=checkpoint.origin, verifiers=[ALICE.verifier()]) == checkpoint
    with pytest.raises(CheckpointInvalid, match=r"not of 'log\.example/other'"):
        open_checkpoint(data, origin="log.example/other", verifiers=[ALICE.verifier()])
    with pytest.raises(CheckpointInvalid, match="no trusted key"):
        open_checkpoint(data, origin=checkpoint.origin, verifiers=[BOB.verifier()])
    with pytest.raises(CheckpointInvalid, match="wrong"):
        open_checkpoint(data.replace(b"\n7\n", b"\n8\n"), origin="x", verifiers=[ALICE.verifier()])
