"""What surrounds Django's migrations: the application's role, and refusing data of a newer version."""

from __future__ import annotations

from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg.conninfo import conninfo_to_dict

from kessai.config import database
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

SQL = Path(__file__).parent / "sql"


class CannotMigrate(Cannot):
    """The database belongs to a newer version."""


def owner_connection(alias: str = "owner") -> BaseDatabaseWrapper:
    return connections[alias]


def unknown_migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """Migrations the database has and this version does not know, as ``app.name``."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known |= set(migration.replaces)
    return sorted(f"{app}.{name}" for app, name in set(loader.applied_migrations) - known)


def all_applied(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database is at this version: nothing left to apply."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def refuse_newer_data(connection: BaseDatabaseWrapper) -> None:
    unknown = unknown_migrations(connection)
    if unknown:
        raise CannotMigrate(
            N_("このデータは新しい版の kessai のものです(未知の変更:%(unknown)s)。"),
            N_("新しい版の kessai を使うか、KESSAI_HOME に別のディレクトリを指定してください。"),
            unknown=", ".join(unknown),
        )


def make_application_role(connection: BaseDatabaseWrapper) -> None:
    """Make ``kessai_app`` where it is missing, and let the application's login role speak as it."""
    login = conninfo_to_dict(database.application_url()).get("user") or ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [database.APPLICATION])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {database.APPLICATION} NOLOGIN")
        if database.is_embedded() or login == database.APPLICATION:
            return
        cursor.execute("SELECT coalesce(%s, current_user)::name", [login or None])
        (member,) = cursor.fetchone()
        # Since PostgreSQL 16 who makes a role is its member, but may neither speak as it nor use its rights.
        speak = "SET" if connection.pg_version >= 160000 else "MEMBER"  # type: ignore[attr-defined]
        cursor.execute(
            "SELECT rolsuper OR (pg_has_role(rolname, %s, 'USAGE') AND pg_has_role(rolname, %s, %s))"
            " FROM pg_roles WHERE rolname = %s",
            [database.APPLICATION, database.APPLICATION, speak, member],
        )
        row = cursor.fetchone()
        if row is not None and not row[0]:
            cursor.execute(f"GRANT {database.APPLICATION} TO {connection.ops.quote_name(member)}")


def grant_foreign_tables(connection: BaseDatabaseWrapper) -> None:
    """Let the application use the tables of the libraries; the rooms' own migrations grant theirs."""
    with connection.cursor() as cursor:
        cursor.execute((SQL / "grants.sql").read_text())
