"""Where cases stand: who has each and since when, who is away, who cannot act; for one's own, a unit's, or all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import access, counting, machine, mergers, stuck
from kessai.decisions.deputising import queries as deputising
from kessai.decisions.deputising import rules as acting
from kessai.decisions.models import Case
from kessai.decisions.pages import stage_state
from kessai.decisions.results import Coming, Place, SentItem, Waiting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import Text
from kessai.organisation import queries as organisation
from kessai.organisation.absence import queries as absence
from kessai.organisation.absence.queries import Desk
from kessai.organisation.absence.rules import covers
from kessai.organisation.queries import HeldPost
from kessai.organisation.rules import Seat

SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}
LONGEST = 200
"""Cases of one list."""
HEADS = ("office_head", "director", "director_general")
"""Levels whose holders look after the cases of their unit and the units below it."""
AT_ONCE = 300
FIRST = UUID(int=0)
Rows = Sequence[Mapping[str, Any]]
Steps = Mapping[UUID, list[dict[str, Any]]]


def _rows(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def sent(seeing: access.Sight, states: Sequence[str], limit: int, at: datetime) -> tuple[SentItem, ...]:
    """The cases that posts of the reader sent, the latest first."""
    return described(
        _rows(access.SQL["sent"], seeing.params() | {"states": list(states), "limit": limit}), at
    )


def mine(*, actor: Actor, at: datetime) -> tuple[SentItem, ...]:
    """All cases under way that posts of the actor sent, those that came back to be reworked among them."""
    return sent(access.sight(actor=actor, at=at), machine.UNDER_WAY, LONGEST, at)


@dataclass(frozen=True, slots=True)
class AtPost:
    """How many cases wait at a post, seen by the reader or not; until when nobody is there."""

    seat: Seat
    cases: int
    away_until: datetime | None


@dataclass(frozen=True, slots=True)
class OfUnit:
    """The cases of a unit that its head may see: drafted in it or waiting in it. ``hidden``: the others, counted."""

    post: HeldPost
    items: tuple[SentItem, ...]
    drafted: frozenset[UUID]
    waiting: frozenset[UUID]
    hidden: int
    at_posts: tuple[AtPost, ...]


def headed(*, actor: Actor, on: date) -> tuple[HeldPost, ...]:
    """The posts of the actor that head a unit, one for each unit."""
    held = organisation.posts_held(person_id=actor.person_id, on=on)
    return tuple({post.unit_id: post for post in held if post.level in HEADS}.values())


def of_unit(*, actor: Actor, post: HeldPost, at: datetime) -> OfUnit:
    """The cases of the unit that a post of the actor heads, and of the units below it."""
    today, seeing = day_in_japan(at), access.sight(actor=actor, at=at)
    units = organisation.units_below(unit_id=post.unit_id, on=today)
    posts = organisation.posts_in(unit_ids=units, on=today)
    asked = {"tenant": post.tenant_id, "units": list(units), "posts": list(posts), "limit": LONGEST}
    rows = _rows(SQL["of_unit"], asked)
    ids = [row["case_id"] for row in rows]
    seen = access.visible(seeing, tenant_id=post.tenant_id, case_ids=ids) if ids else frozenset()
    items = described([row for row in rows if row["case_id"] in seen], at)
    return OfUnit(
        post=post,
        items=items,
        drafted=frozenset(row["case_id"] for row in rows if row["drafter_unit_id"] in units),
        waiting=frozenset(item.case_id for item in items if _waits_at(item, posts)),
        hidden=len(rows) - len(items),
        at_posts=_at_posts(asked, at),
    )


def _at_posts(asked: Mapping[str, Any], at: datetime) -> tuple[AtPost, ...]:
    counts = {row["post_id"]: row["cases"] for row in _rows(SQL["at_posts"], asked)}
    seats = organisation.seats(post_ids=counts, on=day_in_japan(at)) if counts else {}
    away = _away(seats, at)
    return tuple(
        AtPost(seats[post], cases, away.get(seats[post].post_id))
        for post, cases in counts.items()
        if post in seats
    )


def _away(seats: Mapping[int, Seat], at: datetime) -> dict[int, datetime]:
    """Until when nobody is at some posts, of those that are held."""
    held = absence.holders(post_ids={seat.post_id for seat in seats.values()}, at=at) if seats else {}
    until = {post: [one.away for one in of if one.away] for post, of in held.items()}
    return {post: min(away) for post, away in until.items() if len(away) == len(held[post])}


def _waits_at(item: SentItem, posts: Collection[int]) -> bool:
    return any(place.state == machine.OPEN and place.post_id in posts for place in item.places)


def under_way(
    *, tenant_id: int, at: datetime, after: UUID = FIRST
) -> tuple[tuple[SentItem, ...], UUID | None]:
    """Some cases under way of a ministry after an id, and the id to go on from. No access check."""
    rows = _rows(SQL["under_way"], {"tenant": tenant_id, "after": after, "limit": AT_ONCE})
    return described(rows, at), rows[-1]["case_id"] if len(rows) == AT_ONCE else None


def described(rows: Rows, at: datetime) -> tuple[SentItem, ...]:
    """Rows of sent.sql, each with where it stands today."""
    steps = _steps(rows, day_in_japan(at))
    awaited = (machine.OPEN, machine.REFUSED)
    next_up = {case: _next_up(of) for case, of in steps.items()}
    posts = {s["post_id"] for of in steps.values() for s in of if s["state"] in awaited}
    posts |= {s["post_id"] for of in next_up.values() for s in of}
    seats = organisation.seats(post_ids=posts, on=day_in_japan(at)) if posts else {}
    nobody = stuck.by_kind(asked=_asked(rows, steps), seats=seats, at=at)
    unseen = {row["case_id"]: _unseen(row, steps, seats, at) for row in rows if row["needs"]}
    absent = _Absent(rows, seats, at)
    return tuple(
        _item(
            row,
            steps.get(row["case_id"], ()),
            [
                _waiting(step, row, seats, nobody, unseen.get(row["case_id"], {}), absent)
                for step in _awaited(steps.get(row["case_id"], ()))
            ],
            [_coming(step, row, seats, absent) for step in next_up.get(row["case_id"], ())],
        )
        for row in rows
    )


def _awaited(steps: Collection[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The steps that have the case now: those that are asked, and the refusals that stop it."""
    stops = {step.position for step in counting.stopping(mergers.as_steps(steps))}
    return (step for step in steps if _asks(step) or step["position"] in stops)


