"""The chart of a day as it is read: a tree with the branch that is open, and one unit with its posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from kessai.organisation.histories import Coming, Holder, SeatOfDay
from kessai.organisation.queries import ChartUnit
from kessai.web.chart.words import APPOINTMENTS, FUNCTIONS, UNIT_KINDS, said
from kessai.web.templatetags.kessai import by_lang

DEEP = 2
"""The tree shows the units down to this depth and one below, and whatever lies on the way to the open unit."""


@dataclass(frozen=True, slots=True)
class View:
    """Which chart is looked at: every link of the page keeps to it. ``on`` None is today."""

    tenant_id: int
    on: date | None = None

    def chart(self, **more: int) -> str:
        query: dict[str, str | int] = {**({"on": self.on.isoformat()} if self.on else {}), **more}
        address = reverse("chart:chart", args=[self.tenant_id])
        return f"{address}?{urlencode(query)}" if query else address


@dataclass(frozen=True, slots=True)
class Node:
    """A unit of the tree. ``more``: it has units below that are not in the page; its own page opens them."""

    name: str
    href: str
    free: int
    ends: date | None
    open: bool
    here: bool
    more: bool
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One who holds a post: the kind of appointment is said unless it is the regular one."""

    name: str
    href: str
    kind: str
    since: date


