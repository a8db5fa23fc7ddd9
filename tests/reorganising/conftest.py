"""A ministry before a reorganisation, in memory and on the stage."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

import stage as the_stage
from kessai.organisation.reorganising import operations
from kessai.organisation.reorganising.lines import HEADINGS
from stage import NOON, Stage

JULY = date(2040, 7, 1)
"""Far enough for the database, which takes nothing back that has begun by its own clock."""

THAT_DAY = datetime(2040, 7, 1, 1, 0, tzinfo=UTC)


def csv(*lines: dict[str, str]) -> bytes:
    """A file with Japanese headings, as an official would have it."""
    keys = [key for key in HEADINGS if any(key in line for line in lines)]
    rows = [[HEADINGS[key] for key in keys], *([line.get(key, "") for key in keys] for line in lines)]
    return "\n".join(",".join(row) for row in rows).encode("cp932")


def started(*lines: dict[str, str], tenant_id: int = 700, day: date = JULY) -> UUID:
    """A draft of a set with these lines, made by an operator."""
    change_id = operations.start(
        actor=None, tenant_id=tenant_id, title="令和22年7月改編", effective=day, at=NOON
    )
    if lines:
        operations.load(actor=None, change_id=change_id, source=csv(*lines), source_name="改編.csv", at=NOON)
    return change_id


def scheduled(*lines: dict[str, str], tenant_id: int = 700) -> UUID:
    change_id = started(*lines, tenant_id=tenant_id)
    operations.schedule(actor=None, change_id=change_id, at=NOON)
    return change_id


@pytest.fixture
def stage(db: None) -> Stage:
    return the_stage.build()
