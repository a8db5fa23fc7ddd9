"""April 1 in small: the command as it is typed, on a scratch database of the tests' cluster."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kessai.config.simulation.april import batch, chart, scratch
from kessai.config.simulation.april.batch import Batch
from kessai.organisation.staffing import MARK

HOME = Path(__file__).parents[2] / ".test-home"


def started(*arguments: str) -> subprocess.Popen[str]:
    """The command, as somebody types it."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("KESSAI_")}
    return subprocess.Popen(
        [sys.executable, "-m", "kessai", "simulate", "april", *arguments],
        env={**ours, "KESSAI_HOME": str(HOME), "LC_ALL": "ja_JP.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background may have told its children to ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


@pytest.fixture
def owner(owner_connection: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The tests that count the scratch databases of the cluster run one at a time, in whatever process."""
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield owner_connection


def scratches(connection: psycopg.Connection) -> list[str]:
    """The scratch databases that are there."""
    found = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s", [scratch.PREFIX + "%"]
    )
    return [name for (name,) in found.fetchall()]


def test_april_passes_in_small_and_leaves_nothing_behind(owner: psycopg.Connection) -> None:
    running = started("--staff=400", "--transfers=150", "--cases=24", "--seed=3", "--json")
    said, told = running.communicate()
    assert running.returncode == 0, said + told
    found = json.loads(said)
    assert found["good"] and set(found["must_be_zero"].values()) == {0}
    seen = found["seen"]
    assert (seen["posts"], seen["transfers"], seen["cases"]) == (400, 150, 24)
    assert seen["step_rows_compared"] > 24 and seen["inboxes_with_tasks"] > 0
    assert seen["acts_at_night"]["after_midnight"] > 0 and sum(seen["turned_away"].values()) > 0
    assert seen["ledger_cases"] >= 22
    assert found["impact"]["cases"] > 0
    assert not scratches(owner)


def test_a_chart_that_cannot_be_read_is_said_and_nothing_is_left(
    owner: psycopg.Connection,
) -> None:
    running = started("--staff=400", "--transfers=10", "--cases=1", "--units=/nowhere/units.csv")
    _, told = running.communicate()
    assert running.returncode == 2
    assert "/nowhere/units.csv が読めません" in told
    assert not scratches(owner)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_takes_its_database_with_it(
    owner: psycopg.Connection, number: signal.Signals
) -> None:
    running = started("--staff=400", "--transfers=150", "--cases=24")
    deadline = time.monotonic() + 60
    while not scratches(owner):
        assert running.poll() is None and time.monotonic() < deadline
        time.sleep(0.1)
    running.send_signal(number)
    running.communicate(timeout=60)
    assert running.returncode != 0
    assert not scratches(owner)


POSTS = {
    1: {
        f"1.{bureau}.{division}{MARK}{what}": f"{bureau}{division}{what}"
        for bureau in range(1, 6)
        for division in range(1, 6)
        for what in ("head", "deputy", "officer1", "officer2")
    }
}


def _plan(transfers: int, seed: int = 1) -> Batch:
    (made,) = batch.plan(posts=POSTS, transfers=transfers, seed=seed)
    return made


@pytest.mark.parametrize("transfers", [1, 2, 10, 33, 60])
def test_as_many_people_are_appointed_as_were_asked_for_each_to_one_post(transfers: int) -> None:
    made = _plan(transfers)
    appointed = [line for line in made.lines if line["act"] == "appoint"]
    assert len(appointed) == made.transfers == transfers
    assert (
        len({line["staff_no"] for line in appointed})
        == len({line["post"] for line in appointed})
        == transfers
    )
    assert made.source().decode().count("\n") == len(made.lines) + 1


def test_nobody_is_left_without_a_post_who_does_not_retire() -> None:
    made = _plan(60)
    retired = {line["staff_no"] for line in made.lines if line["act"] == "retire"}
    assert {*made.before.values()} - {*made.after.values()} == retired
    assert {*made.after.values()} - {*made.before.values()} - {None} == {staff_no for staff_no, _ in made.new}


def test_the_same_seed_makes_the_same_orders_and_another_one_others() -> None:
    assert _plan(30).lines == _plan(30).lines
    assert _plan(30).lines != _plan(30, seed=2).lines


def test_a_folded_post_is_held_by_whoever_holds_the_post_it_went_into() -> None:
    made = Batch(1, after={"b": "2"}, folded={"a": "b"})
    assert made.holder("a", {}) == "2"
    assert made.holder("c", {"c": "3"}) == "3"
    assert made.holder("d", {"d": ""}) is None


def test_a_chart_made_up_has_every_office_that_rules_ask_for() -> None:
    text = chart.made_up(20_000).decode()
    assert text.count("大臣官房会計課") == 0 and text.count("会計課") == text.count("文書課") == 2
    assert len(text.splitlines()) > 100
