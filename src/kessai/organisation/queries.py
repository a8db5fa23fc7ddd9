"""Every read of the organisation: the chart as of a day, who holds what, who may be asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q

from kessai.organisation.models import UnitVersion
from kessai.organisation.rules import LEVELS, PLACES, RouteChart, Seat, head_of
from kessai.organisation.settings import SETTINGS, settings_of
from kessai.organisation.staffing import UnitToStaff

_SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post somebody holds on a day, with the titles of that day."""

    tenant_id: int
    post_id: int
    title: str
    title_en: str
    level: str
    unit_id: int
    unit_name: str
    unit_name_en: str
    kind: str
    since: date

    @property
    def signs_as(self) -> str:
        """The title on the record: whoever is in charge of the post for somebody else (事務取扱) says so."""
        return f"{self.title}事務取扱" if self.kind == "acting_in_charge" else self.title


@dataclass(frozen=True, slots=True)
class PersonName:
    person_id: int
    tenant_id: int
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class TenantName:
    id: int
    code: str
    name: str
    name_en: str


def _rows(name: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], params)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def posts_held(*, person_id: int, on: date) -> tuple[HeldPost, ...]:
    """The posts a person holds on a day, the regular one first."""
    return tuple(HeldPost(**row) for row in _rows("posts_held", {"person": person_id, "day": on}))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person acts and sees as on a day, by the posts they hold.

    ``posts``: every post whose tasks are theirs, with the post they act as: those they hold, the regular one
    first, and those abolished whose successor they hold. ``drafts``: the same, and posts whose drafts they keep.
    ``units``: their units, and the units that were merged or turned into these.
    """

    held: tuple[HeldPost, ...]
    posts: dict[int, HeldPost]
    drafts: dict[int, HeldPost]
    units: tuple[int, ...]


def standing(*, person_id: int, on: date) -> Standing:
    """What a person acts and sees as on a day."""
    held = posts_held(person_id=person_id, on=on)
    by_id = {post.post_id: post for post in held}
    units = {post.unit_id for post in held}
    posts, drafts = dict(by_id), dict(by_id)
    for row in _rows("standing", {"posts": list(by_id), "units": list(units), "day": on}) if held else ():
        if row["kind"] == "unit":
            units.add(row["old"])
            continue
        drafts.setdefault(row["old"], by_id[row["via"]])
        if row["kind"] == "post":
            posts.setdefault(row["old"], by_id[row["via"]])
    return Standing(held, posts, drafts, tuple(sorted(units)))


@dataclass(frozen=True, slots=True)
class LeftPost:
    """A post somebody left: ``since`` is the first day it was not theirs; ``holder_name`` None: vacant now."""

    post_id: int
    since: date
    title: str
    holder_name: str | None


def posts_left(*, person_id: int, on: date, within_days: int) -> tuple[LeftPost, ...]:
    """The posts a person left lately and does not hold on a day, the last one first."""
    since = on - timedelta(days=within_days)
    return tuple(
        LeftPost(**row) for row in _rows("posts_left", {"person": person_id, "day": on, "since": since})
    )


def succeeded(*, post_ids: Collection[int], on: date) -> dict[int, int]:
    """The posts whose matters are those of some posts on a day, with whose: themselves, and those they succeeded."""
    found = {post_id: post_id for post_id in post_ids}
    for row in _rows("standing", {"posts": list(post_ids), "units": [], "day": on}) if post_ids else ():
        if row["kind"] == "post":
            found.setdefault(row["old"], row["via"])
    return found


def ministries_of_duty(*, person_id: int, duty: str, on: date) -> tuple[int, ...]:
    """The ministries for which a person has a duty on a day: one of DUTIES."""
    return duties(person_id=person_id, on=on)[duty]


def units_of_functions(*, tenant_id: int, functions: Collection[str], on: date) -> frozenset[int]:
    """The units of a ministry that have one of some functions on a day, or are named as ``unit:<code>``."""
    codes = [name.removeprefix("unit:") for name in functions if name.startswith("unit:")]
    found = UnitVersion.objects.filter(unit__tenant_id=tenant_id, period__contains=on).filter(
        Q(functions__overlap=list(functions)) | Q(unit__code__in=codes)
    )
    return frozenset(found.values_list("unit_id", flat=True))


def names_of_units(*, unit_ids: Collection[int], on: date) -> tuple[tuple[int, str], ...]:
    """By which names units_of_functions finds some units on a day, each with its ministry."""
    found = UnitVersion.objects.filter(unit_id__in=list(unit_ids), period__contains=on)
    rows = found.values_list("unit__tenant_id", "unit__code", "functions")
    return tuple(
        sorted({(tenant, name) for tenant, code, functions in rows for name in (f"unit:{code}", *functions)})
    )


def heads_of(*, unit_ids: Collection[int], on: date) -> frozenset[int]:
    """The posts that head some units on a day."""
    there = seats(post_ids=posts_in(unit_ids=unit_ids, on=on), on=on)
    by_unit: dict[int, list[Seat]] = {}
    for post, seat in there.items():
        if post == seat.post_id and seat.unit_id in unit_ids:
            by_unit.setdefault(seat.unit_id, []).append(seat)
    return frozenset(head.post_id for of in by_unit.values() if (head := head_of(of)))


def units_of_duty(*, tenant_id: int, duty: str, on: date) -> frozenset[int]:
    """The units of a ministry that have a duty (one of DUTIES) on a day, as its settings say."""
    functions = settings_of(tenant_id=tenant_id, on=on)[f"duty_{duty}"]
    return units_of_functions(tenant_id=tenant_id, functions=functions, on=on)


DUTIES = ("orders", "reorganisation", "rules", "issue", "receipt", "clearance", "records")


def duties(*, person_id: int, on: date) -> dict[str, tuple[int, ...]]:
    """For each of DUTIES the ministries for which a person has it on a day.

    It follows from the functions of the units of their posts, as the setting ``duty_…`` of the ministry says.
    """
    functions: dict[int, set[str]] = {}
    for row in _rows("units_with_duty", {"person": person_id, "day": on}):
        functions.setdefault(row["tenant_id"], set()).add(row["function"])
    settings = {tenant_id: settings_of(tenant_id=tenant_id, on=on) for tenant_id in sorted(functions)}
    return {
        duty: tuple(
            tenant_id
            for tenant_id, chosen in settings.items()
            if functions[tenant_id] & set(chosen[f"duty_{duty}"])
        )
        for duty in DUTIES
    }


def person(*, person_id: int) -> PersonName:
    """A person's name; an unknown id is a LookupError."""
    rows = _rows("person", {"person": person_id})
    if not rows:
        raise LookupError(f"no person {person_id}")
    return PersonName(**rows[0])


