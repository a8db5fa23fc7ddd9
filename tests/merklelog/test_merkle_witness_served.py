"""The witness over HTTP and from the command line, and a log that asks it."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from merkle_logs import FORKED, LOG, NEXT_KEY, TRUE

from merklelog.cli import main
from merklelog.cosignature import CosignatureVerifier, open_cosignatures
from merklelog.note import Signer, parse_note
from merklelog.witness import asking, command
from merklelog.witness import server as servers
from merklelog.witness.asking import WitnessUnreachable, ask
from merklelog.witness.judging import Witness
from merklelog.witness.known import KnownLogs
from merklelog.witness.protocol import Answer, Request
from merklelog.witness.server import WitnessServer
from merklelog.witness.state import State

NOW = 1_764_395_000
VKEY = str(LOG.verifier())


@contextmanager
def serving(folder: Path, host: str = "127.0.0.1", known: KnownLogs | None = None) -> Iterator[WitnessServer]:
    state = State.create(folder, "press.example/witness")
    known = known or KnownLogs([LOG.verifier()], [])
    witness = Witness(state, known.keys, clock=lambda: NOW)
    with WitnessServer((host, 0), witness, before=known.refresh) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WitnessServer]:
    with serving(tmp_path / "witness") as running:
        yield running


def url(server: WitnessServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def request(old: int, size: int) -> Request:
    return Request(old, TRUE.proof(old, size), TRUE.note(size))


def test_a_log_asks_and_gets_a_cosignature(server: WitnessServer) -> None:
    for prefix in ("", "/", "/some/prefix", "/some/prefix/"):
        answer = ask(url(server) + prefix, request(0 if not prefix else 7, 7), seconds=5)
        assert answer.status == 200
        text = parse_note(TRUE.note(7))[0]
        assert len(open_cosignatures(text, answer.body, [server.witness.state.verifier()])) == 1
    assert ask(url(server), request(0, 9), seconds=5) == Answer(409, b"7\n", "text/x.tlog.size")


def test_a_witness_listens_on_ipv6_too(tmp_path: Path) -> None:
    with serving(tmp_path / "witness", "::1") as server:
        assert ask(f"http://[::1]:{server.server_port}", request(0, 7), seconds=5).status == 200


def test_one_connection_serves_many_requests(server: WitnessServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    seen = []
    for old, size in ((0, 3), (3, 5), (3, 6)):
        connection.request("POST", "/add-checkpoint", request(old, size).format())
        response = connection.getresponse()
        response.read()
        seen.append((response.status, connection.sock is not None))
    connection.request("GET", "/")
    assert connection.getresponse().read().decode().strip() == str(server.witness.state.verifier())
    connection.request("GET", "/add-checkpoint")
    assert connection.getresponse().status == 404
    connection.close()
    assert seen == [(200, True), (200, True), (409, True)]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/add-checkpoint", {"Content-Length": "x"}, 411),
        ("/add-checkpoint", {"Content-Length": "-1"}, 411),
        ("/add-checkpoint", {"Content-Length": "3", "Transfer-Encoding": "chunked"}, 411),
        ("/add-checkpoint", {"Content-Length": "262145"}, 413),
        ("/add-checkpoint", {"Content-Length": "1" * 5000}, 413),
        ("/add-entry", {"Content-Length": "0"}, 404),
        ("/add-checkpoint", {"Content-Length": "0"}, 400),
    ],
)
def test_what_is_no_request_of_the_protocol_is_refused(
    server: WitnessServer, path: str, headers: dict[str, str], status: int
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.putrequest("POST", path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == status
    connection.close()


def test_a_damaged_state_is_500_and_cosigns_nothing(server: WitnessServer) -> None:
    assert ask(url(server), request(0, 7), seconds=5).status == 200
    (path,) = server.witness.state.root.glob("logs/*/checkpoint")
    path.write_bytes(b"")
    assert ask(url(server), request(7, 9), seconds=5).status == 500


def test_more_connections_than_are_served_at_once_are_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "MOST_CONNECTIONS", 1)
    monkeypatch.setattr(servers._Handler, "timeout", 0.2)
    with serving(tmp_path / "witness") as server:
        address = ("127.0.0.1", server.server_port)
        with socket.create_connection(address, timeout=5) as first:
            first.sendall(b"POST /add")
            with socket.create_connection(address, timeout=5) as second:
                assert second.recv(1) == b""
            assert first.recv(1) == b""
        for _ in range(100):
            try:
                assert ask(url(server), request(0, 7), seconds=5).status == 200
                break
            except WitnessUnreachable:
                continue


def test_a_connection_for_which_no_thread_can_be_started_takes_no_place_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "MOST_CONNECTIONS", 1)

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with serving(tmp_path / "witness") as server:
        with monkeypatch.context() as exhausted:
            exhausted.setattr(threading.Thread, "start", refuse)
            for _ in range(2):
                with socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as client:
                    assert client.recv(1) == b""
        assert ask(url(server), request(0, 7), seconds=5).status == 200


def test_a_client_that_goes_away_stops_nothing(server: WitnessServer) -> None:
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 90\r\n\r\nold")
    assert ask(url(server), request(0, 7), seconds=5).status == 200


def test_a_log_that_changed_its_key_is_known_without_a_restart_and_a_broken_policy_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    policy = tmp_path / "policy"
    policy.write_text(f"log {VKEY}\nquorum none\n")
    with serving(tmp_path / "witness", known=KnownLogs([], [policy])) as server:

        def asked(old: int, size: int, *signers: Signer) -> int:
            return ask(
                url(server), Request(old, TRUE.proof(old, size), TRUE.note(size, *signers)), seconds=5
            ).status

        assert asked(0, 3) == 200
        assert asked(3, 5, NEXT_KEY) == 403
        policy.write_text(f"log {VKEY}\nlog {NEXT_KEY.verifier()}\nquorum none\n")
        assert asked(3, 5, NEXT_KEY) == 200
        for broken in ("", "log nonsense\nquorum none\n", "quorum none\n", None):
            if broken is None:
                policy.unlink()
            else:
                policy.write_text(broken)
            caplog.clear()
            assert asked(5, 5) == asked(5, 5, NEXT_KEY) == 200
            assert [each.levelname for each in caplog.records].count("ERROR") == 1, caplog.text
        policy.write_text(f"log {NEXT_KEY.verifier()}\nquorum none\n")
        assert (asked(5, 6), asked(5, 6, NEXT_KEY)) == (403, 200)


def test_a_witness_stops_cosigning_for_a_key_that_is_named_as_stolen(tmp_path: Path) -> None:
    policy, stolen = tmp_path / "policy", f"#compromised {VKEY} 1700000000\n"
    both = f"log {VKEY}\nlog {NEXT_KEY.verifier()}\nquorum none\n"
    policy.write_text(both)
    with serving(tmp_path / "witness", known=KnownLogs([LOG.verifier()], [policy])) as server:

        def asked(old: int, size: int, *signers: Signer) -> int:
            sent = Request(old, TRUE.proof(old, size), TRUE.note(size, *signers))
            return ask(url(server), sent, seconds=5).status

        assert asked(0, 3) == 200
        policy.write_text(both + stolen)
        assert (asked(3, 5), asked(3, 5, NEXT_KEY)) == (403, 200)
        policy.write_text(f"log {VKEY}\nquorum none\n{stolen}")
        assert {asked(5, 6), asked(5, 6, NEXT_KEY)} == {404}


@contextmanager
def answering(act: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server of one connection that does what it is told with it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(100_000)
                try:
                    act(connection)
                    # What was not read yet would make the close a reset, which may overtake the answer.
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(100_000):
                        pass
                except OSError:
                    return

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(timeout=5)


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    while True:
        connection.sendall(b"x")
        threading.Event().wait(0.02)


def drip_and_close(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        connection.sendall(b"x")
        threading.Event().wait(0.02)


@pytest.mark.parametrize(
    "act",
    [
        drip,
        drip_and_close,
        lambda connection: connection.sendall(b"nonsense\r\n\r\n"),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nxx"),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 300_000),
        lambda connection: connection.recv(1),
    ],
)
def test_a_witness_that_answers_slowly_or_wrongly_is_given_up_in_time(
    act: Callable[[socket.socket], None],
) -> None:
    with answering(act) as address, pytest.raises(WitnessUnreachable):
        ask(address, request(0, 7), seconds=0.3)


@pytest.mark.parametrize(
    "address", ["ftp://x/", "x", "http://", "http://127.0.0.1:1", "http://[::", "http://h:x"]
)
def test_what_is_no_address_or_nobody_listens_on_is_unreachable(address: str) -> None:
    with pytest.raises(WitnessUnreachable):
        ask(address, request(0, 7), seconds=0.3)


def test_a_connection_that_is_over_is_cut_without_harm(server: WitnessServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    asking._cut(connection, [], threading.Event())
    connection.connect()
    connection.sock.close()
    asking._cut(connection, [], threading.Event())


# The command


def test_a_witness_is_made_served_and_stopped_from_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "witness"
    words = [sys.executable, "-m", "merklelog", "witness"]
    made = subprocess.run(
        [*words, "init", "--state", str(folder), "--name", "press.example/w"], capture_output=True, text=True
    )
    verifier = CosignatureVerifier.parse(made.stdout.strip())
    process = subprocess.Popen(
        [*words, "run", "--state", str(folder), "--listen", "127.0.0.1:0", "--log", VKEY],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == str(verifier)
    port = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", process.stdout.readline())
    assert port is not None
    assert ask(f"http://127.0.0.1:{port[1]}", request(0, 7), seconds=10).status == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    process.stdout.close()


def test_a_new_witness_prints_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["witness", "init", "--state", str(tmp_path / "new"), "--name", "press.example/w"]) == 0
    printed = CosignatureVerifier.parse(capsys.readouterr().out.strip())
    assert printed == State.open(tmp_path / "new").verifier()


def made(tmp_path: Path) -> tuple[Path, State]:
    folder = tmp_path / "witness"
    return folder, State.create(folder, "press.example/witness")


@pytest.mark.parametrize("ending", [KeyboardInterrupt, None])
def test_a_witness_serves_until_it_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ending: type | None
) -> None:
    folder, state = made(tmp_path)
    policy = tmp_path / "policy"
    policy.write_text(f"log {VKEY}\nquorum none\n")

    def serve(server: WitnessServer) -> None:
        assert server.witness.add_checkpoint(request(0, 7).format()).status == 200
        if ending:
            command._interrupt(15, None)

    monkeypatch.setattr(WitnessServer, "serve_forever", serve)
    before = signal.getsignal(signal.SIGTERM)
    try:
        options = ["witness", "run", "--state", str(folder), "--listen", "[::1]:0", "--policy", str(policy)]
        assert main(options) == 0
    finally:
        signal.signal(signal.SIGTERM, before)
    assert capsys.readouterr().out.startswith(f"{state.verifier()}\nlistening on ::1:")


def test_what_a_witness_holds_is_shown_and_a_split_view_is_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, state = made(tmp_path)
    show = ["witness", "show", "--state", str(folder)]
    assert main(show) == 0
    assert capsys.readouterr().out == f"witness {state.verifier()}\n"
    witness = Witness(state, [LOG.verifier()], clock=lambda: NOW)
    witness.add_checkpoint(request(0, 16).format())
    witness.add_checkpoint(FORKED.request(16, 30))
    assert main(show) == 0
    said = capsys.readouterr().out
    assert "not proven" in said
    assert "16 entries" in said
    assert "2025-11-29T05:43:20+00:00" in said
    witness.add_checkpoint(FORKED.request(0, 16))
    assert main(show) == 1
    assert "SPLIT VIEW of log.example/one" in capsys.readouterr().out
    assert main([*show, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["logs"][0]["size"] == 16
    assert sorted(each["kind"] for each in told["evidence"]) == ["split-view", "unproven"]


def test_evidence_is_checked_by_anybody_with_the_key_of_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, state = made(tmp_path)
    witness = Witness(state, [LOG.verifier()], clock=lambda: 1e300)
    check = ["witness", "check", "--log", VKEY]
    nothing = tmp_path / "nothing"
    nothing.write_text("{}")
    assert main([*check, str(nothing)]) == 2
    witness = Witness(state, [LOG.verifier()], clock=lambda: NOW)
    witness.add_checkpoint(request(0, 16).format())
    witness.add_checkpoint(FORKED.request(16, 30))
    ((unproven, _),) = state.all_evidence()
    assert main([*check, str(unproven)]) == 2
    assert "not proven" in capsys.readouterr().out
    witness.add_checkpoint(FORKED.request(0, 16))
    (split,) = state.root.glob("logs/*/evidence/split-view-*.json")
    assert main([*check, str(split)]) == 1
    assert "16 entries" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("init --state {folder} --name x", "already"),
        ("init --state {folder}/new --name x+y", "not a key name"),
        ("run --state {folder}", "no log is given"),
        ("run --state {folder} --log nonsense", "three parts"),
        ("run --state {folder} --policy {folder}/none", "No such file"),
        ("run --state {folder} --policy {folder}/key", "key: line 1: "),
        (f"run --state {{folder}} --log {VKEY} --listen 127.0.0.1", "HOST:PORT"),
        (f"run --state {{folder}} --log {VKEY} --listen 127.0.0.1:x", "HOST:PORT"),
        (f"run --state {{folder}} --log {VKEY} --listen 127.0.0.1:99999", "HOST:PORT"),
        ("run --state {folder}/none --log x", "holds no witness"),
        ("show --state {folder}/none", "holds no witness"),
        ("check {folder}/none --log nonsense", "three parts"),
    ],
)
def test_what_cannot_be_done_is_said_with_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: str, said: str
) -> None:
    folder, _ = made(tmp_path)
    assert main(["witness", *options.format(folder=folder).split()]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "1970-01-01T00:00:00+00:00"), (2**62, f"{2**62} s after 1970")]
)
def test_any_time_can_be_shown(seconds: int, said: str) -> None:
    assert command._day(seconds) == said
