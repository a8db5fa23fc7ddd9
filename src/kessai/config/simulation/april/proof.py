"""What is looked at in the rows themselves: the day wrote no step, no task was lost, inboxes are right."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

from kessai.decisions import queries as cases
from kessai.kernel.actor import Actor

_KEEP = """
-- Every step that is open or to come, with the version of its row.
CREATE TABLE april_before AS
SELECT s.tenant_id, s.case_id, s.round, s.position, s.kind, s.state, s.xmin::text AS row_xmin, s.ctid::text AS row_ctid
FROM decisions_step s WHERE s.state IN ('open', 'waiting')
"""
_REWRITTEN = """
-- Steps kept before whose row is another version now, other than those that an act on their case took on.
SELECT count(*) FILTER (WHERE (s.xmin::text IS DISTINCT FROM b.row_xmin OR s.ctid::text IS DISTINCT FROM b.row_ctid)
                          AND NOT (b.case_id = ANY(%s) AND s.state IS DISTINCT FROM b.state)),
       count(*)
FROM april_before b
LEFT JOIN decisions_step s USING (tenant_id, case_id, round, position)
"""
_LOST = """
-- Tasks that were open before the day and that nobody ever did: none may be. A step that was merged with a later one
-- of the same post is done there.
SELECT count(*) FROM april_before b
LEFT JOIN decisions_step s USING (tenant_id, case_id, round, position)
WHERE b.state = 'open' AND b.kind <> 'circulate' AND (s.state IS NULL OR s.state NOT IN ('done', 'merged'))
"""
_LEFT = """
-- Every step that is open or to come with the code of the post that is asked.
SELECT s.tenant_id, p.code, s.case_id, s.position, s.state = 'open'
FROM decisions_step s JOIN organisation_post p ON p.id = s.post_id WHERE s.state IN ('open', 'waiting')
"""

Task = tuple[UUID, int]


def _rows(question: str, *params: Any) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(question, params)
        return cursor.fetchall() if cursor.description else []


def keep() -> None:
    """Set aside the versions of all steps that are open or to come."""
    _rows("DROP TABLE IF EXISTS april_before")
    _rows(_KEEP)


def rewritten(*, acted_on: Collection[UUID]) -> tuple[int, int]:
    """How many of the kept steps were written since, and how many were looked at; acts write their own case."""
    written, looked_at = _rows(_REWRITTEN, list(acted_on))[0]
    return int(written), int(looked_at)


def lost() -> int:
    """Open tasks of before the day that were never done, after all cases were brought to their decision."""
    return int(_rows(_LOST)[0][0])


def undecided() -> int:
    """Cases that are under way."""
    return int(_rows("SELECT count(*) FROM decisions_case WHERE state <> 'decided'")[0][0])


@dataclass(frozen=True, slots=True)
class StepLeft:
    """A step that is open or to come: its ministry, the code of its post, its case and place."""

    tenant_id: int
    post: str
    case_id: UUID
    position: int
    is_open: bool


def steps_left() -> list[StepLeft]:
    """Every step that is open or to come, in the rows as they are."""
    return [StepLeft(*row) for row in _rows(_LEFT)]


def post_ids(*, tenant_id: int, codes: Collection[str]) -> dict[str, int]:
    """The ids of posts by their codes."""
    return dict(
        _rows(
            "SELECT code, id FROM organisation_post WHERE tenant_id = %s AND code = ANY(%s)",
            tenant_id,
            list(codes),
        )
    )


def refresh_statistics() -> None:
    """What the database does by itself a minute after many rows came."""
    _rows("ANALYZE")


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose inbox must hold which tasks; tasks of cases ``aside`` are not compared."""

    person_id: int
    tasks: frozenset[Task]
    aside: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Looked:
    """The first look of a day into an inbox: whether it was right, and how long it took."""

    right: bool
    seconds: float
    words: str = ""


def look(expected: Expected, *, at: datetime) -> Looked:
    """The inbox as the page asks for it, beside what it must hold."""
    began = time.perf_counter()
    home = cases.home(actor=Actor(expected.person_id), at=at)
    took = time.perf_counter() - began
    found = {(i.case_id, i.position) for i in home.inbox if i.case_id not in expected.aside}
    all_shown = home.inbox_total == len(home.inbox)
    right = found == expected.tasks if all_shown else found <= expected.tasks
    words = "" if right else f"person {expected.person_id}: {home.inbox_total} of {len(expected.tasks)}"
    return Looked(right, took, words)


def expected(
    people: Mapping[int, Mapping[str, int]],
    wanted: Sequence[tuple[int, str]],
    tasks: Mapping[tuple[int, str], set[Task]],
    aside: frozenset[UUID],
) -> list[Expected]:
    """For people by ministry and staff number, the tasks that are to be in their inboxes."""
    return [
        Expected(people[tenant_id][staff_no], frozenset(tasks.get((tenant_id, staff_no), ())), aside)
        for tenant_id, staff_no in wanted
        if staff_no in people[tenant_id]
    ]
