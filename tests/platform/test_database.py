"""The embedded database and one given from outside, through the command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections import namedtuple
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from installation import Installation, Installer, wait_gone
from kessai.config import database, embedded, place, server_programs
from kessai.config.server_programs import CannotStartDatabase


def _whoami(url: str) -> tuple[str, str]:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_user, current_setting('is_superuser')").fetchone()
    assert row is not None
    return row[0], row[1]


def test_the_connection_strings_are_of_three_roles(installation: Installation) -> None:
    assert _whoami(installation.ok("db", "url")) == ("kessai_app", "off")
    assert _whoami(installation.ok("db", "url", "--owner")) == ("kessai_owner", "off")
    assert _whoami(installation.ok("db", "url", "--superuser")) == ("postgres", "on")


def test_only_the_account_that_runs_it_reaches_the_socket(installation: Installation) -> None:
    host = conninfo_to_dict(installation.ok("db", "url"))["host"]
    assert Path(str(host)).stat().st_mode & 0o077 == 0


def test_status_tells_whether_it_runs(installation: Installation) -> None:
    assert installation.run("db", "status").returncode == 1
    installation.ok("db", "start")
    running = installation.run("db", "status", "--json")
    assert running.returncode == 0
    assert json.loads(running.stdout)["process"] == installation.database_process()
    installation.ok("db", "stop")
    assert installation.run("db", "status").returncode == 1


def test_every_command_starts_the_database_and_leaves_it_running(installation: Installation) -> None:
    installation.ok("check")
    assert installation.database_process() is not None


def test_a_killed_database_is_recovered_by_the_next_command(installation: Installation) -> None:
    installation.ok("migrate")
    pid = installation.database_process()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_gone([pid])
    assert installation.ok("db", "url")
    assert installation.database_process() not in {None, pid}


def test_a_server_whose_programs_were_deleted_with_their_checkout_is_started_again_at_once(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = server_programs._wheel()
    # Not below the directory of the test, which the account of the database cannot walk to.
    with tempfile.TemporaryDirectory() as checkout:
        old = Path(checkout) / wheel.parent.name / wheel.name
        shutil.copytree(wheel, old, symlinks=True)
        libraries = wheel.parent.parent / f"{wheel.parent.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, Path(checkout) / libraries.name)
        for folder in (Path(checkout), *Path(checkout).rglob("*")):
            if not folder.is_symlink():
                folder.chmod(0o755)
        with monkeypatch.context() as before:
            before.setattr(server_programs, "_wheel", lambda: old)
            embedded.ensure_running(place.take(installation.home))
    pid = installation.database_process()
    with psycopg.connect(installation.ok("db", "url")) as connection:
        connection.execute("DO $$ BEGIN END $$")
    assert installation.database_process() not in {None, pid}


def test_a_number_in_the_pid_file_that_is_somebody_elses_does_not_stop_the_start(
    installation: Installation,
) -> None:
    installation.ok("db", "start")
    pid = installation.database_process()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_gone([pid])
    file = place.find(installation.home).data / "postmaster.pid"
    lines = file.read_text().split("\n")
    file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    installation.ok("db", "start")
    assert installation.database_process() not in {None, os.getpid()}


def test_data_of_a_newer_server_is_refused(installation: Installation) -> None:
    installation.ok("db", "start")
    installation.ok("db", "stop")
    (place.find(installation.home).data / "PG_VERSION").write_text("99\n")
    done = installation.run("up")
    assert done.returncode == 2
    assert "belongs to a newer database (PostgreSQL 99)" in done.stderr
    assert "Traceback" not in done.stderr


def test_data_of_a_newer_kessai_is_refused(installation: Installation) -> None:
    installation.ok("migrate")
    with psycopg.connect(installation.ok("db", "url", "--owner")) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('decisions', '9999_future', now())"
        )
    for command in ("migrate", "up"):
        done = installation.run(command)
        assert done.returncode == 2
        assert "The data belongs to a newer version of kessai" in done.stderr
        assert "decisions.9999_future" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_full_disk_is_said_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9 - 10**6, 10**6))
    found = place.take(tmp_path / "home")
    try:
        with pytest.raises(CannotStartDatabase, match="ディスクがいっぱいです"):
            embedded.ensure_running(found)
        assert not found.data.exists()
    finally:
        place.clear(found.home)


def test_what_the_server_says_of_a_full_disk_is_understood(tmp_path: Path) -> None:
    found = place.Place(home=tmp_path, id="x", database=tmp_path, account=None)
    said = 'could not extend file "base/1": No space left on device'
    assert "ディスクがいっぱいです" in str(embedded.explained(found, said))


def test_a_directory_that_is_not_ours_is_neither_used_nor_cleared(installation: Installation) -> None:
    theirs = installation.home / "postgres" / "letter.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("keep me")
    for words in (["db", "start"], ["demo", "--fresh"], ["db", "remove", "--yes"]):
        done = installation.run(*words)
        assert done.returncode in {1, 2}
        assert "Traceback" not in done.stderr
    assert theirs.read_text() == "keep me"
    shutil.rmtree(installation.home)


def test_starting_over_leaves_what_kessai_did_not_make(installation: Installation) -> None:
    installation.ok("db", "start")
    (installation.home / "letter.txt").write_text("keep me")
    installation.ok("db", "remove", "--yes")
    assert (installation.home / "letter.txt").read_text() == "keep me"
    assert not (installation.home / "postgres").exists()


def test_a_home_with_a_path_too_long_for_a_socket_works(tmp_path: Path, install: Installer) -> None:
    installation = install()
    installation.home = tmp_path / ("long" * 25)
    assert _whoami(installation.ok("db", "url")) == ("kessai_app", "off")


@pytest.fixture
def outside(install: Installer) -> str:
    """A superuser's connection string to a PostgreSQL that kessai did not start, with a database ``outside``."""
    other = install()
    superuser = make_conninfo(other.ok("db", "url", "--superuser"), dbname="postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("DROP DATABASE kessai")
        connection.execute("DROP ROLE kessai_app")
        connection.execute("CREATE ROLE ministry LOGIN CREATEROLE")
        connection.execute("CREATE DATABASE outside OWNER ministry")
    return superuser


def _as(superuser: str, role: str) -> str:
    host = str(conninfo_to_dict(superuser)["host"]).replace("/", "%2F")
    return f"postgresql://{role}@/outside?host={host}"


def test_a_database_from_outside_serves_with_the_owners_connection_alone(
    outside: str, install: Installer
) -> None:
    installation = install(KESSAI_DATABASE_URL=_as(outside, "ministry"))
    installation.ok("migrate")
    installation.ok("migrate")
    assert _whoami(installation.ok("db", "url")) == ("kessai_app", "off")
    assert _whoami(installation.ok("db", "url", "--owner")) == ("ministry", "off")
    assert installation.run("db", "url", "--superuser").returncode == 2
    installation.up()
    assert installation.is_well(), installation.log()


def test_a_database_from_outside_serves_with_a_login_of_the_application(
    outside: str, install: Installer
) -> None:
    with psycopg.connect(outside, autocommit=True) as connection:
        connection.execute("CREATE ROLE desk LOGIN")
    installation = install(
        KESSAI_DATABASE_URL=_as(outside, "desk"), KESSAI_DATABASE_OWNER_URL=_as(outside, "ministry")
    )
    installation.ok("migrate")
    url = installation.ok("db", "url")
    assert _whoami(url) == ("desk", "off")
    with psycopg.connect(url) as connection:
        connection.execute("SELECT count(*) FROM django_session")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM django_migrations")


def test_a_database_from_outside_that_does_not_answer_is_said(install: Installer, tmp_path: Path) -> None:
    installation = install(KESSAI_DATABASE_URL=f"postgresql://nobody@/none?host={tmp_path}")
    done = installation.run("migrate")
    assert done.returncode == 2
    assert "The database of KESSAI_DATABASE_URL cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_older_than_15_is_refused() -> None:
    with pytest.raises(database.CannotUseDatabase, match="PostgreSQL 14"):
        database.refuse_old_server(140012)
    database.refuse_old_server(150000)


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://ministry:secret@db.example/kessai",
        "postgresql://ministry@db.example/kessai?options=-c%20work_mem%3D8MB&sslmode=require",
        "host=db.example dbname=kessai user=ministry",
    ],
)
def test_the_role_is_added_to_any_form_of_connection_string(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KESSAI_DATABASE_URL", given)
    before, after = conninfo_to_dict(given), conninfo_to_dict(database.application_url())
    assert str(after.pop("options")).endswith("-c role=kessai_app")
    before.pop("options", None)
    assert after == before
    assert make_conninfo(database.owner_url()) == make_conninfo(given)