def person_names(*, person_ids: Collection[int]) -> dict[int, PersonName]:
    """The names of some people by id; unknown ids are left out."""
    rows = _rows("person_names", {"people": list(person_ids)})
    return {row["person_id"]: PersonName(**row) for row in rows}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person gets their mail."""

    person_id: int
    tenant_id: int
    name: str
    name_en: str
    email: str


def addresses(*, person_ids: Collection[int]) -> dict[int, Address]:
    """The addresses of some people by id; those without one are left out."""
    rows = _rows("addresses", {"people": list(person_ids)}) if person_ids else []
    return {row["person_id"]: Address(**row) for row in rows}


def tenant(*, tenant_id: int) -> TenantName:
    """A ministry's names; an unknown id is a LookupError."""
    rows = _rows("tenant", {"tenant": tenant_id})
    if not rows:
        raise LookupError(f"no tenant {tenant_id}")
    return TenantName(**rows[0])


def tenants() -> tuple[TenantName, ...]:
    """Every ministry, by name."""
    return tuple(TenantName(**row) for row in _rows("tenants", {}))


def seats(*, post_ids: Collection[int], on: date) -> dict[int, Seat]:
    """Posts by id as they are on a day; missing from the answer: those that do not exist that day.

    A post that was abolished by then is answered, under its own id, with the seat of its successor.
    """
    rows = _rows("seats", {"posts": list(post_ids), "day": on})
    return {row.pop("asked_id"): Seat(**row) for row in rows}


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody who has the matters of a post, with the title they have them under."""

    person_id: int
    name: str
    title: str
    title_en: str


def seated(*, post_ids: Collection[int], on: date) -> dict[int, tuple[Seated, ...]]:
    """Who has the matters of some posts on a day, by post; missing: those of which nobody has."""
    found: dict[int, tuple[Seated, ...]] = {}
    for row in _rows("seated", {"posts": list(post_ids), "day": on}) if post_ids else ():
        post_id = row.pop("asked_id")
        found[post_id] = (*found.get(post_id, ()), Seated(**row))
    return found


def empty_since(*, post_ids: Collection[int], on: date) -> dict[int, date]:
    """Since when nobody holds some posts that nobody holds on a day."""
    rows = _rows("empty_since", {"posts": list(post_ids), "day": on}) if post_ids else []
    return {row["post_id"]: row["since"] for row in rows if row["since"] is not None}


def successors(*, post_ids: Collection[int], on: date) -> dict[int, int]:
    """Those of the posts that are abolished on a day and have a successor, with the post that acts for them."""
    rows = _rows("successors", {"posts": list(post_ids), "day": on})
    return {row["post_id"]: row["acting_id"] for row in rows}


@dataclass(frozen=True, slots=True)
class UnitOfDay:
    """What a unit is on a day; its main successor, if it has ended by then."""

    unit_id: int
    code: str
    name: str
    name_en: str
    symbol: str


def units_now(*, unit_ids: Collection[int], on: date) -> dict[int, UnitOfDay]:
    """Units by id as they are on a day; one that has ended is answered with its main successor.

    Missing from the answer: those that do not exist that day and have no successor.
    """
    rows = _rows("units_now", {"units": list(unit_ids), "day": on})
    return {row.pop("asked_id"): UnitOfDay(**row) for row in rows}


def occupied(
    *, tenant_id: int, levels: Collection[str], kinds: Collection[str], on: date
) -> tuple[Seat, ...]:
    """The seats of some levels in a ministry's units of some kinds that are held on a day, by unit."""
    params = {"tenant": tenant_id, "levels": list(levels), "kinds": list(kinds), "day": on}
    return tuple(Seat(**row) for row in _rows("occupied", params))


