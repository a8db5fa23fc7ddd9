"""Everything runs, everything is started again, and nothing is left: with real processes."""

from __future__ import annotations

import os
import signal
import socket
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from installation import Installation, Installer, alive, children, wait_gone
from kessai.config import place
from merklelog.evidence import report
from merklelog.evidence.result import Level, State
from merklelog.evidence.verifying import verify


def _word(pid: int) -> str:
    """Which command of kessai a process is."""
    parts = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return parts[parts.index(b"kessai") + 1].decode() if b"kessai" in parts else ""


def _child(supervisor: int, word: str) -> int:
    return next(pid for pid in children(supervisor) if _word(pid) == word)


def _witness(supervisor: int) -> int:
    return next(
        pid
        for pid in children(supervisor)
        if b"merklelog\0witness\0run" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


def _bundle_is_witnessed(demo: Installation) -> None:
    """The witness of the demo has cosigned, and a bundle made in it says so to whoever verifies it."""
    deadline = time.monotonic() + 30
    while _get(demo, "/log/901/checkpoint").count("\N{EM DASH} ") < 2:
        assert time.monotonic() < deadline, demo.log()
        time.sleep(0.2)
    with psycopg.connect(demo.ok("db", "url")) as connection:
        row = connection.execute("SELECT max(number) FROM decisions_case WHERE number <> ''").fetchone()
    assert row is not None
    file = demo.home.with_name("bundle.zip")
    demo.ok("ledger", "evidence", row[0], "-o", str(file))
    with file.open("rb") as bundle:
        result = verify(bundle)
    assert result.levels[Level.WITNESSES] == State.HOLDS
    assert "DEMO-witness-on-the-same-machine" in "\n".join(report.lines(result, "en"))


def _get(demo: Installation, path: str) -> str:
    with urllib.request.urlopen(demo.url(path), timeout=10) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_leaves_nothing_running(
    installation: Installation, how: signal.Signals
) -> None:
    process = installation.up()
    database = installation.database_process()
    assert database is not None
    below = children(process.pid)
    assert {_word(pid) for pid in below} >= {"serve", "worker", "sequencer"}
    # A terminal sends Ctrl-C to the whole group.
    os.killpg(process.pid, how)
    assert process.wait(timeout=60) == 0, installation.log()
    assert "killed" not in installation.log()
    assert wait_gone([*below, database], seconds=1) == []
    assert installation.database_process() is None
    assert "Traceback" not in installation.log()


def test_a_child_that_dies_is_started_again(installation: Installation) -> None:
    process = installation.up()
    before = {word: _child(process.pid, word) for word in ("serve", "worker", "sequencer")}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    assert wait_gone(list(before.values())) == []
    deadline = time.monotonic() + 30
    while installation.health()[0] != 200 or len({_word(pid) for pid in children(process.pid)}) < 3:
        assert time.monotonic() < deadline, installation.log()
        time.sleep(0.2)
    assert not set(before.values()) & set(children(process.pid))


def test_a_database_that_dies_is_started_again(installation: Installation) -> None:
    installation.up()
    before = installation.database_process()
    assert before is not None
    os.kill(before, signal.SIGKILL)
    wait_gone([before])
    deadline = time.monotonic() + 30
    while installation.health()[0] != 200 or installation.database_process() in {None, before}:
        assert time.monotonic() < deadline, installation.log()
        time.sleep(0.2)


def test_the_children_of_a_killed_supervisor_die_with_it_and_the_next_start_works(
    installation: Installation,
) -> None:
    process = installation.up()
    below = children(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert wait_gone(below) == []
    installation.up()


def test_a_taken_port_is_said_in_one_sentence(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        done = installation.run("up")
    assert done.returncode == 2
    assert f"Port {installation.port} is in use by another program." in done.stderr
    assert "Traceback" not in done.stderr
    assert not installation.home.exists()


def test_one_home_is_run_once(install: Installer) -> None:
    first = install()
    process = first.up()
    second = Installation(first.home, install().port)
    done = second.run("up")
    assert done.returncode == 2
    assert str(process.pid) in done.stderr
    assert alive(process.pid)
    assert first.is_well(), first.log()


def test_two_demos_run_side_by_side_and_stop_apart(install: Installer) -> None:
    one, two = install(), install()
    first, second = one.up("demo"), two.up("demo")
    words = ("serve", "worker", "sequencer")
    below, database = [_child(second.pid, word) for word in words], two.database_process()
    os.killpg(first.pid, signal.SIGINT)
    assert first.wait(timeout=60) == 0
    # The same processes as before, and they answer, however busy the machine is.
    assert two.is_well(), two.log()
    assert ([_child(second.pid, word) for word in words], two.database_process()) == (below, database)
    os.killpg(second.pid, signal.SIGINT)
    assert second.wait(timeout=60) == 0


def test_a_demo_keeps_its_data_and_starts_over_when_asked(installation: Installation) -> None:
    def sessions() -> int:
        with psycopg.connect(installation.ok("db", "url")) as connection:
            row = connection.execute("SELECT count(*) FROM django_session").fetchone()
        assert row is not None
        return int(row[0])

    def stop() -> None:
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == 0

    process = installation.up("demo")
    with psycopg.connect(installation.ok("db", "url"), autocommit=True) as connection:
        connection.execute("INSERT INTO django_session VALUES ('kept', '', now())")
    stop()
    process = installation.up("demo")
    assert sessions() == 1
    stop()
    process = installation.up("demo", "--fresh")
    assert sessions() == 0
    assert _word(_witness(process.pid)) == "", "not a command of kessai, and without Django"
    _bundle_is_witnessed(installation)
    stop()
    made = {path.name for path in installation.home.iterdir()}
    assert made <= {*place.NAMES, place.LOCK, place.SUPERVISOR}
    # The database's account must be able to walk through; nobody may look into what lies there.
    for path in installation.home.iterdir():
        if path.name != place.MARKER:
            assert path.stat().st_mode & 0o077 == 0, path
