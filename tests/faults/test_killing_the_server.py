"""The server is killed at random moments while people work: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import psycopg
import pytest

from installation import Installation, children, free_port, wait_gone

from . import work
from .work import Office

ROUNDS = 20
CASES = 200
THREADS = 4
SEED = int(os.environ.get("FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)

SEQUENCER_TOO, DATABASE_TOO = 0.4, 0.25
"""In what part of the rounds the sequencer and PostgreSQL are killed with the web server."""

LONGEST_START_SECONDS = 60.0


class House:
    """An installation whose parts can be killed one by one."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.parts: dict[str, subprocess.Popen[str]] = {}

    def seed(self) -> None:
        """Fill it with the sample ministry, as the demo does on its first start."""
        demo = self.installation.up("demo")
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(timeout=60) == 0, self.installation.log()

    def start(self) -> None:
        """Start what does not run; ready when /healthz says so."""
        if self.installation.database_process() is None:
            self.installation.ok("db", "start")
        for word in ("serve", "sequencer"):
            if word not in self.parts:
                self.parts[word] = self.installation.start(word)
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while self.installation.health()[0] != 200:
            assert time.monotonic() < deadline, self.installation.log()[-4000:]
            time.sleep(0.05)

    def kill(self, word: str) -> None:
        """kill -9 of the whole process group, and see that nothing of it is left."""
        process = self.parts.pop(word)
        below = children(process.pid)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
        assert wait_gone(below) == []

    def kill_database(self) -> None:
        pid = self.postmaster()
        below = children(pid)
        os.kill(pid, signal.SIGKILL)
        assert wait_gone([pid, *below]) == []

    def postmaster(self) -> int:
        pid = self.installation.database_process()
        assert pid is not None
        return pid

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True)

    @cached_property
    def url(self) -> str:
        return self.installation.ok("db", "url", "--superuser")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    installation = Installation(
        tmp_path / "home", free_port(), {"KESSAI_DEMO": "1", "KESSAI_LOG_LEVEL": "ERROR"}
    )
    yield House(installation)
    installation.close()


def _people(house: House) -> dict[str, int]:
    with house.connect() as connection:
        found = connection.execute(
            "SELECT staff_no, id FROM organisation_person WHERE staff_no = ANY(%s)", [list(work.PEOPLE)]
        )
        people = {str(number): int(person) for number, person in found.fetchall()}
    assert set(people) == set(work.PEOPLE)
    return people


@pytest.mark.fault
@pytest.mark.timeout(900)
def test_no_acknowledged_act_is_lost_or_doubled_however_often_the_server_is_killed(house: House) -> None:
    chance = random.Random(SEED)
    print(f"seed {SEED} (FAULT_SEED repeats the choices)")
    house.seed()
    house.start()
    sample = _acts_on_record(house)
    office = Office(house.installation.port, _people(house), work.matters(CASES, chance), THREADS, SEED)
    office.start()

    killed: Counter[str] = Counter()
    done_unseen = 0
    for _ in range(ROUNDS):
        office.open.set()
        time.sleep(chance.uniform(0.2, 1.4))
        assert not office.failures, office.failures
        house.kill("serve")
        killed["serve"] += 1
        if chance.random() < SEQUENCER_TOO:
            house.kill("sequencer")
            killed["sequencer"] += 1
        if chance.random() < DATABASE_TOO:
            house.kill_database()
            killed["database"] += 1
        office.open.clear()
        house.start()
        done_unseen += _done_without_an_answer(house, office)
    at_end_of_rounds = sum(matter.done for matter in office.matters)
    office.open.set()
    office.finish(seconds=300)
    assert not office.failures, (office.failures, house.installation.log()[-4000:])
    print(
        f"killed {dict(killed)}; {len(office.book.acknowledged)} acts acknowledged,"
        f" {len(office.book.unanswered)} sent without an answer, {done_unseen} of those were done;"
        f" {at_end_of_rounds} of {CASES} cases decided when the killing ended"
    )

    assert all(matter.done for matter in office.matters)
    assert office.book.unanswered, "no act was under way at any of the kills: the test has proved nothing"
    assert 0 < at_end_of_rounds < CASES, (
        "the work was over before the killing: the test has proved too little"
    )
    _check_record(house, office, sample)
    _check_ledger(house)
    assert house.installation.is_well(), house.installation.log()


def _done_without_an_answer(house: House, office: Office) -> int:
    """How many acts whose answer never came are on the record all the same."""
    waiting = [matter.waiting.act_id for matter in office.matters if matter.waiting is not None]
    with house.connect() as connection:
        row = connection.execute(
            "SELECT count(*) FROM decisions_event WHERE act_id = ANY(%s::uuid[])", [waiting]
        ).fetchone()
    assert row is not None
    return int(row[0])


def _acts_on_record(house: House) -> dict[str, str]:
    """Kind of act by act id."""
    with house.connect() as connection:
        return dict(connection.execute("SELECT act_id::text, kind FROM decisions_event").fetchall())


def _check_record(house: House, office: Office, sample: dict[str, str]) -> None:
    """Beside the sample the record holds what was acknowledged, once, and nothing else; numbers have no gap."""
    refs = [matter.ref.split("-", 1)[1] for matter in office.matters]
    assert len(set(refs)) == CASES
    with house.connect() as connection:
        events = connection.execute(
            "SELECT act_id::text, kind, case_id::text, round, position FROM decisions_event"
        ).fetchall()
        states = connection.execute(
            "SELECT state, number FROM decisions_case WHERE id = ANY(%s::uuid[])", [refs]
        ).fetchall()
        (sealed, numbered, received) = connection.execute(  # type: ignore[misc]
            "SELECT count(*) FILTER (WHERE state IN ('decided', 'circulated')), count(*) FILTER (WHERE number <> ''),"
            " (SELECT count(*) FROM decisions_receiptevent) FROM decisions_case"
        ).fetchone()
        numbers = connection.execute(
            "SELECT symbol, fiscal_year, array_agg(serial ORDER BY serial) FROM records_documentnumber GROUP BY 1, 2"
        ).fetchall()
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM decisions_decidedoriginal),"
            " (SELECT count(*) FROM records_record)"
        ).fetchone()
    acts = Counter(act for act, *_ in events)
    assert max(acts.values()) == 1
    on_record = {act: kind for act, kind, *_ in events}
    assert on_record == sample | office.book.acknowledged
    answers = Counter((case, round, position) for _, _, case, round, position in events if case in set(refs))
    assert max(answers.values()) == 1, "a step was answered twice"

    assert {state for state, _ in states} == {"decided"}
    assert len(states) == len({number for _, number in states}) == CASES
    assert sum(len(serials) for *_, serials in numbers) == numbered
    for symbol, year, serials in numbers:
        assert serials == list(range(1, len(serials) + 1)), (symbol, year)
    assert counts == (len(events) + received, sealed, sealed)


def _check_ledger(house: House) -> None:
    """Everything appended was numbered and signed, and the verifier finds nothing."""
    deadline = time.monotonic() + 30
    with house.connect() as connection:
        while connection.execute("SELECT 1 FROM ledger_pending LIMIT 1").fetchone() is not None:
            assert time.monotonic() < deadline, "the sequencer has stopped numbering"
            time.sleep(0.1)
    time.sleep(1.0)
    done = house.installation.run("ledger", "verify", "--json", timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)
