"""How the command speaks: in the user's words, in the terminal's language, with exit codes."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from installation import Installation, Installer


def test_a_refusal_is_said_in_the_language_of_the_terminal(install: Installer) -> None:
    english = install(KESSAI_PORT="eighty").run("check")
    assert english.stderr == "KESSAI_PORT must be a number from 1 to 65535 (it is: eighty).\n"
    japanese = install(KESSAI_PORT="eighty", LC_ALL="ja_JP.UTF-8").run("up")
    assert japanese.stderr == "KESSAI_PORT は 1 から 65535 までの数でなければなりません(現在の値:eighty)。\n"
    assert english.returncode == japanese.returncode == 2


def test_a_home_that_cannot_be_written_is_said(install: Installer) -> None:
    installation = install(KESSAI_HOME="/proc/kessai")
    done = installation.run("check")
    assert done.returncode == 2
    assert "/proc/kessai" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_is_a_file_is_said(installation: Installation) -> None:
    installation.home.write_text("")
    done = installation.run("check")
    assert done.returncode == 2
    assert "is not a directory" in done.stderr
    installation.home.unlink()


def test_an_unknown_word_is_refused(installation: Installation) -> None:
    assert installation.run("db", "dance").returncode == 2


def test_help_starts_nothing(installation: Installation) -> None:
    assert "url" in installation.ok("db", "--help")
    assert "--fresh" in installation.ok("demo", "--help")
    assert not installation.home.exists()


def test_a_database_without_our_tables_is_said(installation: Installation) -> None:
    done = installation.run("clearsessions")
    assert done.returncode == 2
    assert "kessai migrate" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db(databases=["default", "owner"])
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
