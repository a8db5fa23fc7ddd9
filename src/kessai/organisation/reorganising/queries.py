"""Reads of reorganisations: the chart that one would change, its lines, its effects, what became of a unit."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.kernel.words import Text
from kessai.organisation.models import ChangeSet, ReorganisationLine
from kessai.organisation.reorganising import lines as words
from kessai.organisation.reorganising.chart import Chart, Holding, Orphan, PostNow, UnitNow, UnitThen
from kessai.organisation.reorganising.lines import Said, TypedLine
from kessai.organisation.reorganising.rules import Plan, act_of

SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}


def rows(name: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(SQL[name], params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def chart_for(*, tenant_id: int, said: Sequence[Said], on: date) -> Chart:
    """The ministry on the day, as far as the lines can touch it."""
    units = {
        row["code"]: UnitNow(**{**row, "functions": tuple(row["functions"])})
        for row in rows("chart_units", {"tenant": tenant_id, "day": on})
    }
    used = rows(
        "used_codes",
        {
            "tenant": tenant_id,
            "units": _created(said, words.UNIT),
            "posts": _created(said, words.POST),
        },
    )
    ending = {
        f"{what}s": [line.code for line in said if line.act in words.ENDING and line.what == what]
        for what in (words.UNIT, words.POST)
    }
    orphans = rows("orphans", {"tenant": tenant_id, "day": on, **ending})
    return Chart(
        units=units,
        posts=_posts(tenant_id, said, on),
        orphans={(row["what"], row["code"]): Orphan(**row) for row in orphans},
        unit_codes=frozenset(row["code"] for row in used if row["what"] == words.UNIT),
        post_codes=frozenset(row["code"] for row in used if row["what"] == words.POST),
    )


def _created(said: Sequence[Said], what: str) -> list[str]:
    return [line.code for line in said if line.act == words.CREATE and line.what == what]


def _posts(tenant_id: int, said: Sequence[Said], on: date) -> dict[str, PostNow]:
    units: set[str] = set()
    posts: set[str] = set()
    for line in said:
        (units if line.what == words.UNIT else posts).update((line.code, *line.into))
        units.update(code for code in (line.parent, line.unit) if code)
    found = rows(
        "chart_posts", {"tenant": tenant_id, "day": on, "units": sorted(units), "posts": sorted(posts)}
    )
    holdings: dict[int, list[Holding]] = {}
    for row in rows("chart_holdings", {"posts": [row["post_id"] for row in found], "day": on}):
        row["elsewhere"] = tuple(row["elsewhere"])
        holdings.setdefault(row.pop("post_id"), []).append(Holding(**row))
    return {row["code"]: PostNow(**row, holdings=tuple(holdings.get(row["post_id"], ()))) for row in found}


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as it was typed, with what the last dry run said of it."""

    number: int
    values: TypedLine
    faults: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()


def typed_lines(*, change_id: UUID) -> list[tuple[int, TypedLine]]:
    """Every line of a set as it was typed, in order."""
    found = ReorganisationLine.objects.filter(change_id=change_id).order_by("number")
    return [(number, TypedLine.of(values)) for number, values in found.values_list("number", "values")]


def lines(
    *, change_id: UUID, offset: int = 0, limit: int = 200, only_faulty: bool = False
) -> tuple[LineView, ...]:
    """Lines of a set with what the last dry run said of them."""
    checked = ChangeSet.objects.values_list("checked", flat=True).get(id=change_id) or {}
    said = {key: _by_line(checked.get(key, ())) for key in ("faults", "notes")}
    found = ReorganisationLine.objects.filter(change_id=change_id).order_by("number")
    if only_faulty:
        found = found.filter(number__in=said["faults"])
    return tuple(
        LineView(
            number,
            TypedLine.of(values),
            tuple(said["faults"].get(number, ())),
            tuple(said["notes"].get(number, ())),
        )
        for number, values in found.values_list("number", "values")[offset : offset + limit]
    )


