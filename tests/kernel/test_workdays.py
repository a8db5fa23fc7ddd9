"""On which days an office of the state is closed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kessai.kernel.workdays import YEAR_END, Workdays, public_holidays

PUBLISHED = {
    2020: "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0723 0724 0810 0921 0922 1103 1123",
    2021: "0101 0111 0211 0223 0320 0429 0503 0504 0505 0722 0723 0808 0809 0920 0923 1103 1123",
    2026: "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123",
    2027: "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123",
}
"""国民の祝日 as the Cabinet Office published them: with substitutes, and with what the Games of 2020 moved."""


@pytest.mark.parametrize("year", sorted(PUBLISHED))
def test_the_public_holidays_are_those_that_were_published(year: int) -> None:
    assert " ".join(f"{day:%m%d}" for day in sorted(public_holidays(year))) == PUBLISHED[year]


def test_an_office_is_closed_at_weekends_on_holidays_and_over_the_turn_of_the_year() -> None:
    days = [date(2026, 12, 25) + timedelta(days=n) for n in range(12)]
    assert [f"{day:%m-%d}" for day in days if Workdays().is_working(day)] == [
        "12-25",
        "12-28",
        "01-04",
        "01-05",
    ]
    assert len(YEAR_END) == 6


def test_working_days_are_counted_both_ways() -> None:
    friday, monday = date(2026, 10, 23), date(2026, 10, 26)
    days = Workdays()
    assert (days.after(friday), days.before(monday), days.after(friday, 2)) == (
        monday,
        friday,
        date(2026, 10, 27),
    )
    assert (days.last_by(friday), days.last_by(date(2026, 10, 25))) == (friday, friday)
    assert (days.between(friday, monday), days.between(friday, friday)) == (1, 0)
