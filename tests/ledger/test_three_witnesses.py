"""Three witnesses as processes of their own, two of whom are a quorum, and what cannot be done behind them."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.db import connection
from made_up_log import AT, TENANT, append
from psycopg import sql

from kessai.ledger import keys, sequencer
from kessai.ledger.models import Alarm
from kessai.ledger.verification import verify_log
from kessai.ledger.witnessing import alarms, policies, records
from kessai.ledger.witnessing.asking import Asker
from merklelog.checkpoint import Checkpoint, sign_checkpoint
from merklelog.cosignature import Cosigner
from merklelog.policy import Policy
from merklelog.tiles import TileReader, entry_bundles, tiles_between
from merklelog.tree import leaf_hash, root_of
from merklelog.witness.state import State
from witnesses import policy, published

TABLES = (
    "ledger_entry",
    "ledger_pending",
    "ledger_leaf",
    "ledger_checkpoint",
    "ledger_cosignature",
    "ledger_alarm",
    "ledger_alarmend",
)
WITNESS = [sys.executable, "-m", "merklelog", "witness"]


class Running:
    """A witness process."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.cosigner = State.create(folder, name).cosigner
        self.port = 0
        self.start()

    def start(self) -> None:
        log = ["--log", str(keys.verifier(TENANT))]
        self.process = subprocess.Popen(
            [*WITNESS, "run", "--state", str(self.folder), "--listen", f"127.0.0.1:{self.port}", *log],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ready(self) -> None:
        assert self.process.stdout is not None
        self.process.stdout.readline()
        found = re.search(r":(\d+)$", self.process.stdout.readline().strip())
        assert found is not None
        self.port = int(found[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=20) == 0
        assert self.process.stdout is not None
        self.process.stdout.close()

    def shows(self) -> tuple[int, Any]:
        done = subprocess.run(
            [*WITNESS, "show", "--json", "--state", str(self.folder)], capture_output=True, text=True
        )
        return done.returncode, json.loads(done.stdout)


@contextmanager
def lying(cosigner: Cosigner) -> Iterator[str]:
    """A witness that signs another root than the one it is shown."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            other = Checkpoint(keys.origin(TENANT), 7, bytes(32)).format()
            body = cosigner.cosign(other, time=int(AT.timestamp())).line.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Administrator:
    """Whoever has the database, the files and the log's key."""

    def __init__(self, superuser: psycopg.Connection, folder: Path) -> None:
        self.superuser, self.folder = superuser, folder

    def run(self, statement: sql.Composed | str) -> None:
        with self.superuser.transaction():
            self.superuser.execute("SET LOCAL session_replication_role = replica")
            self.superuser.execute(statement)

    def back_up(self) -> None:
        self.run("CREATE SCHEMA backup")
        for table in TABLES:
            self.run(sql.SQL("CREATE TABLE backup.{0} AS TABLE {0}").format(sql.Identifier(table)))
        shutil.copytree(keys.store(TENANT).root, self.folder)

    def restore(self) -> None:
        again = sql.SQL("DELETE FROM {0}; INSERT INTO {0} SELECT * FROM backup.{0}")
        self.run(sql.SQL("; ").join(again.format(sql.Identifier(table)) for table in TABLES))
        shutil.rmtree(keys.store(TENANT).root)
        shutil.copytree(self.folder, keys.store(TENANT).root)

    def rewrite(self) -> None:
        """The first entry becomes another; hashes, tiles and all checkpoints follow, signed with the log's key."""
        self.run(
            """UPDATE ledger_entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '"x"', '"z"'), 'UTF8')
               WHERE id = (SELECT entry_id FROM ledger_leaf WHERE index = 0)"""
        )
        rows = self.superuser.execute(
            "SELECT l.index, e.leaf FROM ledger_leaf l JOIN ledger_entry e ON e.id = l.entry_id ORDER BY 1"
        ).fetchall()
        hashes = [leaf_hash(bytes(leaf)) for _, leaf in rows]
        self.run(sql.SQL("UPDATE ledger_leaf SET leaf_hash = {} WHERE index = 0").format(hashes[0]))
        store = keys.store(TENANT)
        shutil.rmtree(store.root)
        for (size,) in self.superuser.execute("SELECT size FROM ledger_checkpoint").fetchall():
            forged = Checkpoint(keys.origin(TENANT), size, root_of(hashes[:size]))
            note = sign_checkpoint(forged, [keys.signer(TENANT)]).decode()
            self.run(
                sql.SQL("UPDATE ledger_checkpoint SET root = {}, note = {} WHERE size = {}").format(
                    forged.root, note, size
                )
            )
            for path, body in entry_bundles(0, [bytes(leaf) for _, leaf in rows[:size]]):
                store.write(path, body)
            for path, body in tiles_between(0, hashes[:size], TileReader(store.read, 0)):
                store.write(path, body)
        sequencer.publish(tenant_id=TENANT)


@pytest.fixture
def three(transactional_db: None, tmp_path: Path) -> Iterator[list[Running]]:
    grown(3)
    made = [Running(tmp_path / name, f"{name}.example/witness") for name in ("archive", "press", "court")]
    try:
        for each in made:
            each.ready()
        yield made
    finally:
        for each in made:
            each.process.kill()
            each.process.wait()
            assert each.process.stdout is not None
            each.process.stdout.close()


@pytest.fixture
def administrator(superuser_connection: psycopg.Connection, tmp_path: Path) -> Iterator[Administrator]:
    yield Administrator(superuser_connection, tmp_path / "files of the backup")
    connection.close()
    superuser_connection.execute("DROP SCHEMA IF EXISTS backup CASCADE")


def grown(count: int) -> int:
    append(count)
    sequencer.step(at=AT)
    newest = records.newest(tenant_id=TENANT)
    assert newest is not None
    return newest.size


def seen_by() -> list[str]:
    judged = Policy.parse(policies.published(TENANT)).judge(published(TENANT))
    return [each.witness.verifier.name.partition(".")[0] for each in judged.seen if each.witness.verifier]


def test_three_witnesses_one_down_one_lying_a_backup_restored_and_a_log_rewritten(
    three: list[Running], administrator: Administrator
) -> None:
    archive, press, court = three
    policy(TENANT, [(each.cosigner, each.url) for each in three], quorum=2)
    Asker().round(at=AT)
    assert seen_by() == ["archive", "press", "court"]

    # One is down: the other two are a quorum, and nothing waits.
    court.stop()
    grown(4)
    Asker().round(at=AT)
    assert seen_by() == ["archive", "press"]
    assert records.quorum_is_met(tenant_id=TENANT, size=7)

    # One lies besides: its word counts for nothing, and says nothing against the log.
    with lying(press.cosigner) as url:
        policy(
            TENANT,
            [(archive.cosigner, archive.url), (press.cosigner, url), (court.cosigner, court.url)],
            quorum=2,
        )
        administrator.back_up()
        grown(6)
        Asker().round(at=AT)
    assert not records.quorum_is_met(tenant_id=TENANT, size=13)
    assert records.cosigned_size(TENANT, alarms.key_hash(press.cosigner.verifier())) == 7
    assert list(Alarm.objects.values_list("what", flat=True)) == ["wrong"]
    assert not alarms.is_contradicted()

    # Both are well again.
    policy(TENANT, [(each.cosigner, each.url) for each in three], quorum=2)
    court.start()
    court.ready()
    Asker().round(at=AT + timedelta(minutes=1))
    assert seen_by() == ["archive", "press", "court"]
    assert verify_log(TENANT)[0] == []

    # The database and its files are put back: what is here is genuine and adds up, but it is not all.
    administrator.restore()
    assert verify_log(TENANT)[0] == []
    Asker().round(at=AT + timedelta(minutes=2))
    said = [
        (each.what, dict(each.text.params)["theirs"])
        for each in alarms.standing(tenant_id=TENANT)
        if each.grave
    ]
    assert said == [("ahead", 13)] * 3

    # It goes on with another history, beyond where the witnesses are: they refuse, and have the proof.
    assert grown(10) == 17
    Asker().round(at=AT + timedelta(minutes=3))
    assert {each.what for each in alarms.standing(tenant_id=TENANT)} >= {"ahead", "inconsistent"}
    assert b"\n7\n" in published(TENANT), "what no quorum has seen is not published"
    for witness in three:
        status, told = witness.shows()
        assert (status, [each["kind"] for each in told["evidence"]]) == (1, ["split-view"])
        assert told["logs"][0]["size"] == 13
        checked = subprocess.run(
            [*WITNESS, "check", told["evidence"][0]["file"], "--log", str(keys.verifier(TENANT))],
            capture_output=True,
            text=True,
        )
        assert checked.returncode == 1
        assert checked.stdout.startswith(f"SPLIT VIEW of {keys.origin(TENANT)}: the log signed 13 entries")


def test_a_log_that_is_rewritten_and_signed_with_its_stolen_key_is_caught_by_its_witnesses(
    three: list[Running], administrator: Administrator
) -> None:
    policy(TENANT, [(each.cosigner, each.url) for each in three], quorum=2)
    Asker().round(at=AT)
    grown(4)
    Asker().round(at=AT)
    assert seen_by() == ["archive", "press", "court"]
    administrator.rewrite()
    assert {each.what for each in verify_log(TENANT)[0]} == {"forged_cosignature"}
    administrator.run("DELETE FROM ledger_cosignature")
    assert [each.what for each in verify_log(TENANT)[0]] == [], "from here alone nobody could tell"
    Asker().round(at=AT + timedelta(minutes=1))
    assert [each.what for each in alarms.standing(tenant_id=TENANT)] == ["inconsistent"] * 3
    assert alarms.is_contradicted()
    for witness in three:
        status, told = witness.shows()
        assert (status, [each["kind"] for each in told["evidence"]]) == (1, ["split-view"])
