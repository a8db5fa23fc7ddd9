"""Who may see a case: told here once, for pages, acts and searches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions.deputising import rules as deputising
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.absence import queries as absence
from kessai.organisation.absence import rules as absences
from kessai.organisation.absence.queries import Principal
from kessai.organisation.queries import HeldPost, PersonName
from kessai.organisation.settings import settings_of

SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person's sight follows from: the posts they act as on a day, their units and ministries."""

    person: int
    posts: list[int]
    units: list[int]
    tenants: list[int]
    name: PersonName
    held: dict[int, HeldPost]
    """By id, the posts whose tasks are theirs, with the post they act as: held, or successor of an abolished one."""

    stands_in: list[int]
    """Posts that nobody is at, or was until lately, and for which one of the own posts is a deputy."""
    stands_in_kinds: list[str]
    """Which kinds of their steps deputies may answer."""
    reads: dict[int, Principal]
    """Posts whose cases the person reads as their secretary."""
    at: datetime

    def params(self) -> dict[str, Any]:
        return {
            "person": self.person,
            "posts": self.posts,
            "seen_as": [*self.posts, *self.reads],
            "units": self.units,
            "tenants": self.tenants,
            "stands_in": self.stands_in,
            "stands_in_kinds": self.stands_in_kinds,
            "lately": self.at - timedelta(days=1),
        }


def ministries(*, actor: Actor, on: date) -> tuple[int, ...]:
    """The ministries in which a person is an official on a day: their own, and those in which they hold a post."""
    held = organisation.posts_held(person_id=actor.person_id, on=on)
    own = organisation.person(person_id=actor.person_id).tenant_id
    return tuple(sorted({own, *(post.tenant_id for post in held)}))


def sight(*, actor: Actor, at: datetime) -> Sight:
    """What a person's sight follows from at a point in time."""
    on = day_in_japan(at)
    standing = organisation.standing(person_id=actor.person_id, on=on)
    name = organisation.person(person_id=actor.person_id)
    served = absence.principals(held=standing.posts, at=at)
    reads = {post: each for post, each in served.items() if absences.READ in each.scopes}
    empty = absence.unattended(post_ids=absence.deputised(post_ids=standing.posts, at=at), at=at)
    stands_in = organisation.succeeded(post_ids=empty, on=on) if empty else {}
    return Sight(
        person=actor.person_id,
        posts=list(standing.posts),
        units=list(standing.units),
        tenants=sorted({post.tenant_id for post in standing.held} | {name.tenant_id}),
        name=name,
        held=standing.posts,
        stands_in=[post for post in stands_in if post not in standing.posts],
        stands_in_kinds=_kinds(name.tenant_id, at) if stands_in else [],
        reads=reads,
        at=at,
    )


def _kinds(tenant_id: int, at: datetime) -> list[str]:
    return sorted(deputising.STEPS[settings_of(tenant_id=tenant_id, on=day_in_japan(at))["acting_for"]])


def require_visible(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> Sight:
    """The actor's sight, if it reaches the case; NotFound otherwise, the same whether there is one or not."""
    seeing = sight(actor=actor, at=at)
    if not visible(seeing, tenant_id=tenant_id, case_ids=[case_id]):
        raise NotFound(
            N_("この案件は見つかりません。"),
            N_("アドレスを確かめてください。見る必要があるときは、起案した部署に頼んでください。"),
        )
    return seeing


def visible(seeing: Sight, *, tenant_id: int, case_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of some cases of a ministry that a sight reaches."""
    with connection.cursor() as cursor:
        cursor.execute(SQL["visible"], seeing.params() | {"tenant": tenant_id, "cases": list(case_ids)})
        return frozenset(row[0] for row in cursor.fetchall())
