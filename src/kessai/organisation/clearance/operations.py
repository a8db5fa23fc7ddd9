"""Giving and taking clearances: one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.kernel.calendar import day_in_japan
from kessai.organisation.clearance import files, queries
from kessai.organisation.models import Clearance, Person, Post


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: posts and people whose clearances were replaced, and clearances that they have now."""

    subjects: int
    clearances: int


def import_clearances(*, tenant_id: int, source: bytes, at: datetime) -> Imported:
    """Put the clearances of every post and person that a file names in the place of those they have, at once.

    All of the file or nothing; posts and people that it does not name keep theirs. Errors: CannotImport.
    """
    today = day_in_japan(at)
    with transaction.atomic():
        lines = files.read_clearances(
            source,
            posts=dict(Post.objects.filter(tenant_id=tenant_id).values_list("code", "id")),
            people=dict(Person.objects.filter(tenant_id=tenant_id).values_list("staff_no", "id")),
            restrictions=queries.restrictions(tenant_id=tenant_id, on=today),
        )
        _take(
            tenant_id,
            [line.post for line in lines if line.post],
            [line.person for line in lines if line.person],
            at,
        )
        made = Clearance.objects.bulk_create(
            Clearance(
                tenant_id=tenant_id,
                post_id=line.post,
                person_id=line.person,
                covers=line.covers,
                period=DateRange(max(line.start or today, today), line.end),
                given_at=at,
            )
            for line in lines
            if line.covers and (line.end is None or line.end > today)
        )
    return Imported(len({(line.post, line.person) for line in lines}), len(made))


def _take(tenant_id: int, posts: list[int], people: list[int], at: datetime) -> None:
    """End what is in force now, to the second; what has not begun never does."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE organisation_clearance IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(
            """UPDATE organisation_clearance SET replaced_at = %s,
                      period = daterange(lower(period),
                                         GREATEST(lower(period), LEAST(upper(period), %s::date + 1)))
               WHERE tenant_id = %s AND (post_id = ANY(%s) OR person_id = ANY(%s)) AND replaced_at IS NULL
                 AND (upper_inf(period) OR upper(period) > %s)""",
            [at, day_in_japan(at), tenant_id, posts, people, day_in_japan(at)],
        )
