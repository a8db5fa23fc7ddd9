"""Changing a directory of addressees, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max

from kessai.records.addressees.queries import Member
from kessai.records.models import Addressee


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change did, in entries of the group."""

    new: int
    ended: int
    stayed: int


def set_group(
    *,
    tenant_id: int,
    name: str,
    name_en: str,
    members: Sequence[Member],
    on: date,
    at: datetime | None = None,
    person_id: int | None = None,
) -> Moved:
    """Let a group be these addressees, in this order, from a day until further notice.

    What was in force before the day stays on record; what was planned from the day on is replaced.
    """
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE records_addressee IN SHARE ROW EXCLUSIVE MODE")
    mine = Addressee.objects.filter(tenant_id=tenant_id, group=name)
    wanted = {
        member.name: (position, name_en, member.keywords) for position, member in enumerate(members, start=1)
    }
    kept: set[str] = set()
    ended: list[int] = []
    dropped: list[int] = []
    for row in mine.filter(period__overlap=DateRange(on, None)):
        stays = row.period.upper is None and row.period.lower <= on
        if stays and wanted.get(row.name) == (row.position, row.group_en, row.keywords):
            kept.add(row.name)
        else:
            (ended if row.period.lower < on else dropped).append(row.id)
    place = _place(tenant_id, name)
    Addressee.objects.filter(id__in=dropped).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_addressee SET period = daterange(lower(period), %s) WHERE id = ANY(%s)",
            [on, ended],
        )
    made = Addressee.objects.bulk_create(
        Addressee(
            tenant_id=tenant_id,
            group=name,
            group_en=name_en,
            group_position=place,
            name=member,
            keywords=keywords,
            position=position,
            period=DateRange(on, None),
            changed_by=person_id,
            changed_at=at,
        )
        for member, (position, _, keywords) in wanted.items()
        if member not in kept
    )
    return Moved(len(made), len(ended) + len(dropped), len(kept))


def _place(tenant_id: int, name: str) -> int:
    """Where a group stands among the others; a new one is the last."""
    rows = Addressee.objects.filter(tenant_id=tenant_id)
    there = rows.filter(group=name).values_list("group_position", flat=True).first()
    if there is not None:
        return int(there)
    return int(rows.aggregate(last=Max("group_position"))["last"] or 0) + 1