def whom_to_ask(*, tenant_id: int, duty: str, on: date) -> Seat | None:
    """The head of the unit that has a duty (orders, reorganisation, rules) in a ministry on a day."""
    functions = settings_of(tenant_id=tenant_id, on=on)[f"duty_{duty}"]
    seats_of: dict[str, list[Seat]] = {}
    for row in _rows("functions", {"tenant": tenant_id, "day": on}):
        seats_of.setdefault(row.pop("function"), []).append(Seat(**row))
    return next((head for name in functions if (head := head_of(seats_of.get(name, [])))), None)


def units_below(*, unit_id: int, on: date) -> tuple[int, ...]:
    """A unit and all units below it on a day."""
    return tuple(row["unit_id"] for row in _rows("units_below", {"unit": unit_id, "day": on}))


def posts_in(*, unit_ids: Collection[int], on: date) -> frozenset[int]:
    """The posts of some units on a day, held or not."""
    return frozenset(row["post_id"] for row in _rows("posts_in", {"units": list(unit_ids), "day": on}))


def seats_below(*, unit_id: int, on: date, limit: int) -> tuple[Seat, ...]:
    """The seats held on a day in a unit and below it, the unit's own and the highest first."""
    params = {"unit": unit_id, "day": on, "levels": list(LEVELS), "limit": limit}
    return tuple(Seat(**row) for row in _rows("seats_below", params))


def route_chart(*, post_id: int, on: date) -> RouteChart | None:
    """The organisation as the route of a draft by this post sees it on a day; None if there is no such post."""
    drafter = seats(post_ids=[post_id], on=on).get(post_id)
    if drafter is None:
        return None
    place, line = PLACES[0], []
    said = {key: SETTINGS[key].default for key in ("own_decision", "several_places")}
    for row in _rows("line", {"unit": drafter.unit_id, "day": on}):
        place = row.pop("drafter_place")
        said = {key: row.pop(key) or default for key, default in said.items()}
        line.append(Seat(**row))
    functions: dict[str, list[Seat]] = {}
    for row in _rows("functions", {"tenant": drafter.tenant_id, "day": on}):
        name = row.pop("function")
        functions.setdefault(name, []).append(Seat(**row))
    heads = {name: head for name, seats_of in functions.items() if (head := head_of(seats_of))}
    return RouteChart(
        drafter=drafter,
        line=tuple(line),
        functions=heads,
        drafter_place=place,
        own_decision=str(said["own_decision"]),
        several_places=str(said["several_places"]),
    )


