"""Who may see a case: told here once, for pages, acts and searches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.kernel.actor import Actor
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.queries import HeldPost, PersonName

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

    def params(self) -> dict[str, Any]:
        return {"person": self.person, "posts": self.posts, "units": self.units, "tenants": self.tenants}


def sight(*, actor: Actor, on: date) -> Sight:
    standing = organisation.standing(person_id=actor.person_id, on=on)
    name = organisation.person(person_id=actor.person_id)
    return Sight(
        person=actor.person_id,
        posts=list(standing.posts),
        units=list(standing.units),
        tenants=sorted({post.tenant_id for post in standing.held} | {name.tenant_id}),
        name=name,
        held=standing.posts,
    )


def require_visible(*, actor: Actor, tenant_id: int, case_id: UUID, on: date) -> Sight:
    """The actor's sight, if it reaches the case; NotFound otherwise, the same whether there is one or not."""
    seeing = sight(actor=actor, on=on)
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
