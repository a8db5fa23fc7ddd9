"""Reads of a ministry's directory of addressees: the groups of a day, who is in them, and who is found by words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_

from django.db.models import Q

from kessai.records.models import Addressee


@dataclass(frozen=True, slots=True)
class Member:
    """An addressee as it stands in the line of a notice; ``keywords``: by what else it is found."""

    name: str
    keywords: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Addressees that are often written to together, in their order."""

    name: str
    name_en: str
    members: tuple[Member, ...]
    since: date | None = None
    """The day from which the list is as it is."""
    changed_by: int | None = None
    """Who last changed it; None where an operator brought it in."""
    changed_at: datetime | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(member.name for member in self.members)


def groups(*, tenant_id: int, on: date) -> tuple[Group, ...]:
    """The groups of a ministry's directory on a day, in their order."""
    rows = Addressee.objects.filter(tenant_id=tenant_id, period__contains=on)
    found: dict[str, list[Addressee]] = {}
    for row in rows.order_by("group_position", "group", "position"):
        found.setdefault(row.group, []).append(row)
    return tuple(_group(of) for of in found.values())


def _group(rows: list[Addressee]) -> Group:
    last = max(rows, key=lambda row: row.period.lower)
    return Group(
        name=rows[0].group,
        name_en=rows[0].group_en,
        members=tuple(Member(row.name, row.keywords) for row in rows),
        since=last.period.lower,
        changed_by=last.changed_by,
        changed_at=last.changed_at,
    )


def group(*, tenant_id: int, name: str, on: date) -> Group | None:
    """One group on a day; None where there is none of the name."""
    rows = Addressee.objects.filter(tenant_id=tenant_id, group=name, period__contains=on)
    found = list(rows.order_by("position"))
    return _group(found) if found else None


def days_of_change(*, tenant_id: int, name: str, after: date) -> tuple[date, ...]:
    """The days to come on which a group changes."""
    rows = Addressee.objects.filter(tenant_id=tenant_id, group=name)
    days = {day for row in rows for day in (row.period.lower, row.period.upper) if day and day > after}
    return tuple(sorted(days))


def found(*, tenant_id: int, words: str, on: date, limit: int = 20) -> tuple[Member, ...]:
    """The addressees that every word fits: by name, keywords or group."""
    wanted = [_has(word) for word in words.replace("\x00", "").split()]
    if not wanted:
        return ()
    rows = Addressee.objects.filter(reduce(and_, wanted), tenant_id=tenant_id, period__contains=on)
    ordered = rows.order_by("group_position", "group", "position").values_list("name", "keywords")
    return tuple(_once(Member(name, keywords) for name, keywords in ordered[: limit * 3]))[:limit]


def _has(word: str) -> Q:
    return Q(name__icontains=word) | Q(keywords__icontains=word) | Q(group__icontains=word)


def _once(members: Iterable[Member]) -> Iterable[Member]:
    return {member.name: member for member in members}.values()