def places_of(*, post_ids: Collection[int], on: date) -> dict[int, str]:
    """Where posts stand on a day (PLACES), those in the head office left out."""
    rows = _rows("places", {"posts": list(post_ids), "day": on})
    return {row["post_id"]: row["place"] for row in rows}


@dataclass(frozen=True, slots=True)
class ChartUnit:
    """A unit of the chart of a day. ``depth`` 1 is the ministry; ``held``: how many of its posts are held.

    ``ends``: the first day on which it is called or placed otherwise, or is no more; None until further notice.
    """

    unit_id: int
    code: str
    parent_code: str | None
    name: str
    name_en: str
    kind: str
    symbol: str
    functions: tuple[str, ...]
    depth: int
    since: date
    posts: int
    held: int
    ends: date | None = None


def chart(*, tenant_id: int, on: date) -> tuple[ChartUnit, ...]:
    """A ministry's units as they are on a day, each before the units below it."""
    rows = _rows("chart", {"tenant": tenant_id, "day": on})
    return tuple(ChartUnit(**{**row, "functions": tuple(row["functions"])}) for row in rows)


@dataclass(frozen=True, slots=True)
class UnitVersionFound:
    """A version of a unit; ``parent_code`` "" at the top, ``ends`` None until further notice."""

    tenant_id: int
    unit_id: int
    code: str
    parent_code: str
    version_id: int
    name: str
    name_en: str
    kind: str
    symbol: str
    functions: tuple[str, ...]
    starts: date
    ends: date | None


def unit_versions(*, tenant_ids: Collection[int]) -> dict[str, list[UnitVersionFound]]:
    """Every version of the units of some ministries, by unit code, in the order of time."""
    found: dict[str, list[UnitVersionFound]] = {}
    for row in _rows("unit_versions", {"tenants": list(tenant_ids)}):
        row |= {"functions": tuple(row["functions"]), "parent_code": row["parent_code"] or ""}
        found.setdefault(row["code"], []).append(UnitVersionFound(**row))
    return found


def units_to_staff(*, on: date, tenant_id: int | None, made_here: str) -> tuple[UnitToStaff, ...]:
    """The units, on a day, of ministries (or one) in which every post has a code like ``made_here``."""
    rows = _rows("units_to_staff", {"day": on, "tenant": tenant_id, "made_here": made_here})
    return tuple(UnitToStaff(**row) for row in rows)


def posts_by_tenant(*, tenant_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The codes of all posts of some ministries, each with the staff number of its first holder ("")."""
    found: dict[int, dict[str, str]] = {tenant_id: {} for tenant_id in tenant_ids}
    for row in _rows("posts_by_tenant", {"tenants": list(tenant_ids)}):
        found[row["tenant_id"]][row["code"]] = row["staff_no"]
    return found


def people(*, tenant_id: int) -> dict[str, PersonName]:
    """The people of a ministry by staff number."""
    rows = _rows("people", {"tenant": tenant_id})
    return {row.pop("staff_no"): PersonName(**row) for row in rows}


def days_of_change(*, tenant_id: int, since: date, until: date) -> tuple[date, ...]:
    """The days from ``since`` up to before ``until`` on which units or posts of a ministry begin or end."""
    params = {"tenant": tenant_id, "since": since, "until": until}
    return tuple(row["day"] for row in _rows("days_of_change", params))


@dataclass(frozen=True, slots=True)
class PostFound:
    """A post of a day, with its holder's name (None: vacant)."""

    post_id: int
    code: str
    title: str
    title_en: str
    unit_name: str
    unit_name_en: str
    holder_name: str | None


def find_posts(*, tenant_id: int, words: str, on: date, limit: int = 20) -> tuple[PostFound, ...]:
    """Posts of a ministry whose title, unit, code or holder's name holds every word, as they are on a day."""
    patterns = [
        "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        for word in words.replace("\x00", "").split()
    ]
    params = {"tenant": tenant_id, "patterns": patterns, "day": on, "limit": limit, "levels": list(LEVELS)}
    return tuple(PostFound(**row) for row in _rows("find_posts", params)) if patterns else ()
