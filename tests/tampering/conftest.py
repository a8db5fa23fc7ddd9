"""A sealed record for each file of tests; every test gets it untouched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import override_settings
from sealed_record import Record, act

import stage as the_stage
from kessai.ledger import verification as log


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of one file go to one process, for the record that they share takes seconds to make."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="module")
def record(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[Record]:
    root: ModuleType = request.config.pluginmanager.getplugin(
        str(Path(__file__).parent.parent / "conftest.py")
    )
    with (
        django_db_blocker.unblock(),
        psycopg.connect(root._url("postgres", root._current()), autocommit=True) as superuser,
    ):
        made = Record(tmp_path_factory.mktemp("record"), superuser)
        try:
            with override_settings(**made.settings()):
                made.cases = act(the_stage.build(rows=(*the_stage.ROWS, the_stage.NOTICE)))
            made.keep()
            yield made
        finally:
            connection.close()
            superuser.execute("DROP SCHEMA IF EXISTS kept CASCADE")
            root._empty(superuser)


@pytest.fixture
def sealed(record: Record, settings: Any, django_db_blocker: Any, monkeypatch: Any) -> Iterator[Record]:
    for name, path in record.settings().items():
        setattr(settings, name, path)
    monkeypatch.setattr(log, "STALE_SECONDS", 0.0)
    with django_db_blocker.unblock():
        yield record
        connection.close()
        record.put_back()
