"""Reads of absences, deputies and secretaries: who is away until when, and who stands in for which post."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.absence import rules
from kessai.organisation.models import Absence, Person
from kessai.organisation.queries import HeldPost
from kessai.organisation.rules import Seat

_SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}


def _rows(name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """An absence as it was recorded; ``ended_at`` if it was ended before its end."""

    id: int
    person_id: int
    start: datetime
    end: datetime
    kind: str
    note: str
    recorded_by: int
    recorded_by_name: str
    recorded_at: datetime
    ended_at: datetime | None

    def under_way(self, at: datetime) -> bool:
        return self.start <= at < self.end and (self.ended_at is None or at < self.ended_at)


def absences(*, person_id: int, since: datetime) -> tuple[AbsenceView, ...]:
    """A person's absences that end after a point in time, the next one first."""
    found = list(Absence.objects.filter(person_id=person_id, period__endswith__gt=since).order_by("period"))
    names = dict(Person.objects.filter(id__in={a.recorded_by for a in found}).values_list("id", "name"))
    return tuple(
        AbsenceView(
            id=a.id,
            person_id=a.person_id,
            start=a.period.lower,
            end=a.period.upper,
            kind=a.kind,
            note=a.note,
            recorded_by=a.recorded_by,
            recorded_by_name=names.get(a.recorded_by, ""),
            recorded_at=a.recorded_at,
            ended_at=a.ended_at,
        )
        for a in found
    )


def absent(*, person_ids: Collection[int], at: datetime) -> dict[int, datetime]:
    """Who of some people is away at a point in time, and until when."""
    if not person_ids:
        return {}
    spans: dict[int, list[tuple[datetime, datetime]]] = {}
    for row in _rows("away", {"people": list(person_ids), "at": at}):
        spans.setdefault(row["person_id"], []).append((row["starts"], row["ends"]))
    return {person: until for person, of in spans.items() if (until := rules.away_until(of, at)) is not None}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a post today; ``away`` until when they are absent, None if they are there."""

    person_id: int
    name: str
    away: datetime | None


@dataclass(frozen=True, slots=True)
class DeputySeat:
    """A deputy in order: the post as it is today, with its holders. ``ends`` None: until further notice."""

    id: int
    seat: Seat
    matters: tuple[str, ...]
    basis: str
    starts: date
    ends: date | None
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """A post today: who holds it, who of them is there, and who stands in, in order."""

    seat: Seat
    holders: tuple[Holder, ...]
    deputies: tuple[DeputySeat, ...]

    @property
    def vacant(self) -> bool:
        return not self.holders

    @property
    def away(self) -> datetime | None:
        """Until when nobody who holds the post is there; None if somebody is, or it is vacant."""
        if not self.holders or any(holder.away is None for holder in self.holders):
            return None
        return min(holder.away for holder in self.holders if holder.away)

    @property
    def names(self) -> str:
        return "・".join(holder.name for holder in self.holders)


def holders(*, post_ids: Collection[int], at: datetime) -> dict[int, tuple[Holder, ...]]:
    """Who holds some posts at a point in time, by post; a post that nobody holds is missing."""
    rows = _rows("holders", {"posts": list(post_ids), "day": day_in_japan(at)}) if post_ids else []
    away = absent(person_ids={row["person_id"] for row in rows}, at=at)
    found: dict[int, tuple[Holder, ...]] = {}
    for row in rows:
        person = row["person_id"]
        found[row["post_id"]] = (
            *found.get(row["post_id"], ()),
            Holder(person, row["name"], away.get(person)),
        )
    return found


def desks(*, post_ids: Collection[int], at: datetime) -> dict[int, Desk]:
    """Posts by id as they are at a point in time; an abolished one is answered with its successor's desk."""
    today = day_in_japan(at)
    seats = organisation.seats(post_ids=post_ids, on=today) if post_ids else {}
    current = {seat.post_id for seat in seats.values()}
    rows = _deputies(current, (), at)
    deputy_seats = organisation.seats(post_ids={row["deputy_id"] for row in rows}, on=today) if rows else {}
    held = holders(post_ids=current | {seat.post_id for seat in deputy_seats.values()}, at=at)
    standing: dict[int, list[DeputySeat]] = {}
    for row in rows:
        seat = deputy_seats.get(row["deputy_id"])
        # A deputy's post that was abolished without a successor is nobody.
        if seat is not None and seat.post_id != row["post_id"]:
            standing.setdefault(row["post_id"], []).append(
                DeputySeat(
                    row["id"],
                    seat,
                    tuple(row["matters"]),
                    row["basis"],
                    row["starts"],
                    row["ends"],
                    held.get(seat.post_id, ()),
                )
            )
    return {
        asked: Desk(seat, held.get(seat.post_id, ()), tuple(standing.get(seat.post_id, ())))
        for asked, seat in seats.items()
    }


def _deputies(posts: Iterable[int], deputies: Iterable[int], at: datetime) -> list[dict[str, Any]]:
    given = {"posts": list(posts), "deputies": list(deputies), "day": day_in_japan(at), "at": at}
    return _rows("deputies", given)


@dataclass(frozen=True, slots=True)
class Deputised:
    """A post for which another one is deputy. ``matters``: the kinds of matter; all of them if none is named."""

    post_id: int
    deputy_id: int
    matters: tuple[str, ...]


