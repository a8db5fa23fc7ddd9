"""A database and a home of their own for a run, gone when it ends. The real data is not touched."""

from __future__ import annotations

import contextlib
import json
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kessai.config import database, embedded, environment
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

PREFIX = "kessai_scratch_"


class CannotMakeScratch(Cannot):
    """No database of its own can be made for the run."""


def run(module: str, arguments: Sequence[str]) -> tuple[int, dict[str, Any]]:
    """Run a module of ours in a process of its own, on a fresh database with nothing in it.

    Its exit code and the JSON object it printed ({} if it printed none). Errors: CannotMakeScratch.
    """
    with (
        _ending_in_order(),
        _database() as given,
        tempfile.TemporaryDirectory(prefix="kessai-scratch-") as home,
    ):
        child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**environment.without_settings(), **given, "KESSAI_HOME": home},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            said, _ = child.communicate()
        except BaseException:
            child.terminate()
            child.wait()
            raise
    try:
        return child.returncode, json.loads(said)
    except ValueError:
        return child.returncode or 1, {}


@contextlib.contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let SIGTERM end this process as Ctrl-C does, so that nothing is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _database() -> Iterator[Mapping[str, str]]:
    """A new database; the settings with which a process uses it."""
    name = PREFIX + secrets.token_hex(6)
    owner = database.owner_url()
    # From the first word on: whoever is stopped while the database is made takes it away, too.
    try:
        _create(owner, name)
        yield _settings(name)
    finally:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(owner, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _create(owner: str, name: str) -> None:
    try:
        with psycopg.connect(owner, autocommit=True) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise CannotMakeScratch(
            N_("一時データベースを作れません(%(said)s)。"),
            N_(
                "データベースの所有者に CREATEDB の権限を与えるか、組み込みのデータベースで実行してください。"
            ),
            said=" ".join(str(error).split()),
        ) from error


def _settings(name: str) -> dict[str, str]:
    if database.is_embedded():
        here = database.here()
        return {
            "KESSAI_DATABASE_URL": embedded.url(here, database=name),
            "KESSAI_DATABASE_OWNER_URL": embedded.url(here, role=embedded.OWNER, database=name),
        }
    found = {"KESSAI_DATABASE_URL": _renamed(environment.database_url(), name)}
    if environment.database_owner_url():
        found["KESSAI_DATABASE_OWNER_URL"] = _renamed(environment.database_owner_url(), name)
    return found


def _renamed(url: str, name: str) -> str:
    """The same connection to another database of the server."""
    if "://" not in url:
        return make_conninfo(url, dbname=name)
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name)}"))
