"""A witness: what it cosigns, in which words it refuses, and the evidence it keeps."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from merkle_logs import FORKED, LOG, NEXT_KEY, STRANGER, TRUE, History

from merklelog import durable
from merklelog.checkpoint import Checkpoint, CheckpointInvalid, sign_checkpoint
from merklelog.cosignature import open_cosignatures, time_of
from merklelog.note import NoteInvalid, open_note, parse_note
from merklelog.tree import EMPTY_ROOT, ProofInvalid, prefix_root
from merklelog.witness import state as states
from merklelog.witness.evidence import SPLIT_VIEW, UNPROVEN, Evidence, EvidenceMalformed
from merklelog.witness.judging import Witness
from merklelog.witness.protocol import SIZE_TYPE, Answer, Request, RequestMalformed, parse_conflict
from merklelog.witness.state import State, StateUnusable

NOW = 1_764_395_000


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.create(tmp_path / "witness", "press.example/witness")


@pytest.fixture
def witness(state: State) -> Witness:
    return Witness(state, [LOG.verifier(), NEXT_KEY.verifier()], clock=lambda: NOW + 0.9)


def size_of(witness: Witness) -> int:
    held = witness.state.held(LOG.name)
    return held.checkpoint.size if held else -1


def cosigned(witness: Witness, old: int, size: int, history: History = TRUE) -> None:
    answer = witness.add_checkpoint(history.request(old, size))
    assert answer.status == 200, answer
    text = parse_note(history.note(size))[0]
    (signature,) = open_cosignatures(text, answer.body, [witness.state.verifier()])
    assert time_of(signature) == NOW
    assert size_of(witness) == size


def test_a_log_is_cosigned_from_its_first_checkpoint_on(witness: Witness) -> None:
    for old, size in ((0, 3), (3, 3), (3, 8), (8, 9), (9, 150)):
        cosigned(witness, old, size)
    assert witness.state.all_evidence() == []


def test_an_empty_log_is_cosigned_and_grows(witness: Witness) -> None:
    empty = sign_checkpoint(Checkpoint(LOG.name, 0, EMPTY_ROOT), [LOG])
    for _ in range(2):
        assert witness.add_checkpoint(b"old 0\n\n" + empty).status == 200
    cosigned(witness, 0, 5)
    assert witness.add_checkpoint(b"old 0\n\n" + empty) == Answer(409, b"5\n", SIZE_TYPE)


def test_what_was_cosigned_outlives_the_process(witness: Witness) -> None:
    cosigned(witness, 0, 20)
    again = Witness(State.open(witness.state.root), [LOG.verifier()], clock=lambda: NOW)
    assert again.add_checkpoint(TRUE.request(0, 30)) == Answer(409, b"20\n", SIZE_TYPE)
    cosigned(again, 20, 30)


def test_a_log_is_known_by_each_of_its_keys(witness: Witness) -> None:
    cosigned(witness, 0, 4)
    assert witness.add_checkpoint(TRUE.request(4, 6, NEXT_KEY)).status == 200
    assert witness.add_checkpoint(TRUE.request(6, 7, NEXT_KEY, LOG, STRANGER)).status == 200
    held = witness.state.held(LOG.name)
    assert held is not None
    note = open_note(held.note, [LOG.verifier(), NEXT_KEY.verifier(), witness.state.verifier()])
    assert len(note.verified) == 3
    assert note.unknown == ()


def note_of(text: str) -> bytes:
    return text.encode() + b"\n\xe2\x80\x94 x AAAAAAA=\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 0",
        b"\n\n" + TRUE.note(5),
        b"old 0\n" + TRUE.note(5),
        b"old 00\n\n" + TRUE.note(5),
        b"old +0\n\n" + TRUE.note(5),
        b"old  0\n\n" + TRUE.note(5),
        b"Old 0\n\n" + TRUE.note(5),
        "old ０\n\n".encode() + TRUE.note(5),
        b"old " + b"1" * 21 + b"\n\n" + TRUE.note(5),
        b"old 0\r\n\r\n" + TRUE.note(5),
        b"old 0\n!\n\n" + TRUE.note(5),
        b"old 0\nAAAA\n\n" + TRUE.note(5),
        b"old 0\n" + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64 + b"\n" + TRUE.note(5),
        b"old 0\n\n",
        b"old 0\n\nnonsense",
        b"old 0\n\n" + TRUE.note(5)[:-1],
        b"old 0\n\n" + note_of("only one line\n"),
        b"old 0\n\n" + note_of("a\nx\nb\n"),
        TRUE.request(0, 5).replace(b"old 0", b"old 6"),
    ],
)
def test_a_malformed_request_is_400(witness: Witness, body: bytes) -> None:
    assert witness.add_checkpoint(body).status == 400
    assert size_of(witness) == -1


def test_requests_are_read_as_they_are_written() -> None:
    request = Request(5, TRUE.proof(5, 99), TRUE.note(99))
    assert Request.parse(request.format()) == request
    with pytest.raises(RequestMalformed):
        Request.parse(request.format().replace(b"old 5", b"old 05"))


def test_an_unknown_log_is_404_and_a_log_without_its_own_signature_403(witness: Witness) -> None:
    other = sign_checkpoint(Checkpoint(STRANGER.name, 1, bytes(32)), [STRANGER, LOG])
    assert witness.add_checkpoint(b"old 0\n\n" + other).status == 404
    assert witness.add_checkpoint(TRUE.request(0, 5, STRANGER)).status == 403
    wrong = FORKED.note(9).rpartition(b"\n\n")[2]
    forged = TRUE.note(9).rpartition(b"\n\n")[0] + b"\n\n" + wrong
    assert witness.add_checkpoint(b"old 0\n\n" + forged).status == 403
    assert size_of(witness) == -1


def test_an_old_size_that_is_not_the_latest_is_409_with_the_latest(witness: Witness) -> None:
    cosigned(witness, 0, 20)
    for old, size in ((0, 20), (0, 30), (19, 30), (21, 30), (7, 15)):
        assert witness.add_checkpoint(TRUE.request(old, size)) == Answer(409, b"20\n", SIZE_TYPE)
    assert size_of(witness) == 20
    assert witness.state.all_evidence() == []


@pytest.mark.parametrize(
    ("answer", "size"),
    [
        (Answer(409, b"20\n", SIZE_TYPE), 20),
        (Answer(409, b"0\n", f"{SIZE_TYPE}; charset=utf-8"), 0),
        (Answer(409, b"20\n", "text/plain"), None),
        (Answer(409, b"20", SIZE_TYPE), None),
        (Answer(409, b"020\n", SIZE_TYPE), None),
        (Answer(409, b"-1\n", SIZE_TYPE), None),
        (Answer(409, b"", SIZE_TYPE), None),
    ],
)
def test_a_conflict_names_a_size_in_one_spelling(answer: Answer, size: int | None) -> None:
    assert parse_conflict(answer) == size


def test_a_wrong_proof_is_422(witness: Witness) -> None:
    proof = TRUE.proof(20, 30)
    for wrong in (proof[:-1], (*proof, bytes(32)), proof[::-1], (), (bytes(32), *proof[1:])):
        cosigned(witness, max(size_of(witness), 0), 20)
        assert witness.add_checkpoint(Request(20, wrong, TRUE.note(30)).format()).status == 422
    assert witness.add_checkpoint(Request(20, proof, TRUE.note(20)).format()).status == 422
    assert size_of(witness) == 20


def test_a_proof_from_nothing_is_empty(witness: Witness) -> None:
    assert witness.add_checkpoint(Request(0, (bytes(32),), TRUE.note(3)).format()).status == 422
    assert witness.state.all_evidence() == []


def test_two_roots_of_one_size_are_a_split_view_and_kept(
    witness: Witness, caplog: pytest.LogCaptureFixture
) -> None:
    cosigned(witness, 0, 20)
    for old in (20, 0):
        assert witness.add_checkpoint(FORKED.request(old, 20)) == Answer(409, b"20\n", SIZE_TYPE)
    ((path, evidence),) = witness.state.all_evidence()
    assert (evidence.kind, evidence.origin, evidence.seen) == (SPLIT_VIEW, LOG.name, NOW)
    assert "20 entries" in evidence.prove([LOG.verifier()])
    assert Evidence.from_json(path.read_bytes()) == evidence
    assert [each.levelno for each in caplog.records].count(logging.ERROR) == 1
    cosigned(witness, 20, 30)


def test_another_history_behind_the_latest_checkpoint_is_proven_by_its_own_proof(witness: Witness) -> None:
    cosigned(witness, 0, 20)
    assert witness.add_checkpoint(FORKED.request(20, 30)).status == 422
    ((_, evidence),) = witness.state.all_evidence()
    assert evidence.kind == SPLIT_VIEW
    assert "30 entries" in evidence.prove([LOG.verifier()])
    assert size_of(witness) == 20


def test_what_a_wrong_proof_does_not_show_is_kept_as_not_proven(witness: Witness) -> None:
    cosigned(witness, 0, 16)
    assert witness.add_checkpoint(FORKED.request(16, 30)).status == 422
    assert witness.add_checkpoint(Request(16, (bytes(32),), TRUE.note(30)).format()).status == 422
    kinds = [evidence.kind for _, evidence in witness.state.all_evidence()]
    assert kinds == [UNPROVEN, UNPROVEN]
    for _, evidence in witness.state.all_evidence():
        with pytest.raises(ProofInvalid):
            evidence.prove([LOG.verifier()])


def test_evidence_does_not_fill_the_disk(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "MOST_EVIDENCE", 3)
    cosigned(witness, 0, 20)
    for size in range(25, 35):
        assert witness.add_checkpoint(FORKED.request(20, size)).status == 422
    assert len(witness.state.all_evidence()) == 3


def test_evidence_is_nothing_without_the_logs_own_signatures(witness: Witness) -> None:
    cosigned(witness, 0, 20)
    witness.add_checkpoint(FORKED.request(20, 30))
    ((_, evidence),) = witness.state.all_evidence()
    with pytest.raises(CheckpointInvalid):
        evidence.prove([STRANGER.verifier()])
    with pytest.raises(CheckpointInvalid):
        replace(evidence, offered=FORKED.note(30, STRANGER)).prove([LOG.verifier()])
    for harmless in (
        replace(evidence, offered=evidence.held),
        replace(evidence, offered=TRUE.note(30), proof=TRUE.proof(20, 30)),
        replace(evidence, proof=()),
        replace(evidence, held=FORKED.note(40)),
    ):
        with pytest.raises(ProofInvalid):
            harmless.prove([LOG.verifier()])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"kind": 1}',
        b'{"kind": "x", "origin": "x", "held": "", "offered": "", "proof": ["!"], "seen": 1}',
        b'{"kind": "x", "origin": "x", "held": "", "offered": "", "proof": [7], "seen": 1}',
        b'{"kind": "x", "origin": "x", "held": "\\ud800", "offered": "", "proof": [], "seen": 1}',
        b'{"kind": "x", "origin": "x", "held": "", "offered": "", "proof": [], "seen": true}',
        b"[" * 100_000,
    ],
)
def test_a_file_that_is_no_evidence_is_refused(data: bytes) -> None:
    with pytest.raises(EvidenceMalformed):
        Evidence.from_json(data)


@settings(max_examples=60, deadline=None, database=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 60))
def test_a_prefix_has_the_root_that_a_proof_binds(first: int, more: int, forks_at: int) -> None:
    history = History(branch="y", forks_at=forks_at)
    size1, size2 = first, first + more
    root2 = Checkpoint.parse(parse_note(history.note(size2))[0]).root
    if size1 & (size1 - 1) == 0:
        with pytest.raises(ProofInvalid, match="does not hold"):
            prefix_root(size1=size1, size2=size2, root2=root2, proof=history.proof(size1, size2))
        return
    expected = Checkpoint.parse(parse_note(history.note(size1))[0]).root
    assert prefix_root(size1=size1, size2=size2, root2=root2, proof=history.proof(size1, size2)) == expected


def test_requests_at_once_never_both_pass_from_the_same_checkpoint(witness: Witness) -> None:
    cosigned(witness, 0, 10)
    answers: list[tuple[int, Answer]] = []
    together = threading.Barrier(8)

    def ask(size: int) -> None:
        together.wait()
        answers.append((size, witness.add_checkpoint(TRUE.request(10, size))))

    threads = [threading.Thread(target=ask, args=(20 + n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    passed = [size for size, answer in answers if answer.status == 200]
    assert len(passed) == 1
    assert {answer.body for _, answer in answers if answer.status == 409} == {f"{passed[0]}\n".encode()}
    assert size_of(witness) == passed[0]


def test_nothing_is_answered_before_it_is_kept(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    cosigned(witness, 0, 10)

    def full(*args: object, **kwargs: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="no space"):
        patched.setattr(states.os, "fsync", full)
        witness.add_checkpoint(TRUE.request(10, 20))
    assert size_of(witness) == 10
    assert [each.name for each in (witness.state.root / "logs").rglob("*") if each.is_file()] == [
        "checkpoint"
    ]
    cosigned(witness, 10, 20)


class TestDirectory:
    """The directory."""

    def test_a_witness_is_made_once_and_its_key_is_its_owners(self, state: State) -> None:
        assert (state.root / "key").stat().st_mode & 0o777 == 0o600
        assert State.open(state.root).verifier() == state.verifier()
        with pytest.raises(StateUnusable, match="already"):
            State.create(state.root, "other")
        with pytest.raises(NoteInvalid):
            State.create(state.root.parent / "new", "not a name")

    def test_a_key_that_others_can_read_is_not_used(self, state: State) -> None:
        (state.root / "key").chmod(0o640)
        with pytest.raises(StateUnusable, match="chmod 600"):
            State.open(state.root)

    def test_a_directory_without_a_key_is_no_witness(self, state: State) -> None:
        (state.root / "key").write_text("nonsense")
        with pytest.raises(StateUnusable, match="not a private key"):
            State.open(state.root)
        (state.root / "key").unlink()
        with pytest.raises(StateUnusable, match="holds no witness"):
            State.open(state.root)

    def test_one_process_serves_a_directory(self, state: State) -> None:
        with state.alone(), pytest.raises(StateUnusable, match="another process"), state.alone():
            pass
        with state.alone():
            pass

    def test_a_checkpoint_that_was_not_cosigned_here_is_not_built_upon(self, witness: Witness) -> None:
        cosigned(witness, 0, 10)
        (path,) = witness.state.root.glob("logs/*/checkpoint")
        genuine = path.read_bytes()
        for damaged in (TRUE.note(10), genuine[:-5], b"", FORKED.note(10) + genuine.rpartition(b"\n\n")[2]):
            path.write_bytes(damaged)
            with pytest.raises(StateUnusable, match="not as it was cosigned"):
                witness.add_checkpoint(TRUE.request(10, 20))
            with pytest.raises(StateUnusable, match="not as it was cosigned"):
                witness.state.all_held()

    def test_a_checkpoint_of_another_log_is_not_taken_for_this_ones(self, witness: Witness) -> None:
        cosigned(witness, 0, 10)
        (path,) = witness.state.root.glob("logs/*/checkpoint")
        text = Checkpoint("else", 3, bytes(32)).format()
        other = f"{text}\n{witness.state.cosigner.cosign(text, time=1).line}".encode()
        path.write_bytes(other)
        with pytest.raises(StateUnusable, match="is one of else"):
            witness.state.held(LOG.name)

    def test_damaged_evidence_is_named(self, witness: Witness) -> None:
        cosigned(witness, 0, 20)
        witness.add_checkpoint(FORKED.request(20, 30))
        ((path, _),) = witness.state.all_evidence()
        path.write_text("{}")
        with pytest.raises(StateUnusable, match=path.name):
            witness.state.all_evidence()


def test_a_directory_above_that_cannot_be_read_is_none_of_the_witness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush, root = durable.flush, tmp_path / "witness"

    def refused(folder: Path) -> None:
        if folder not in (root, *root.rglob("*")):
            raise PermissionError(folder)
        flush(folder)

    monkeypatch.setattr(durable, "flush", refused)
    made = Witness(State.create(root, "press.example/witness"), [LOG.verifier()], clock=lambda: NOW)
    assert made.add_checkpoint(Request(0, (), TRUE.note(7)).format()).status == 200


def test_a_new_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "new"
    durable.create(target, iter((b"a", b"b")), mode=0o600)
    assert target.read_bytes() == b"ab"
    with pytest.raises(FileExistsError):
        durable.create(target, iter((b"c",)), mode=0o600)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        durable.create(tmp_path / "link", iter((b"c",)), mode=0o600)
    assert target.read_bytes() == b"ab"

    def meanwhile() -> Iterator[bytes]:
        yield b"c"
        (tmp_path / "other").write_bytes(b"first")

    with pytest.raises(FileExistsError):
        durable.create(tmp_path / "other", meanwhile(), mode=0o600)
    assert {path.name for path in tmp_path.iterdir()} == {"new", "link", "other"}
    assert (tmp_path / "other").read_bytes() == b"first"
