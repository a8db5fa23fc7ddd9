"""Notices that no event is behind, inside the caller's transaction: each once, however often its day is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from kessai.decisions.reminding.queries import SQL
from kessai.decisions.telling.mailing import mail
from kessai.kernel.identifiers import new_id


@dataclass(frozen=True, slots=True)
class OfDay:
    """Somebody is to be told of a step (``position`` 0: of the case with its drafter), once for a day."""

    case_id: UUID
    round: int
    position: int
    day: date
    person_id: int


def tell(*, tenant_id: int, about: str, notices: Sequence[OfDay], at: datetime) -> int:
    """Add those notices that are not there yet, and have them mailed; how many that were."""
    assert connection.in_atomic_block
    if not notices:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            SQL["add"],
            {
                "tenant": tenant_id,
                "about": about,
                "at": at,
                "ids": [new_id() for _ in notices],
                "cases": [notice.case_id for notice in notices],
                "rounds": [notice.round for notice in notices],
                "positions": [notice.position for notice in notices],
                "days": [notice.day for notice in notices],
                "people": [notice.person_id for notice in notices],
            },
        )
        added = [row[0] for row in cursor.fetchall()]
    mail(tenant_id=tenant_id, notices=added)
    return len(added)
