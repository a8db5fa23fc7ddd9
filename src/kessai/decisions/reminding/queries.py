"""What a day brings in a ministry: whom a deadline reminds, where nobody can act, what is held for long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import access, machine, mergers, stuck
from kessai.decisions.models import Case, Event
from kessai.decisions.reminding import rules
from kessai.decisions.replay import Step
from kessai.kernel.calendar import JAPAN, day_in_japan
from kessai.kernel.words import Text
from kessai.organisation import queries as organisation
from kessai.organisation.queries import Seated
from kessai.organisation.rules import Seat
from kessai.organisation.settings import settings_of
from kessai.organisation.workdays.queries import workdays

SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}
FIRST = UUID(int=0)
AT_ONCE = 300
"""Cases that are looked at together."""


def _rows(name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(SQL[name], params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def last_by_hand(case: Case) -> date | None:
    """The day on which somebody last reminded whoever had the case."""
    return last_of(
        Event.objects.filter(tenant_id=case.tenant_id, case_id=case.id, kind=machine.REMINDED).order_by("seq")
    )


def last_of(events: Iterable[Event]) -> date | None:
    """The same, of events at hand, in order."""
    days = [day_in_japan(event.at) for event in events if event.kind == machine.REMINDED]
    return days[-1] if days else None


@dataclass(frozen=True, slots=True)
class Due:
    """An open task of which its post is reminded today: ``why`` before, today, overdue.

    ``position`` 0, ``kind`` "": the case is with its drafter; below 0: a question, or what a head passed on (see
    Notice). ``people``: whoever has the matters of the post.
    """

    case_id: UUID
    round: int
    position: int
    kind: str
    post_id: int
    deadline: date
    why: str
    people: tuple[Seated, ...]


def due(*, tenant_id: int, at: datetime, after: UUID = FIRST) -> tuple[tuple[Due, ...], UUID | None]:
    """Whom deadlines remind today, reminded already or not, for some cases after an id; and the id to go on from.

    A task that came today has told of itself: it reminds from the next day on.
    """
    today = day_in_japan(at)
    days = workdays(tenant_id=tenant_id, on=today)
    if not days.is_working(today):
        return (), None
    ahead = rules.deadlines(today, days)
    asked = {"tenant": tenant_id, "after": after, "today": today, "deadlines": list(ahead), "limit": AT_ONCE}
    rows = _rows("due", asked)
    readers = settings_of(tenant_id=tenant_id, on=today)["remind_readers"] == "yes"
    tasks = [
        task
        for task in _tasks(tenant_id, rows, today, readers=readers)
        if rules.reminds(task["deadline"], today, ahead) and day_in_japan(task["since"]) < today
    ]
    seated = organisation.seated(post_ids={task["post_id"] for task in tasks}, on=today)
    found = tuple(
        Due(
            case_id=task["case_id"],
            round=task["round"],
            position=task["position"],
            kind=task["kind"],
            post_id=task["post_id"],
            deadline=task["deadline"],
            why=ahead.get(task["deadline"], rules.OVERDUE),
            people=seated.get(task["post_id"], ()),
        )
        for task in tasks
    )
    return found, rows[-1]["case_id"] if len(rows) == AT_ONCE else None


def _tasks(
    tenant_id: int, cases: Sequence[Mapping[str, Any]], today: date, *, readers: bool
) -> Iterable[dict[str, Any]]:
    """What waits in some cases, as rows: rework of the drafter, open steps of today's route, questions and 回付.

    The deadline is the case's; at a step whose answer is asked for by a day of its own, that day.

    ``readers``: those of a case that is only read are reminded too, until its date has passed.
    """
    routed = [case["case_id"] for case in cases if case["state"] == machine.ROUTED]
    steps: dict[UUID, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(access.SQL["steps_of"], {"tenant": tenant_id, "cases": routed})
        columns = [column.name for column in cursor.description]
        for row in cursor.fetchall():
            step = dict(zip(columns, row, strict=True))
            steps.setdefault(step["case_id"], []).append(step)
    posts = {step["post_id"] for of in steps.values() for step in of}
    successors = organisation.successors(post_ids=posts, on=today) if posts else {}
    requests: dict[UUID, list[dict[str, Any]]] = {}
    for request in _rows("requests", {"tenant": tenant_id, "cases": [case["case_id"] for case in cases]}):
        requests.setdefault(request["case_id"], []).append(request)
    for case in cases:
        of = {"case_id": case["case_id"], "round": case["round"], "deadline": case["deadline"]}
        if case["state"] in machine.WITH_DRAFTER:
            mine = {"position": 0, "kind": "", "post_id": case["drafter_post_id"]}
            yield of | mine | {"since": case["updated_at"]}
        for step in mergers.state_now(steps.get(case["case_id"], ()), successors):
            place = Step(step["position"], step["stage"], step["kind"], step["post_id"], step["state"])
            until_read = readers and case["only_read"] and case["deadline"] >= today
            if rules.waits(place, until_read=until_read):
                at = {key: step[key] for key in ("position", "kind", "post_id")}
                due_on = step["answer_by"] or case["deadline"]
                yield of | at | {"since": step["opened_at"] or step["updated_at"], "deadline": due_on}
        for request in requests.get(case["case_id"], ()):
            asked = {key: request[key] for key in ("round", "kind", "post_id", "since")}
            yield of | asked | {"position": -request["seq"]}


@dataclass(frozen=True, slots=True)
class StuckStep:
    """An open step at which nobody can act: ``since`` when that is so, and ``why``, with whom to ask."""

    tenant_id: int
    case_id: UUID
    round: int
    position: int
    kind: str
    post_title: str
    unit_name: str
    since: date
    why: Text
    drafter_post_id: int
    drafter_person_id: int
    drafter_unit: str
    drafter_name: str


def stuck_steps(*, tenant_id: int, at: datetime) -> tuple[StuckStep, ...]:
    """Every open step of a ministry's cases at which nobody can act today (A59, S28)."""
    today = day_in_japan(at)
    posts = {row["post_id"] for row in _rows("open_posts", {"tenant": tenant_id})}
    seats = organisation.seats(post_ids=posts, on=today) if posts else {}
    empty = {post for post in posts if post not in seats or seats[post].holder_id is None}
    rows = _rows("open_at", {"tenant": tenant_id, "posts": list(empty)})
    at_posts = {row["post_id"] for row in rows}
    hidden = set(mergers.differences(posts=at_posts, tenants=[tenant_id], on=today).hidden) if rows else set()
    rows = [row for row in rows if (tenant_id, row["case_id"], row["position"]) not in hidden]
    asked: dict[tuple[int, str], dict[int, str]] = {}
    for row in rows:
        if row["post_id"] in empty:
            asked.setdefault((tenant_id, row["kind"]), {})[row["post_id"]] = row["post_title"]
    vacant = stuck.by_kind(asked=asked, seats=seats, at=at)
    unseen = _unseen(tenant_id, rows, seats, at)
    why = {
        (row["case_id"], row["position"]): said
        for row in rows
        if (said := vacant.get((row["post_id"], row["kind"])) or unseen.get((row["case_id"], row["post_id"])))
    }
    now = {post: seats[post].post_id if post in seats else post for post in empty}
    since = organisation.empty_since(post_ids=set(now.values()), on=today)
    return tuple(
        StuckStep(
            tenant_id=tenant_id,
            case_id=row["case_id"],
            round=row["round"],
            position=row["position"],
            kind=row["kind"],
            post_title=row["post_title"],
            unit_name=row["unit_name"],
            since=max(day_in_japan(row["opened_at"]), since.get(now.get(row["post_id"], 0), date.min)),
            why=why[row["case_id"], row["position"]],
            drafter_post_id=row["drafter_post_id"],
            drafter_person_id=row["drafter_person_id"],
            drafter_unit=row["drafter_unit_name"],
            drafter_name=row["drafter_name"],
        )
        for row in rows
        if (row["case_id"], row["position"]) in why
    )