def _by_line(stored: Collection[Sequence[Any]]) -> dict[int, list[Text]]:
    found: dict[int, list[Text]] = {}
    for number, message, params in stored:
        found.setdefault(number, []).append(Text(message, params))
    return found


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of a unit or post. ``act``: create, change, merge, split or abolish.

    ``successor_id``: None where there is none, or where it is made by a set that is not scheduled yet; its code
    and title are there then. ``unit_id``/``new_unit_id``: of a post, the unit before and after; of a unit, the
    one above.
    """

    what: str
    act: str
    id: int | None
    code: str
    title: str
    successor_id: int | None
    successor_code: str
    successor_title: str
    unit_id: int | None
    new_unit_id: int | None
    ends: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def effects(*, change_id: UUID) -> tuple[Effect, ...]:
    """What a set changes, as it was last checked or scheduled; nothing before that."""
    return tuple(Effect(**row) for row in rows("effects", {"change": change_id}))


def effects_of(plan: Plan, units: Mapping[str, int], posts: Mapping[str, int]) -> tuple[Effect, ...]:
    """What a plan changes; ids by code as far as they are there."""
    found = []
    for unit in plan.units.values():
        if act := act_of(unit):
            main = next(iter(unit.successors or unit.gave), "")
            found.append(
                Effect(
                    what=words.UNIT,
                    act=act,
                    id=units.get(unit.code),
                    code=unit.code,
                    title=unit.was.name if unit.was else unit.name,
                    successor_id=units.get(main),
                    successor_code=main,
                    successor_title=plan.units[main].name if main in plan.units else "",
                    unit_id=units.get(unit.was.parent) if unit.was else None,
                    new_unit_id=None if unit.ends else units.get(unit.parent),
                    ends=unit.ends,
                )
            )
    for post in plan.posts.values():
        if act := act_of(post):
            main = next(iter(post.successors), "")
            found.append(
                Effect(
                    what=words.POST,
                    act=act,
                    id=posts.get(post.code),
                    code=post.code,
                    title=post.was.title if post.was else post.title,
                    successor_id=posts.get(main),
                    successor_code=main,
                    successor_title=plan.posts[main].title if main in plan.posts else "",
                    unit_id=units.get(post.was.unit) if post.was else None,
                    new_unit_id=None if post.ends else units.get(post.unit),
                    ends=post.ends,
                )
            )
    for orphan, line in plan.late:
        of_kind = units if orphan.what == words.UNIT else posts
        main = line.into[0]
        then = plan.units.get(main) if orphan.what == words.UNIT else plan.posts.get(main)
        found.append(
            Effect(
                what=orphan.what,
                act=line.act,
                id=orphan.id,
                code=orphan.code,
                title=orphan.title,
                successor_id=of_kind.get(main),
                successor_code=main,
                successor_title=""
                if then is None
                else then.name
                if isinstance(then, UnitThen)
                else then.title,
                unit_id=orphan.unit_id,
                new_unit_id=None,
                ends=True,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Made:
    """Units and posts that exist by one set only."""

    units: list[int]
    posts: list[int]


def made_by(*, change_id: UUID) -> Made:
    """The units and posts that a scheduled set is to make."""
    found = rows("made", {"change": change_id})
    return Made(*([row["id"] for row in found if row["what"] == what] for what in (words.UNIT, words.POST)))


def resting(*, change_id: UUID, made: Made) -> str | None:
    """The title of something else that rests on what a set makes ("" if it has none); None: nothing does."""
    found = rows("resting", {"change": change_id, "units": made.units, "posts": made.posts})
    return found[0]["title"] if found else None


@dataclass(frozen=True, slots=True)
class Successor:
    """A unit that took something over, as it was called on that day. ``main``: files, numbers and cases go there."""

    unit_id: int
    code: str
    name: str
    name_en: str
    main: bool


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a unit on a day. ``name``: what it was called until then.

    ``how``: renamed, moved, merged, split, abolished. ``successors``: who took over, the main one first; of a unit
    that was only renamed or moved, itself under its new name. ``parent_name``/``new_parent_name``: where it was
    and, renamed or moved, is.
    """

    unit_id: int
    code: str
    name: str
    name_en: str
    parent_name: str
    day: date
    how: str
    successors: tuple[Successor, ...]
    new_parent_name: str


def what_became(*, tenant_id: int, on: date, words: str = "", limit: int = 200) -> tuple[Became, ...]:
    """What became of a ministry's units by a day, newest first; of those whose old name or code holds every word.

    Public: it says nothing of people, and nothing of what has not happened by that day.
    """
    patterns = [
        "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        for word in unicodedata.normalize("NFKC", words.replace("\x00", "")).split()
    ]
    params = {"tenant": tenant_id, "day": on, "patterns": patterns, "limit": limit}
    return tuple(_became(row) for row in rows("became", params))


def _became(row: dict[str, Any]) -> Became:
    name, name_en = row.pop("next_name"), row.pop("next_name_en")
    successors = tuple(Successor(**found) for found in row.pop("successors"))
    if name is not None:
        itself = Successor(row["unit_id"], row["code"], name, name_en, main=True)
        successors = (itself, *successors)
    return Became(new_parent_name=row.pop("next_parent_name"), successors=successors, **row)
