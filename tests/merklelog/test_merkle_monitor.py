"""Following a log over HTTP: growth, rewritten history, what is not served, and the acts of one case."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from merkle_served import CASE, KEY, OTHER, SIGNER, Server, act, publish, served

from merklelog.cli import main
from merklelog.layout import serialise_bundle
from merklelog.monitor import remote
from merklelog.note import Signer
from merklelog.tiles import TileReader
from merklelog.tree import leaf_hash

ENTRIES = [f"entry {n}".encode() for n in range(700)]
STRANGER = Signer("log.example/7", bytes(32))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(remote, "PAUSE_SECONDS", 0.0)
    with served(tmp_path / "log") as one:
        yield one


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def monitor(capsys: pytest.CaptureFixture[str], place: object, *more: object) -> tuple[int, Any]:
    status = main(["monitor", str(place), "--key", KEY, "--json", *map(str, more)])
    return status, json.loads(capsys.readouterr().out)


def grown(server: Server, *sizes: int, state: Path, capsys: pytest.CaptureFixture[str]) -> list[Any]:
    said, before = [], 0
    for size in sizes:
        publish(server.folder, ENTRIES[:size], before=before)
        said.append(monitor(capsys, server.url, "--state", state))
        before = size
    return said


def test_a_log_is_followed_as_it_grows_and_each_entry_read_once(
    server: Server, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = grown(server, 3, 256, 257, 257, 700, state=state, capsys=capsys)
    assert [status for status, _ in said] == [0] * 5
    assert [each["read"] for _, each in said] == [3, 253, 1, 0, 443]
    assert [each["extends"] for _, each in said] == [None, 3, 256, 257, 257]
    assert not [path for path in server.asked if path.startswith("tile/0")]


def test_a_directory_is_followed_as_an_address_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(tmp_path / "copy", ENTRIES[:300])
    status, said = monitor(capsys, tmp_path / "copy")
    assert (status, said["size"], said["read"], said["extends"]) == (0, 300, 300, None)


def test_in_words_it_says_what_was_read(
    server: Server, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(server.folder, ENTRIES[:300])
    arguments = ["monitor", server.url + "/", "--key", KEY, "--state", str(state)]
    assert main(arguments) == 0
    assert "300 entries read" in (first := capsys.readouterr().out)
    assert "seen for the first time" in first
    assert main(arguments) == 0
    assert "extends the log of 300 entries seen before" in capsys.readouterr().out


def test_an_empty_log_is_one_too(server: Server, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from merklelog.checkpoint import Checkpoint, sign_checkpoint
    from merklelog.tree import EMPTY_ROOT

    server.folder.mkdir()
    (server.folder / "checkpoint").write_bytes(
        sign_checkpoint(Checkpoint(SIGNER.name, 0, EMPTY_ROOT), [SIGNER])
    )
    assert monitor(capsys, server.url, "--state", state)[0] == 0
    publish(server.folder, ENTRIES[:2])
    assert monitor(capsys, server.url, "--state", state)[0] == 0
    publish(server.folder, [b"x", b"y", b"z"])
    assert monitor(capsys, server.url, "--state", state)[0] == 1


def failed(said: tuple[int, Any], *words: str, notes: int) -> None:
    status, report = said
    assert status == 1
    assert report["holds"] is False
    assert all(word in report["error"] for word in words), report["error"]
    assert len(report["evidence"]) == notes
    assert all("log.example/7" in note for note in report["evidence"])


def test_a_history_written_anew_is_a_failure_with_both_signed_notes(
    server: Server, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grown(server, 300, state=state, capsys=capsys)
    kept = state.read_bytes()
    publish(server.folder / "../other", [b"another", *ENTRIES[1:600]])
    server.folder = server.folder / "../other"
    failed(monitor(capsys, server.url, "--state", state), "does not extend that of 300", notes=2)
    whole = monitor(capsys, server.url, "--state", state, "--case", CASE)
    failed(whole, "the first 300 entries are not those", notes=2)
    assert state.read_bytes() == kept
    assert main(["monitor", server.url, "--key", KEY, "--state", str(state)]) == 1
    assert capsys.readouterr().out.count("log.example/7") == 4


def test_a_log_that_went_back_or_shows_another_face_of_the_same_size_is_a_failure(
    server: Server, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grown(server, 300, state=state, capsys=capsys)
    (server.folder / "checkpoint").rename(server.folder / "kept")
    publish(server.folder / "../back", ENTRIES[:299])
    publish(server.folder / "../split", [*ENTRIES[:299], b"another"])
    server.folder = server.folder / "../back"
    failed(monitor(capsys, server.url, "--state", state), "went back: 300", "299 now", notes=2)
    server.folder = server.folder / "../split"
    failed(monitor(capsys, server.url, "--state", state), "two logs of 300", notes=2)


@pytest.mark.parametrize("since", [0, 300])
def test_entries_that_are_not_those_of_the_signed_tree_are_a_failure(
    server: Server, state: Path, capsys: pytest.CaptureFixture[str], since: int
) -> None:
    if since:
        grown(server, since, state=state, capsys=capsys)
    publish(server.folder, ENTRIES[:600], before=since)
    bundle = server.folder / "tile/entries/001"
    bundle.write_bytes(bundle.read_bytes().replace(b"entry 400", b"entry 4OO"))
    failed(monitor(capsys, server.url, "--state", state), "not those under the signed root of 600", notes=1)
    bundle.write_bytes(bundle.read_bytes()[:-1])
    failed(monitor(capsys, server.url, "--state", state), "cannot be read", notes=0)


@pytest.mark.parametrize("note", [b"\xff", b"nothing\n", b"stranger"])
def test_a_checkpoint_that_the_key_does_not_vouch_for_is_a_failure(
    server: Server, capsys: pytest.CaptureFixture[str], note: bytes
) -> None:
    publish(server.folder, ENTRIES[:3], signer=STRANGER)
    if note != b"stranger":
        (server.folder / "checkpoint").write_bytes(note)
    status, said = monitor(capsys, server.url)
    assert status == 1
    assert said["error"].startswith("the checkpoint does not verify")


def test_what_a_checkpoint_promises_and_is_not_served_leaves_the_log_unjudged(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert monitor(capsys, server.url) == (2, {"error": "there is no checkpoint"})
    publish(server.folder, ENTRIES[:300])
    (server.folder / "tile/entries/001.p/44").unlink()
    status, said = monitor(capsys, server.url)
    assert status == 2
    assert "tile/entries/001.p/44 is not served" in said["error"]


def test_a_partial_bundle_that_is_gone_is_read_from_the_full_one(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    old = publish(server.folder, ENTRIES[:300]).read("checkpoint")
    publish(server.folder, ENTRIES, before=300)
    (server.folder / "tile/entries/001.p/44").unlink()
    server.answers["checkpoint"] = [(200, {}, old or b"")]
    status, said = monitor(capsys, server.url)
    assert (status, said["size"]) == (0, 300)


def test_a_server_that_stumbles_is_asked_again(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    publish(server.folder, ENTRIES[:3])
    server.answers["checkpoint"] = [(503, {}, b""), (0, {}, b"")]
    assert monitor(capsys, server.url)[0] == 0
    assert server.asked.count("checkpoint") == 3


BUNDLE = "tile/entries/000.p/3"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ((500, {}, b""), "500"),
        ((403, {}, b""), "403"),
        ((0, {}, b""), BUNDLE),
        ((200, {"Content-Length": "9"}, b"x"), BUNDLE),
        ((200, {"Content-Encoding": "br"}, b"x"), "compressed as br"),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip at all"), "incorrect header"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b"abc")[:-3]), "not one whole gzip file"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b"abc") + b"x"), "not one whole gzip file"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(20_000_000))), "not one whole gzip file"),
        ((200, {}, bytes(remote.LARGEST + 1)), "larger than any file"),
    ],
)
def test_answers_that_no_log_gives_leave_it_unjudged(
    server: Server, capsys: pytest.CaptureFixture[str], answer: tuple[int, dict[str, str], bytes], word: str
) -> None:
    publish(server.folder, ENTRIES[:3])
    server.answers[BUNDLE] = [answer] * remote.TRIES
    status, said = monitor(capsys, server.url)
    assert status == 2
    assert word in said["error"]


@pytest.mark.parametrize("place", ["nowhere", "file:///etc/passwd", "ftp://log.example/"])
def test_a_place_that_is_no_log_is_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    assert main(["monitor", place, "--key", KEY]) == 2
    assert "neither an http(s) address nor a directory" in capsys.readouterr().err


@pytest.mark.parametrize("key", ["nonsense", str(Signer("log.example/8", bytes(32)).verifier())])
def test_keys_that_are_none_or_of_two_logs_are_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    assert monitor(capsys, tmp_path, "--key", key)[0] == 2


def test_a_log_that_changed_its_key_is_followed_with_both(
    server: Server, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grown(server, 300, state=state, capsys=capsys)
    publish(server.folder, ENTRIES[:400], before=300, signer=STRANGER)
    assert monitor(capsys, server.url, "--state", state)[0] == 1
    assert monitor(capsys, server.url, "--state", state, "--key", STRANGER.verifier())[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda state: b"x",
        lambda state: b"[]",
        lambda state: b"{}",
        lambda state: state.replace(b'"nodes": [', b'"nodes": [1, '),
        lambda state: state.replace(b"\\n300\\n", b"\\n301\\n"),
        lambda state: state.replace(b'"nodes": [\n    "', b'"nodes": [\n    "AAAA'),
        lambda state: _other_nodes(state),
    ],
)
def test_a_state_that_was_touched_is_no_answer(
    server: Server, state: Path, capsys: pytest.CaptureFixture[str], change: Any
) -> None:
    grown(server, 300, state=state, capsys=capsys)
    state.write_bytes(change(state.read_bytes()))
    status, said = monitor(capsys, server.url, "--state", state)
    assert status == 2
    assert "state" in said["error"]


def _other_nodes(state: bytes) -> bytes:
    said = json.loads(state)
    said["nodes"][0] = said["nodes"][1]
    return json.dumps(said).encode()


def case_of(server: Server, capsys: pytest.CaptureFixture[str], *seqs: object) -> tuple[int, Any]:
    entries = [b"no JSON " + CASE.encode(), b'["' + CASE.encode() + b'"]', act(OTHER, 1)]
    for seq in seqs:
        entries += [act(CASE, seq), act(OTHER, seq)]
    publish(server.folder, entries)
    status, said = monitor(capsys, server.url, "--case", CASE)
    assert main(["monitor", server.url, "--key", KEY, "--case", CASE]) == status
    return status, said["case"] | {"words": capsys.readouterr().out}


def test_all_acts_of_a_case_are_listed_with_their_places(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    status, case = case_of(server, capsys, 1, 2, 3)
    assert status == 0
    assert [(each["seq"], each["index"], each["leaf"]["case"]) for each in case["acts"]] == [
        (1, 3, CASE),
        (2, 5, CASE),
        (3, 7, CASE),
    ]
    assert "acts 1 to 3, none missing, none twice" in case["words"]


@pytest.mark.parametrize(
    ("seqs", "missing", "twice", "misplaced", "words"),
    [
        ((1, 3), [[2, 2]], [], [], "MISSING: act 2"),
        ((2, 3, 2**40), [[1, 1], [4, 2**40 - 1]], [], [], "MISSING: acts 4 to"),
        ((1, 2, 2, 3), [], [2], [], "TWICE: act 2"),
        ((1, 3, 2), [], [], [2], "OUT OF ORDER: act 2"),
        ((0, 1), [], [], [0], "OUT OF ORDER: act 0"),
        ((True, "1"), [], [], [], "NOT THERE"),
        ((), [], [], [], "NOT THERE"),
    ],
)
def test_acts_that_are_missing_twice_or_out_of_order_are_named(
    server: Server,
    capsys: pytest.CaptureFixture[str],
    seqs: tuple[object, ...],
    missing: list[list[int]],
    twice: list[int],
    misplaced: list[int],
    words: str,
) -> None:
    status, case = case_of(server, capsys, *seqs)
    assert status == 1
    assert (case["missing"], case["twice"], case["misplaced"]) == (missing, twice, misplaced)
    assert not case["whole"]
    assert words in case["words"]


def test_what_an_entry_says_does_not_write_on_the_terminal(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(server.folder, ['{"case":"%s","seq":1,"x":"\u009b2J\u202e"}'.encode() % CASE.encode()])
    assert main(["monitor", server.url, "--key", KEY, "--case", CASE]) == 0
    assert capsys.readouterr().out.isascii()


def fsck(capsys: pytest.CaptureFixture[str], place: object, key: str = KEY) -> tuple[int, Any]:
    status = main(["fsck", str(place), "--key", key, "--json"])
    said = json.loads(capsys.readouterr().out)
    assert main(["fsck", str(place), "--key", key]) == status
    said["words"] = "".join(capsys.readouterr())
    return status, said


@pytest.mark.parametrize("size", [1, 256, 300, 700])
def test_a_sound_copy_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str], size: int) -> None:
    publish(tmp_path, ENTRIES[:size])
    status, said = fsck(capsys, tmp_path)
    assert (status, said["size"], said["damages"]) == (0, size, [])
    assert "sound" in said["words"]


def flipped(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("damage", [flipped, cut, Path.unlink])
@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/188"]
)
def test_a_damaged_file_of_a_copy_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str, damage: Any
) -> None:
    publish(tmp_path, ENTRIES)
    damage(tmp_path / path)
    status, said = fsck(capsys, tmp_path)
    assert status == 1
    assert path in {each["path"] for each in said["damages"]} or path in said["words"]
    assert "DAMAGED" in said["words"]


def test_two_files_that_changed_places_are_both_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(tmp_path, ENTRIES)
    one, other = tmp_path / "tile/entries/000", tmp_path / "tile/entries/001"
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)
    status, said = fsck(capsys, tmp_path)
    assert status == 1
    assert {each["index"] for each in said["damages"] if each["index"] is not None} == set(range(512))
    assert said["damages"][-1]["path"] == "checkpoint"


def test_an_entry_rewritten_together_with_all_hashes_does_not_add_up_to_the_signed_root(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = publish(tmp_path / "a", ENTRIES).read("checkpoint")
    publish(tmp_path / "b", [*ENTRIES[:5], b"another", *ENTRIES[6:]])
    (tmp_path / "b/checkpoint").write_bytes(note or b"")
    assert fsck(capsys, tmp_path / "b")[1]["damages"] == [
        {"path": "checkpoint", "message": "the entries do not add up to the signed root", "index": None}
    ]


def test_a_bundle_and_its_hashes_both_gone_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(tmp_path, ENTRIES)
    (tmp_path / "tile/entries/001").unlink()
    (tmp_path / "tile/0/001").unlink()
    assert {each["path"] for each in fsck(capsys, tmp_path)[1]["damages"]} == {
        "tile/entries/001",
        "tile/0/001",
        "tile/1/000.p/2",
        "checkpoint",
    }


def test_a_copy_of_another_log_or_without_a_checkpoint_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fsck(capsys, tmp_path)[0] == 2
    publish(tmp_path, ENTRIES[:3], signer=STRANGER)
    status, said = fsck(capsys, tmp_path)
    assert (status, said["size"]) == (1, None)
    assert said["damages"][0]["path"] == "checkpoint"
    assert fsck(capsys, tmp_path, key="x")[0] == 2


def test_an_inner_row_of_a_large_copy_is_compared_with_the_rows_below(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [n.to_bytes(3, "big") for n in range(65_536)]
    store = publish(tmp_path, entries)
    flipped(tmp_path / "tile/1/000")
    status, said = fsck(capsys, tmp_path)
    assert status == 1
    assert {each["path"] for each in said["damages"]} == {"tile/1/000"}
    assert TileReader(store.read, 65_536).node(0, 5) == leaf_hash(serialise_bundle([entries[5]])[2:])