def _unseen(
    tenant_id: int, rows: Iterable[Mapping[str, Any]], seats: Mapping[int, Seat], at: datetime
) -> dict[tuple[UUID, int], Text]:
    """Why nobody at a post may see a case that asks it, by case and post (S28)."""
    asked: dict[UUID, dict[int, tuple[str, str]]] = {}
    for row in rows:
        if row["marked"]:
            asked.setdefault(row["case_id"], {})[row["post_id"]] = (row["kind"], row["post_title"])
    return {
        (case.id, post): why
        for case in Case.objects.filter(tenant_id=tenant_id, id__in=asked)
        for post, why in stuck.unseen(case=case, asked=asked[case.id], seats=seats, at=at).items()
    }


@dataclass(frozen=True, slots=True)
class LongHeld:
    """A step that has been on hold for long, since a day."""

    case_id: UUID
    round: int
    position: int
    kind: str
    post_title: str
    since: date
    drafter_post_id: int
    drafter_person_id: int


def long_held(*, tenant_id: int, at: datetime) -> tuple[LongHeld, ...]:
    """Every step of a ministry's cases that has been held for so many working days as its setting says."""
    today = day_in_japan(at)
    limit = int(settings_of(tenant_id=tenant_id, on=today)["held_long_after"])
    days = workdays(tenant_id=tenant_id, on=today)
    begun = datetime.combine(days.before(today, limit - 1), time(), JAPAN)
    return tuple(
        LongHeld(
            case_id=row["case_id"],
            round=row["round"],
            position=row["position"],
            kind=row["kind"],
            post_title=row["post_title"],
            since=day_in_japan(row["held_at"]),
            drafter_post_id=row["drafter_post_id"],
            drafter_person_id=row["drafter_person_id"],
        )
        for row in _rows("held", {"tenant": tenant_id, "before": begun})
        if rules.held_long(day_in_japan(row["held_at"]), today, days, limit)
    )
