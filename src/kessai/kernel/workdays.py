"""Working days: on which days an office of the state is closed, and counting those on which it is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import jpholiday

MONTH_DAYS = tuple((date(2024, 1, 1) + timedelta(days=n)).strftime("%m-%d") for n in range(366))
"""Every day that a year may have, 01-01 to 12-31."""

YEAR_END = ("12-29", "12-30", "12-31", "01-01", "01-02", "01-03")
"""行政機関の休日に関する法律（昭和63年法律第91号）第1条第1項第3号."""


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """Japan's public holidays of a year (国民の祝日に関する法律), substitutes included."""
    return frozenset(day for day, _ in jpholiday.year_holidays(year))


@dataclass(frozen=True, slots=True)
class Workdays:
    """The calendar of one office. ``yearly``: days closed each year, as MM-DD; ``closed``: single days."""

    yearly: Iterable[str] = YEAR_END
    closed: frozenset[date] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        return not (
            day.weekday() >= 5
            or day.strftime("%m-%d") in self.yearly
            or day in self.closed
            or day in public_holidays(day.year)
        )

    def after(self, day: date, count: int = 1) -> date:
        """The working day that many working days after a day."""
        return self._away(day, count, timedelta(days=1))

    def before(self, day: date, count: int = 1) -> date:
        """The working day that many working days before a day."""
        return self._away(day, count, timedelta(days=-1))

    def last_by(self, day: date) -> date:
        """The day itself if it is a working day, else the last one before it."""
        return day if self.is_working(day) else self.before(day)

    def between(self, since: date, until: date) -> int:
        """How many working days there are after one day and up to another, which counts."""
        days = (since + timedelta(days=n) for n in range(1, (until - since).days + 1))
        return sum(self.is_working(day) for day in days)

    def _away(self, day: date, count: int, step: timedelta) -> date:
        for _ in range(count):
            day += step
            while not self.is_working(day):
                day += step
        return day
