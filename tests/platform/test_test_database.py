"""The fixtures that all other tests stand on."""

from __future__ import annotations

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone


def _whoami() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def _leave_a_session() -> None:
    Session.objects.create(session_key="left", session_data="", expire_date=timezone.now())


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_wrote_is_rolled_back(db: None, turn: int) -> None:
    assert not Session.objects.exists()
    _leave_a_session()


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_committed_is_emptied_and_what_migrations_wrote_is_kept(
    transactional_db: None, turn: int
) -> None:
    assert not Session.objects.exists()
    assert ContentType.objects.exists()
    _leave_a_session()


def test_tests_run_as_the_role_of_the_application(db: None) -> None:
    assert _whoami() == "kessai_app"


def test_the_superuser_sees_what_the_application_committed(superuser_connection: psycopg.Connection) -> None:
    _leave_a_session()
    assert superuser_connection.execute("SELECT count(*) FROM django_session").fetchone() == (1,)
    assert superuser_connection.execute("SHOW is_superuser").fetchone() == ("on",)


def test_the_owner_owns_the_tables_and_is_no_superuser(owner_connection: psycopg.Connection) -> None:
    assert owner_connection.execute("SHOW is_superuser").fetchone() == ("off",)
    owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'django_session'"
    assert owner_connection.execute(owner).fetchone() == ("kessai_owner",)