@dataclass(frozen=True, slots=True)
class Row:
    """A post. ``vacant``: how many of its seats are free, in words; ``coming``: what changes, from which day."""

    title: str
    code: str
    href: str
    holders: tuple[Line, ...]
    vacant: str
    coming_day: date | None
    coming: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit that is open. ``kind`` "" where its name says it."""

    unit_id: int
    code: str
    name: str
    kind: str
    symbol: str
    functions: str
    since: date
    ends: date | None
    above: tuple[tuple[str, str], ...]
    """Name and address of each unit above, the ministry first."""
    rows: tuple[Row, ...]
    below: tuple[Node, ...]
    posts: int
    """Posts of the unit and of all units below it."""
    free: int

    @property
    def changing(self) -> bool:
        """Whether any of the posts is known to change."""
        return any(row.coming for row in self.rows)


class Tree:
    """The units of a ministry on a day, found by id and by what lies below them."""

    def __init__(self, units: Sequence[ChartUnit], view: View) -> None:
        self.view = view
        self.by_id = {unit.unit_id: unit for unit in units}
        self.by_code = {unit.code: unit for unit in units}
        self.below: dict[str | None, list[ChartUnit]] = {}
        for unit in units:
            self.below.setdefault(unit.parent_code, []).append(unit)

    @property
    def root(self) -> ChartUnit | None:
        return next(iter(self.below.get(None, ())), None)

    def name(self, unit_id: int | None) -> str:
        unit = self.by_id.get(unit_id) if unit_id else None
        return by_lang(unit.name, unit.name_en) if unit else ""

    def above(self, unit: ChartUnit) -> tuple[ChartUnit, ...]:
        """The units above one, the ministry first."""
        found: list[ChartUnit] = []
        at = self.by_code.get(unit.parent_code or "")
        while at is not None:
            found.append(at)
            at = self.by_code.get(at.parent_code or "")
        return tuple(reversed(found))

    def nodes(self, chosen: ChartUnit | None) -> tuple[Node, ...]:
        """The tree, open down to the chosen unit."""
        way = {unit.code for unit in (*self.above(chosen), chosen)} if chosen else set()
        return tuple(self._node(unit, way, chosen) for unit in self.below.get(None, ()))

    def leaves(self, parent: ChartUnit) -> tuple[Node, ...]:
        """The units right below one, without what is below them."""
        return tuple(self._node(unit, set(), None, alone=True) for unit in self.below.get(parent.code, ()))

    def sums(self, unit: ChartUnit) -> tuple[int, int]:
        """Posts, and posts that nobody holds, of a unit and everything below it."""
        posts, free = unit.posts, unit.posts - unit.held
        for child in self.below.get(unit.code, ()):
            more_posts, more_free = self.sums(child)
            posts, free = posts + more_posts, free + more_free
        return posts, free

    def _node(self, unit: ChartUnit, way: set[str], chosen: ChartUnit | None, *, alone: bool = False) -> Node:
        below = self.below.get(unit.code, [])
        shown = not alone and (unit.depth <= DEEP or unit.code in way)
        return Node(
            name=by_lang(unit.name, unit.name_en),
            href=self.view.chart(unit=unit.unit_id),
            free=unit.posts - unit.held,
            ends=unit.ends,
            open=unit.depth == 1 or unit.code in way,
            here=chosen is not None and unit.code == chosen.code,
            more=bool(below) and not shown and not alone,
            children=tuple(self._node(child, way, chosen) for child in below) if shown else (),
        )


def unit_page(tree: Tree, unit: ChartUnit, seats: Iterable[SeatOfDay]) -> Unit:
    """One unit with its posts and what lies right below it."""
    posts, free = tree.sums(unit)
    kind = said(UNIT_KINDS, unit.kind)
    return Unit(
        unit_id=unit.unit_id,
        code=unit.code,
        name=by_lang(unit.name, unit.name_en),
        kind="" if kind.lower() in by_lang(unit.name, unit.name_en).lower() or not unit.parent_code else kind,
        symbol=unit.symbol,
        functions=gettext("、").join(said(FUNCTIONS, function) for function in unit.functions),
        since=unit.since,
        ends=unit.ends,
        above=tuple((tree.name(one.unit_id), tree.view.chart(unit=one.unit_id)) for one in tree.above(unit)),
        rows=tuple(row(tree, seat) for seat in seats),
        below=tree.leaves(unit),
        posts=posts,
        free=free,
    )


def row(tree: Tree, seat: SeatOfDay) -> Row:
    return Row(
        title=by_lang(seat.title, seat.title_en),
        code=seat.code,
        href=reverse("chart:post", args=[tree.view.tenant_id, seat.post_id]),
        holders=tuple(line(tree.view.tenant_id, holder) for holder in seat.holders),
        vacant=_vacant(seat),
        coming_day=seat.coming.day if seat.coming else None,
        coming=gettext("、").join(_coming(tree, seat, seat.coming)) if seat.coming else "",
    )


def line(tenant_id: int, holder: Holder) -> Line:
    return Line(
        name=by_lang(holder.name, holder.name_en),
        href=reverse("chart:person", args=[tenant_id, holder.person_id]),
        kind="" if holder.kind == "regular" else said(APPOINTMENTS, holder.kind),
        since=holder.since,
    )


def _vacant(seat: SeatOfDay) -> str:
    if not seat.free:
        return ""
    if seat.seats == 1:
        return gettext("欠員")
    return gettext("定数%(seats)s、欠員%(n)s") % {"seats": seat.seats, "n": seat.free}


def _coming(tree: Tree, seat: SeatOfDay, coming: Coming) -> Iterable[str]:
    """What will be different: the end of the post, its title, its unit, its holders."""
    if not coming.title:
        successor = by_lang(coming.successor_title, coming.successor_title_en)
        yield gettext("廃止、%(post)sが引き継ぐ") % {"post": successor} if successor else gettext("廃止")
        return
    if coming.title != seat.title:
        yield gettext("職名が「%(title)s」に") % {"title": by_lang(coming.title, coming.title_en)}
    if coming.unit_id != seat.unit_id:
        yield gettext("%(unit)sへ移る") % {"unit": tree.name(coming.unit_id) or gettext("新しい部署")}
    if _who(coming.holders) != _who(seat.holders):
        names = (by_lang(holder.name, holder.name_en) for holder in coming.holders)
        yield gettext("・").join(names) or gettext("欠員")


def _who(holders: Iterable[Holder]) -> set[tuple[int, str]]:
    return {(holder.person_id, holder.kind) for holder in holders}