def _next_up(steps: Collection[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps of the stage that is asked next."""
    waiting = [s for s in steps if s["state"] == machine.WAITING and s["kind"] in machine.BLOCKING]
    first = min((step["stage"] for step in waiting), default=None)
    return [step for step in waiting if step["stage"] == first]


def _coming(
    step: Mapping[str, Any], row: Mapping[str, Any], seats: Mapping[int, Seat], absent: _Absent
) -> Coming:
    seat = seats.get(step["post_id"])
    away = absent.until.get(seat.post_id) if seat else None
    return Coming(
        kind=step["kind"],
        post_title=seat.title if seat else step["post_title"],
        post_title_en=seat.title_en if seat else "",
        holder_name=seat.holder_name if seat else None,
        away_until=away,
        stand_in=absent.stand_in(seat.post_id, step["kind"], row) if seat and away else "",
    )


def _steps(rows: Rows, today: date) -> Steps:
    """The steps of the current round of some cases, with their states of today."""
    steps: dict[UUID, list[dict[str, Any]]] = {}
    for tenant in {row["tenant_id"] for row in rows}:
        cases = [row["case_id"] for row in rows if row["tenant_id"] == tenant]
        for step in _rows(access.SQL["steps_of"], {"tenant": tenant, "cases": cases}):
            steps.setdefault(step["case_id"], []).append(step)
    successors = organisation.successors(
        post_ids={s["post_id"] for of in steps.values() for s in of}, on=today
    )
    if successors:
        return {case: mergers.state_now(of, successors) for case, of in steps.items()}
    return steps


def _item(
    row: Mapping[str, Any],
    steps: Sequence[Mapping[str, Any]],
    waiting: Sequence[Waiting],
    coming: Sequence[Coming],
) -> SentItem:
    by_position = {each.position: each for each in waiting}
    return SentItem(
        tenant_id=row["tenant_id"],
        case_id=row["case_id"],
        title=row["title"],
        question=row["question"],
        state=row["state"],
        number=row["number"],
        waiting=tuple(waiting),
        stages=_small(steps),
        submitted_at=row["submitted_at"],
        decided_at=row["decided_at"],
        deadline=row["deadline"],
        read=_read(steps),
        matter_code=row["matter_code"],
        places=tuple(_place(step, by_position.get(step["position"])) for step in steps),
        updated_at=row["updated_at"],
        drafter=f"{row['drafter_unit_name']} {row['drafter_name']}",
        drafter_post_id=row["drafter_post_id"],
        coming=tuple(coming),
    )


def _place(step: Mapping[str, Any], waiting: Waiting | None) -> Place:
    return Place(
        position=step["position"],
        stage=step["stage"],
        kind=step["kind"],
        state=step["state"],
        post_id=step["post_id"],
        since=step["opened_at"] or step["updated_at"],
        quorum=step["quorum"],
        back_at=waiting.away_until if waiting and not waiting.stand_in else None,
        stuck=waiting is not None and waiting.stuck is not None,
    )


def _read(steps: Iterable[Mapping[str, Any]]) -> tuple[int, int] | None:
    """How many of the readers of a circulation have read it; None where somebody decides."""
    asked = [step["state"] for step in steps if step["state"] != machine.REMOVED]
    if any(step["kind"] in machine.BLOCKING for step in steps):
        return None
    return asked.count(machine.DONE), len(asked)


def _asked(rows: Rows, steps: Steps) -> dict[tuple[int, str], dict[int, str]]:
    """By ministry and kind, the posts that are asked, with their titles on the route."""
    asked: dict[tuple[int, str], dict[int, str]] = {}
    for row in rows:
        for step in steps.get(row["case_id"], ()):
            if _asks(step):
                asked.setdefault((row["tenant_id"], step["kind"]), {})[step["post_id"]] = step["post_title"]
    return asked


def _unseen(row: Mapping[str, Any], steps: Steps, seats: Mapping[int, Seat], at: datetime) -> dict[int, Text]:
    """Posts that are asked in a case which nobody there may see."""
    asked = {s["post_id"]: (s["kind"], s["post_title"]) for s in steps.get(row["case_id"], ()) if _asks(s)}
    case = Case.objects.get(tenant_id=row["tenant_id"], id=row["case_id"])
    return stuck.unseen(case=case, asked=asked, seats=seats, at=at)


def _asks(step: Mapping[str, Any]) -> bool:
    return bool(step["state"] == machine.OPEN and step["kind"] not in machine.ASIDE)


class _Absent:
    """Who of the posts that are asked is away, and who stands in there by the order of deputies.

    Of the bars on a single case (flags, clearance) nothing is said here; its own page does.
    """

    def __init__(self, rows: Rows, seats: Mapping[int, Seat], at: datetime) -> None:
        self.until = _away(seats, at)
        self.desks: dict[int, Desk] = absence.desks(post_ids=self.until, at=at) if self.until else {}
        tenants = {row["tenant_id"] for row in rows} if self.until else set()
        self.kinds = {
            tenant: acting.STEPS[deputising.settings_on(tenant_id=tenant, at=at).acting_for]
            for tenant in tenants
        }

    def stand_in(self, post: int, kind: str, row: Mapping[str, Any]) -> str:
        if post not in self.desks or kind not in self.kinds[row["tenant_id"]]:
            return ""
        for deputy in self.desks[post].deputies:
            there = [holder.name for holder in deputy.holders if holder.away is None]
            if there and covers(deputy.matters, row["matter_code"]):
                return f"{deputy.seat.title} {there[0]}"
        return ""


def _waiting(
    step: Mapping[str, Any],
    row: Mapping[str, Any],
    seats: Mapping[int, Seat],
    nobody: Mapping[tuple[int, str], Text],
    unseen: Mapping[int, Text],
    absent: _Absent,
) -> Waiting:
    seat = seats.get(step["post_id"])
    away = absent.until.get(seat.post_id) if seat else None
    return Waiting(
        post_title=seat.title if seat else step["post_title"],
        unit_name=seat.unit_name if seat else step["unit_name"],
        holder_name=seat.holder_name if seat else None,
        post_title_en=seat.title_en if seat else "",
        kind=step["kind"],
        since=step["opened_at"] or step["updated_at"],
        stuck=nobody.get((step["post_id"], step["kind"])) or unseen.get(step["post_id"]),
        abolished=seat is None,
        refused=step["state"] == machine.REFUSED,
        away_until=away,
        stand_in=absent.stand_in(seat.post_id, step["kind"], row) if seat and away else "",
        position=step["position"],
        held_at=step["held_at"],
        held_why=step["held_why"] or "",
        post_id=seat.post_id if seat else step["post_id"],
        answer_by=step["answer_by"],
    )


def _small(steps: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    stages: dict[int, list[tuple[str, str]]] = {}
    for step in steps:
        if step["kind"] not in machine.ASIDE and step["state"] not in (machine.MERGED, machine.REMOVED):
            stages.setdefault(step["stage"], []).append((step["kind"], step["state"]))
    return tuple(stage_state(of) for _, of in sorted(stages.items()))
