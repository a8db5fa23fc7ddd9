"""Days, fiscal years and eras as a Japanese ministry counts them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

JAPAN = timezone(timedelta(hours=9), "JST")
"""Japan has had no other offset since 1951, so no time zone database is needed."""

ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1868, 10, 23), "明治", "M"),
)


def day_in_japan(at: datetime) -> date:
    """The day in Japan at an aware point in time; a naive one is a ValueError."""
    if at.tzinfo is None:
        raise ValueError("a point in time needs its zone")
    return at.astimezone(JAPAN).date()


def fiscal_year(day: date) -> int:
    """The fiscal year that a day falls in: April 1 to March 31, named by its first year (財政法 11条)."""
    return day.year if day.month >= 4 else day.year - 1


def era_year(day: date) -> tuple[str, int]:
    """Era name and year of a day, ("令和", 8) for 2026. Days before 1868-10-23 are a ValueError."""
    for start, name, _ in ERAS:
        if day >= start:
            return name, day.year - start.year + 1
    raise ValueError(f"no era is known for {day}")


def era_text(day: date) -> str:
    """令和8年11月24日; the first year of an era is written 元年."""
    name, year = era_year(day)
    return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def fiscal_year_text(year: int) -> str:
    """令和8年度 for 2026, by the era in force on April 1."""
    name, number = era_year(date(year, 4, 1))
    return f"{name}{'元' if number == 1 else number}年度"
