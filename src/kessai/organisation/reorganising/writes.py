"""Steps of a reorganisation, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.organisation.models import (
    Post,
    PostSuccession,
    PostVersion,
    ReorganisationLine,
    Unit,
    UnitSuccession,
    UnitVersion,
)
from kessai.organisation.reorganising.chart import PostThen, UnitThen
from kessai.organisation.reorganising.lines import POST, UNIT, TypedLine
from kessai.organisation.reorganising.queries import SQL, Made
from kessai.organisation.reorganising.rules import Plan

_AT_ONCE = 2000
_VERSIONS = ("organisation_unitversion", "organisation_postversion")


def put_lines(*, change_id: UUID, lines: Iterable[tuple[int, TypedLine]]) -> None:
    """Keep lines as they were typed, in place of those that are there."""
    assert connection.in_atomic_block
    ReorganisationLine.objects.filter(change_id=change_id).delete()
    ReorganisationLine.objects.bulk_create(
        (ReorganisationLine(change_id=change_id, number=n, values=line.filled()) for n, line in lines),
        batch_size=_AT_ONCE,
    )


def put_line(*, change_id: UUID, number: int, line: TypedLine) -> None:
    assert connection.in_atomic_block
    ReorganisationLine.objects.update_or_create(
        change_id=change_id, number=number, defaults={"values": line.filled()}
    )


def drop_line(*, change_id: UUID, number: int) -> bool:
    """Whether there was such a line."""
    assert connection.in_atomic_block
    return bool(ReorganisationLine.objects.filter(change_id=change_id, number=number).delete()[0])


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids of units and posts by code, as far as they are there."""

    units: dict[str, int]
    posts: dict[str, int]

    @classmethod
    def of(cls, plan: Plan) -> Ids:
        return cls(
            {code: unit.was.unit_id for code, unit in plan.units.items() if unit.was},
            {code: post.was.post_id for code, post in plan.posts.items() if post.was},
        )


def take_effect(*, plan: Plan, tenant_id: int, change_id: UUID) -> Ids:
    """Put the chart after the day into the database, from the day on; the ids of all, new ones too."""
    assert connection.in_atomic_block
    units = [unit for unit in plan.units.values() if unit.was is None or unit.ends or unit.changed]
    posts = [post for post in plan.posts.values() if post.was is None or post.ends or post.changed]
    ids = Ids.of(plan)
    unit_ids, post_ids = ids.units, ids.posts
    unit_ids |= _made(Unit, tenant_id, [unit.code for unit in units if unit.was is None])
    post_ids |= _made(Post, tenant_id, [post.code for post in posts if post.was is None])
    params: dict[str, Any] = {"day": plan.effective, "change": change_id}
    _end(_VERSIONS[0], [unit.was.version_id for unit in units if unit.was], params)
    _end(_VERSIONS[1], [post.was.version_id for post in posts if post.was], params)
    _run("end_appointments", params | {"posts": [post_ids[post.code] for post in posts if post.ends]})
    UnitVersion.objects.bulk_create(
        (_unit_version(unit, unit_ids, plan.effective, change_id) for unit in units if not unit.ends),
        batch_size=_AT_ONCE,
    )
    PostVersion.objects.bulk_create(
        (
            _post_version(post, unit_ids, post_ids, plan.effective, change_id)
            for post in posts
            if not post.ends
        ),
        batch_size=_AT_ONCE,
    )
    _succeed(plan, unit_ids, post_ids, change_id)
    return ids


def _made(model: Any, tenant_id: int, codes: list[str]) -> dict[str, int]:
    """Ids of new units or posts by code."""
    made = model.objects.bulk_create(
        (model(tenant_id=tenant_id, code=code) for code in codes), batch_size=_AT_ONCE
    )
    return {entry.code: entry.id for entry in made}


def _end(table: str, ids: list[int], params: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL["end_versions"].replace("{table}", table), {**params, "ids": ids})
        # The plan was made under the same lock: whatever else happened, nothing half-done takes effect.
        assert cursor.rowcount == len(ids)


def _run(name: str, params: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL[name], params)


def _unit_version(unit: UnitThen, ids: Mapping[str, int], on: date, change_id: UUID) -> UnitVersion:
    return UnitVersion(
        unit_id=ids[unit.code],
        period=DateRange(on, None),
        parent_id=ids.get(unit.parent),
        name=unit.name,
        name_en=unit.name_en,
        kind=unit.kind,
        symbol=unit.symbol,
        functions=list(unit.functions),
        position=unit.position,
        change_id=change_id,
    )


def _post_version(
    post: PostThen, units: Mapping[str, int], ids: Mapping[str, int], on: date, change_id: UUID
) -> PostVersion:
    return PostVersion(
        post_id=ids[post.code],
        unit_id=units[post.unit],
        period=DateRange(on, None),
        title=post.title,
        title_en=post.title_en,
        level=post.level,
        in_line=post.in_line,
        seats=post.seats,
        change_id=change_id,
    )


def _succeed(plan: Plan, units: Mapping[str, int], posts: Mapping[str, int], change_id: UUID) -> None:
    period = DateRange(plan.effective, None)
    UnitSuccession.objects.bulk_create(
        (
            UnitSuccession(
                unit_id=units[unit.code],
                successor_id=units[code],
                main=unit.ends and number == 0,
                period=period,
                change_id=change_id,
            )
            for unit in plan.units.values()
            for number, code in enumerate(unit.successors or unit.gave)
        ),
        batch_size=_AT_ONCE,
    )
    UnitSuccession.objects.bulk_create(
        UnitSuccession(
            unit_id=orphan.id, successor_id=units[code], main=number == 0, period=period, change_id=change_id
        )
        for orphan, line in plan.late
        if orphan.what == UNIT
        for number, code in enumerate(line.into)
    )
    PostSuccession.objects.bulk_create(
        PostSuccession(
            post_id=orphan.id, successor_id=posts[line.into[0]], period=period, change_id=change_id
        )
        for orphan, line in plan.late
        if orphan.what == POST
    )
    # Open tasks need one post: of a post that is split they go to the first named.
    PostSuccession.objects.bulk_create(
        (
            PostSuccession(
                post_id=posts[post.code],
                successor_id=posts[post.successors[0]],
                period=period,
                change_id=change_id,
            )
            for post in plan.posts.values()
            if post.successors
        ),
        batch_size=_AT_ONCE,
    )


def drop_made(made: Made) -> None:
    """Units and posts of a set that was taken back, as if they had never been thought of."""
    assert connection.in_atomic_block
    _run("drop_made_posts", {"posts": made.posts})
    _run("drop_made_units", {"units": made.units})
