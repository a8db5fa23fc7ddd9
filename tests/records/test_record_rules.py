"""When retention starts and ends, and how a number is written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.kernel.calendar import fiscal_year
from kessai.records.rules import CannotNumber, Retention, number_text, retention


@pytest.mark.parametrize(
    ("made_on", "years", "expected"),
    [
        (date(2026, 5, 10), 5, Retention(date(2027, 4, 1), date(2032, 3, 31))),
        (date(2026, 4, 1), 1, Retention(date(2027, 4, 1), date(2028, 3, 31))),
        (date(2027, 3, 31), 1, Retention(date(2027, 4, 1), date(2028, 3, 31))),
        (date(2027, 1, 15), 30, Retention(date(2027, 4, 1), date(2057, 3, 31))),
        (date(2024, 2, 29), 3, Retention(date(2024, 4, 1), date(2027, 3, 31))),
        (date(2026, 5, 10), None, Retention(date(2027, 4, 1), None)),
    ],
)
def test_retention_runs_whole_fiscal_years_from_the_one_after(
    made_on: date, years: int | None, expected: Retention
) -> None:
    assert retention(made_on, years) == expected


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_retention_always_ends_on_the_last_of_a_fiscal_year_after_the_promised_time(
    made_on: date, years: int
) -> None:
    kept = retention(made_on, years)
    assert kept.expires_on is not None
    assert (kept.expires_on.month, kept.expires_on.day) == (3, 31)
    assert fiscal_year(kept.expires_on) - fiscal_year(made_on) == years
    assert kept.starts_on > made_on


def test_a_number_is_written_as_its_ministry_writes_it() -> None:
    assert number_text("{symbol}第{serial}号", symbol="政振", serial=12, year=2026) == "政振第12号"
    assert (
        number_text("{fiscal_year}-{symbol}-{serial:04d}", symbol="政", serial=7, year=2026) == "2026-政-0007"
    )


def test_a_unit_without_a_symbol_gets_no_number_and_is_told_what_to_do() -> None:
    with pytest.raises(CannotNumber) as refused:
        number_text("{symbol}第{serial}号", symbol="", serial=1, year=2026)
    assert "文書記号" in str(refused.value.what)
    assert str(refused.value.remedy)


def test_serials_start_at_one() -> None:
    with pytest.raises(ValueError, match="start at 1"):
        number_text("{serial}", symbol="政", serial=0, year=2026)
