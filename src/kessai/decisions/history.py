"""How cases went, without what they were about: for whoever counts days. No access check, and nobody is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import connection

from kessai.decisions import machine
from kessai.decisions.access import SQL

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class StepWent:
    """A step of a round. ``answered_at`` None: it was asked and never answered; ``opened_at`` None: never asked."""

    round: int
    last: bool
    stage: int
    kind: str
    post_id: int
    quorum: int | None
    opened_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseWent:
    """``decided_at`` None: not decided, or ended otherwise. ``steps``: round by round, in the order of the route."""

    case_id: UUID
    matter_code: str
    submitted_at: datetime
    decided_at: datetime | None
    steps: tuple[StepWent, ...]


_STEP = tuple(StepWent.__dataclass_fields__)


def went(*, tenant_id: int, since: datetime) -> Iterator[CaseWent]:
    """The cases of a ministry that moved since a time, by their submission; inside the caller's transaction."""
    assert connection.in_atomic_block
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            SQL["answered"], {"tenant": tenant_id, "since": since, "kinds": list(machine.BLOCKING)}
        )
        columns = [column.name for column in cursor.description]
        rows = (
            dict(zip(columns, row, strict=True))
            for some in iter(lambda: cursor.fetchmany(AT_ONCE), [])
            for row in some
        )
        for case_id, of in groupby(rows, key=lambda row: row["case_id"]):
            steps = list(of)
            first = steps[0]
            yield CaseWent(
                case_id,
                first["matter_code"],
                first["submitted_at"],
                first["decided_at"],
                tuple(StepWent(**{key: row[key] for key in _STEP}) for row in steps),
            )
