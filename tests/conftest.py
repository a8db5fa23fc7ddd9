"""The test database: a cluster of its own, and in it one database for each process that runs tests.

A template is migrated once for each state of the migrations; every process copies it. Tests connect as the
application does, with the role that may not alter what is decided: only the fixtures below get around it.
KESSAI_DATABASE_URL, when set, names a superuser of a cluster to use instead of the embedded one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

import browser
import measured
from kessai.config import embedded, place

ROOT = Path(__file__).parent.parent
TEST_HOME = ROOT / ".test-home"
GIVEN = os.environ.get("KESSAI_DATABASE_URL", "")
BASELINE = "test_baseline"


# How long something takes says how busy the machine is.
hypothesis.settings.register_profile(
    "any machine",
    parent=hypothesis.settings.get_profile("ci" if os.environ.get("CI") == "true" else "default"),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-tables", action="store_true", help="write tables of expected outcomes as they are found"
    )


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    config.pluginmanager.register(measured)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False  # hundreds of processes that tests start would compile all anew
    # Nothing that a test does may touch the data of whoever runs it.
    os.environ["KESSAI_HOME"] = str(TEST_HOME)
    for name in ("KESSAI_DATABASE_URL", "KESSAI_DATABASE_OWNER_URL", "KESSAI_PORT", "KESSAI_DEMO"):
        os.environ.pop(name, None)
    settings.KESSAI_HOME = TEST_HOME
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser, journeys are left out with a word about it; where everything must run, that is an error."""
    journeys = [item for item in items if item.get_closest_marker("journey")]
    if not journeys or browser.executable() is not None:
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(f"{len(journeys)} browser journeys need Chromium: {browser.HOW_TO_GET_IT}")
    for item in journeys:
        item.add_marker(pytest.mark.skip(reason=f"no Chromium found: {browser.HOW_TO_GET_IT}"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Replaced by django_db_setup."""


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"test_kessai_{worker}_{os.getpid()}"
    with django_db_blocker.unblock():
        with _one_at_a_time(), psycopg.connect(_cluster(), autocommit=True) as server:
            _drop_abandoned(server)
            template = _template(server)
            server.execute(_ddl("CREATE DATABASE {} OWNER kessai_owner TEMPLATE {}", name, template))
        _point_django_at(name)
        with _patched_flush(name):
            yield
        _close_all()
        with _one_at_a_time(), psycopg.connect(_cluster(), autocommit=True) as server:
            server.execute(_ddl("DROP DATABASE {} WITH (FORCE)", name))
            last = not _in_use(server)
            server.close()
            if last and not GIVEN:
                embedded.stop(place.find(TEST_HOME))


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    """Files, tiles and keys of a test are its own."""
    settings.KESSAI_BLOBS = tmp_path / "blobs"
    settings.KESSAI_PREVIEWS = tmp_path / "previews"
    settings.KESSAI_LEDGER_DIR = tmp_path / "ledger"
    settings.KESSAI_KEYS_DIR = tmp_path / "keys"
    settings.KESSAI_POLICY_DIR = tmp_path / "policy"
    settings.KESSAI_DEMO_POLICY = tmp_path / "witness" / "policy"


@pytest.fixture
def superuser_connection(transactional_db: None) -> Iterator[psycopg.Connection]:
    """To the test database, as the one role that nothing is refused. Autocommit."""
    with psycopg.connect(_url("postgres", _current()), autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner_connection(transactional_db: None) -> Iterator[psycopg.Connection]:
    """To the test database, as the role that owns the tables. Autocommit."""
    with psycopg.connect(_url("kessai_owner", _current()), autocommit=True) as connection:
        yield connection


def _cluster() -> str:
    """Connection string of the superuser; starts the cluster and makes the roles."""
    if not GIVEN:
        home = place.take(TEST_HOME)
        embedded.ensure_running(home, durable=False)
        return embedded.url(home, role=embedded.SUPERUSER, database="postgres")
    with psycopg.connect(GIVEN, autocommit=True) as server:
        for role in ("kessai_owner CREATEDB CREATEROLE", "kessai_app"):
            with contextlib.suppress(psycopg.errors.DuplicateObject):
                server.execute(f"CREATE ROLE {role}")
    return GIVEN


def _url(role: str, database: str) -> str:
    if not GIVEN:
        return embedded.url(place.find(TEST_HOME), role=role, database=database)
    if role == "postgres":
        return make_conninfo(GIVEN, dbname=database)
    return make_conninfo(GIVEN, dbname=database, options=f"-c role={role}")


def _current() -> str:
    from django.db import connections

    return str(connections["default"].settings_dict["NAME"])


def _point_django_at(name: str) -> None:
    from django.db import connections

    from kessai.config import database

    connections.close_all()
    for alias, role in (("default", "kessai_app"), ("owner", "kessai_owner")):
        connections[alias].settings_dict.update(database.django_settings(_url(role, name)))
        connections[alias].settings_dict["CONN_HEALTH_CHECKS"] = False


def _close_all() -> None:
    from django.db import connections

    connections.close_all()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (TEST_HOME.parent / ".test-lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _template(server: psycopg.Connection) -> str:
    """Name of the database in the state of the migrations as they are on disk, made if missing."""
    name = f"test_kessai_template_{_state_of_migrations()}"
    if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return name
    stale = server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test_kessai_template%'")
    for (old,) in stale.fetchall():
        server.execute(_ddl("DROP DATABASE IF EXISTS {} WITH (FORCE)", old))
    making = "test_kessai_template_in_the_making"
    server.execute(_ddl("CREATE DATABASE {} OWNER kessai_owner", making))
    _point_django_at(making)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _close_all()
    with psycopg.connect(_url("postgres", making), autocommit=True) as connection:
        _keep_baseline(connection)
    server.execute(_ddl("ALTER DATABASE {} RENAME TO {}", making, name))
    return name


def _state_of_migrations() -> str:
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    source = ROOT / "src/kessai"
    for file in sorted([*source.glob("*/migrations/*.py"), *source.rglob("*.sql")]):
        digest.update(str(file.relative_to(source)).encode() + b"\0" + file.read_bytes())
    # This file decides what is kept beside the migrated tables.
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:16]


def _in_use(server: psycopg.Connection) -> list[str]:
    """Databases that test processes made for themselves."""
    found = server.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_kessai_[a-z0-9]+_[0-9]+$'")
    return [name for (name,) in found.fetchall()]


def _drop_abandoned(server: psycopg.Connection) -> None:
    """Databases of test processes that are gone."""
    for name in _in_use(server):
        if not Path(f"/proc/{name.rsplit('_', 1)[1]}").exists():
            server.execute(_ddl("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


def _tables(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
    )
    return [name for (name,) in found.fetchall()]


def _filled(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    question = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM public.{})").format(sql.Literal(t), sql.Identifier(t))
        for t in tables
    )
    return [name for (name,) in connection.execute(question).fetchall()] if tables else []


def _keep_baseline(connection: psycopg.Connection) -> None:
    """Set aside the rows that migrations wrote, so that they can be put back after a test."""
    connection.execute(_ddl("CREATE SCHEMA {}", BASELINE))
    for table in _filled(connection, _tables(connection)):
        connection.execute(_ddl("CREATE TABLE {}.{} AS TABLE public.{}", BASELINE, table, table))


def _empty(connection: psycopg.Connection) -> None:
    """Every table as the migrations left it, whatever triggers and grants refuse."""
    kept = {
        name
        for (name,) in connection.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s",
            [BASELINE],
        ).fetchall()
    }
    filled = set(_filled(connection, _tables(connection)))
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL lock_timeout = '20s'")
        for table in sorted(filled - {"django_migrations"}):
            connection.execute(_ddl("DELETE FROM public.{}", table))
        for table in sorted(kept - {"django_migrations"}):
            columns = sql.SQL(", ").join(
                sql.Identifier(name)
                for (name,) in connection.execute(
                    "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
                    " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                    [f'public."{table}"'],
                ).fetchall()
            )
            connection.execute(
                sql.SQL(
                    "INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM {2}.{0}"
                ).format(sql.Identifier(table), columns, sql.Identifier(BASELINE))
            )


@contextlib.contextmanager
def _patched_flush(name: str) -> Iterator[None]:
    """Let tests with real transactions clean up although the database forbids it to everybody else."""
    from django.db import connections
    from django.test import TestCase, TransactionTestCase

    case_class: Any = TransactionTestCase
    django_flush = case_class._fixture_teardown

    def flush(case: Any) -> None:
        if isinstance(case, TestCase):
            django_flush(case)
            return
        connections["default"].close()
        with psycopg.connect(_url("postgres", name), autocommit=True) as connection:
            _empty(connection)

    case_class._fixture_teardown = flush
    try:
        yield
    finally:
        case_class._fixture_teardown = django_flush


def _ddl(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*(sql.Identifier(name) for name in names))
