"""Who may see a case: told here once, for pages, acts and searches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import mergers
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
from kessai.routing import queries as routing

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
    stands_in_for: list[tuple[int, str, str]]
    """The same with the kinds of their steps and the kinds of matter ("": all) that the deputy may answer."""
    stands_in_merged: mergers.Differences
    """What else is open, or asks nobody, where they stand in, since posts of the route were merged."""
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
            "stands_in_posts": [post for post, _, _ in self.stands_in_for],
            "stands_in_kinds": [kind for _, kind, _ in self.stands_in_for],
            "stands_in_matters": [matter for _, _, matter in self.stands_in_for],
            **{f"stands_in_{key}": value for key, value in self.stands_in_merged.params().items()},
            "lately": self.at - timedelta(days=1),
            "own": sorted({post.post_id for post in self.held.values()}),
            "day": day_in_japan(self.at),
            "at": self.at,
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
    tenants = sorted({post.tenant_id for post in standing.held} | {name.tenant_id})
    stands_in_for = _stands_in_for(standing.posts, at)
    stands_in = sorted({post for post, _, _ in stands_in_for})
    return Sight(
        person=actor.person_id,
        posts=list(standing.posts),
        units=list(standing.units),
        tenants=tenants,
        name=name,
        held=standing.posts,
        stands_in=stands_in,
        stands_in_for=stands_in_for,
        stands_in_merged=mergers.differences(posts=stands_in, tenants=tenants, on=on)
        if stands_in
        else mergers.Differences(),
        reads=reads,
        at=at,
    )


def _stands_in_for(held: Mapping[int, HeldPost], at: datetime) -> list[tuple[int, str, str]]:
    """Where some posts stand in: post, kind of step and kind of matter, by the settings of each post's ministry."""
    on = day_in_japan(at)
    named = absence.deputised(post_ids=held, at=at)
    empty = absence.unattended(post_ids={each.post_id for each in named}, at=at)
    named = tuple(each for each in named if each.post_id in empty)
    if not named:
        return []
    kinds = {
        tenant: deputising.STEPS[settings_of(tenant_id=tenant, on=on)["acting_for"]]
        for tenant in {held[each.deputy_id].tenant_id for each in named}
    }
    succeeded = organisation.succeeded(post_ids=empty, on=on)
    return sorted(
        {
            (post, kind, matter)
            for post, via in succeeded.items()
            if post not in held
            for each in named
            if each.post_id == via
            for kind in kinds[held[each.deputy_id].tenant_id]
            for matter in each.matters or ("",)
        }
    )


def require_visible(
    *, actor: Actor, tenant_id: int, case_id: UUID, at: datetime, seeing: Sight | None = None
) -> Sight:
    """The actor's sight, if it reaches the case; NotFound otherwise, the same whether there is one or not.

    ``seeing``: their sight at that time, where it is known already.
    """
    seeing = seeing or sight(actor=actor, at=at)
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
        found = frozenset(row[0] for row in cursor.fetchall())
    return found | _by_duty(seeing, tenant_id, set(case_ids) - found)


def _by_duty(seeing: Sight, tenant_id: int, case_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of some decided cases that a unit has something to do with: it issues for its whole ministry, or may add to
    the cover sheet (A66)."""
    mine = {post.unit_id for post in seeing.held.values() if post.tenant_id == tenant_id}
    if not case_ids or not mine:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(SQL["decided"], seeing.params() | {"tenant": tenant_id, "cases": list(case_ids)})
        decided = {row[0]: row[1:] for row in cursor.fetchall()}
    on = day_in_japan(seeing.at)
    found = {
        case for case, (matter, at, _) in decided.items() if mine & _units_that_add(tenant_id, matter, at, on)
    }
    to_issue = {case for case, (_, _, issued) in decided.items() if issued}
    if to_issue - found and mine & organisation.units_of_duty(tenant_id=tenant_id, duty="issue", on=on):
        found |= to_issue
    return frozenset(found)


def _units_that_add(tenant_id: int, matter: str, decided_at: datetime, on: date) -> frozenset[int]:
    foreseen = routing.additions_foreseen(tenant_id=tenant_id, code=matter, on=day_in_japan(decided_at))
    named = {unit for each in foreseen for unit in each.units}
    if not named:
        return frozenset()
    return frozenset(organisation.units_of_functions(tenant_id=tenant_id, functions=sorted(named), on=on))
