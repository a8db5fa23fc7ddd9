"""The calendar of a ministry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kessai.kernel.workdays import Workdays
from kessai.organisation.models import ClosingDay
from kessai.organisation.settings import settings_of


def workdays(*, tenant_id: int, on: date) -> Workdays:
    """The working days of a ministry, by its calendar as it is kept on a day."""
    return Workdays(
        yearly=frozenset(settings_of(tenant_id=tenant_id, on=on)["closed_each_year"]),
        closed=frozenset(ClosingDay.objects.filter(tenant_id=tenant_id).values_list("day", flat=True)),
    )


@dataclass(frozen=True, slots=True)
class Closed:
    """A closing day of a ministry's own."""

    day: date
    name: str


def closing_days(*, tenant_id: int, since: date | None = None) -> tuple[Closed, ...]:
    """A ministry's own closing days, in order, from a day on if one is given."""
    found = ClosingDay.objects.filter(tenant_id=tenant_id).order_by("day")
    if since is not None:
        found = found.filter(day__gte=since)
    return tuple(Closed(each.day, each.name) for each in found)