def deputised(*, post_ids: Collection[int], at: datetime) -> tuple[Deputised, ...]:
    """The posts for which some posts are deputies at a point in time, in whatever order, away or not."""
    return tuple(
        Deputised(row["post_id"], row["deputy_id"], tuple(row["matters"]))
        for row in (_deputies((), post_ids, at) if post_ids else ())
    )


LATELY = timedelta(days=1)


def unattended(*, post_ids: Collection[int], at: datetime) -> frozenset[int]:
    """Of some posts those that nobody holds, and those whose holder is away or came back within the last day.

    A post that is abolished is none of them: its matters are its successor's, and so are the deputies for them.
    The day after counts: a deputy whose page is of an hour ago is told what has changed, not that there is nothing.
    """
    if not post_ids:
        return frozenset()
    given = {"posts": list(post_ids), "day": day_in_japan(at), "at": at, "since": at - LATELY}
    return frozenset(row["post_id"] for row in _rows("unattended", given))


@dataclass(frozen=True, slots=True)
class SecretarySeat:
    """A secretary of a post. ``ends`` None: until further notice."""

    id: int
    seat: Seat
    scopes: tuple[str, ...]
    starts: date
    ends: date | None


def secretaries(*, post_ids: Collection[int], at: datetime) -> dict[int, tuple[SecretarySeat, ...]]:
    """The secretaries of some posts at a point in time, by post."""
    rows = _secretaries(post_ids, (), at) if post_ids else []
    today = day_in_japan(at)
    seats = organisation.seats(post_ids={row["secretary_id"] for row in rows}, on=today) if rows else {}
    found: dict[int, tuple[SecretarySeat, ...]] = {}
    for row in rows:
        if (seat := seats.get(row["secretary_id"])) is not None:
            made = SecretarySeat(row["id"], seat, tuple(row["scopes"]), row["starts"], row["ends"])
            found[row["post_id"]] = (*found.get(row["post_id"], ()), made)
    return found


def _secretaries(posts: Iterable[int], secretaries: Iterable[int], at: datetime) -> list[dict[str, Any]]:
    given = {"posts": list(posts), "secretaries": list(secretaries), "day": day_in_japan(at), "at": at}
    return _rows("secretaries", given)


@dataclass(frozen=True, slots=True)
class Principal:
    """A post for which somebody is secretary. ``post``: as its holder has it; ``by``: the secretary's own post."""

    post: HeldPost
    by: HeldPost
    names: str
    scopes: tuple[str, ...]


def principals(*, held: Mapping[int, HeldPost], at: datetime) -> dict[int, Principal]:
    """The posts whose secretaries some held posts are at a point in time, by id. ``held``: as in Standing.posts."""
    rows = _secretaries((), held, at) if held else []
    today = day_in_japan(at)
    seats = organisation.seats(post_ids={row["post_id"] for row in rows}, on=today) if rows else {}
    found: dict[int, Principal] = {}
    for row in rows:
        seat = seats.get(row["post_id"])
        if seat is None or row["post_id"] in held:
            continue
        before = found.get(row["post_id"])
        scopes = {*row["scopes"], *(before.scopes if before else ())}
        found[row["post_id"]] = Principal(
            post=HeldPost(
                tenant_id=seat.tenant_id,
                post_id=seat.post_id,
                title=seat.title,
                title_en=seat.title_en,
                level=seat.level,
                unit_id=seat.unit_id,
                unit_name=seat.unit_name,
                unit_name_en=seat.unit_name_en,
                kind="secretary",
                since=row["starts"],
            ),
            by=held[row["secretary_id"]],
            names=seat.holder_name or "",
            scopes=tuple(scope for scope in rules.SCOPES if scope in scopes),
        )
    return found


def principals_of(*, person_id: int, at: datetime, scope: str = "") -> dict[int, Principal]:
    """The posts for which a person is secretary at a point in time, with a scope if one is named."""
    held = organisation.standing(person_id=person_id, on=day_in_japan(at)).posts
    found = principals(held=held, at=at)
    return {post: each for post, each in found.items() if not scope or scope in each.scopes}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that may be chosen as deputy or secretary; ``names`` "" where it is vacant."""

    post_id: int
    title: str
    title_en: str
    unit_name: str
    unit_name_en: str
    names: str


CANDIDATES_MOST = 300


def candidates(
    *, post: HeldPost, levels: Collection[str], at: datetime, words: str = ""
) -> tuple[Candidate, ...]:
    """Posts of some levels in the unit of a post and below it, and, with words, those anywhere that have them all.

    ``levels``: the highest first.
    """
    today = day_in_japan(at)
    given = {
        "tenant": post.tenant_id,
        "post": post.post_id,
        "levels": list(levels),
        "units": list(organisation.units_below(unit_id=post.unit_id, on=today)),
        "patterns": [f"%{_literal(word)}%" for word in words.replace("\x00", "").split()[:5]],
        "day": today,
        "limit": CANDIDATES_MOST,
    }
    return tuple(
        Candidate(
            row["post_id"],
            row["title"],
            row["title_en"],
            row["unit_name"],
            row["unit_name_en"],
            row["names"] or "",
        )
        for row in _rows("candidates", given)
    )


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
