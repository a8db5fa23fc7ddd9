"""Days, fiscal years and eras; periods; identifiers; words."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.kernel.calendar import day_in_japan, era_text, era_year, fiscal_year, fiscal_year_text
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.identifiers import new_id
from kessai.kernel.period import Period
from kessai.kernel.words import N_, Text

DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 31, 14, 59, 59, tzinfo=UTC), date(2026, 3, 31)),
        (datetime(2026, 3, 31, 15, 0, tzinfo=UTC), date(2026, 4, 1)),
    ],
)
def test_a_day_in_japan_begins_at_three_in_the_afternoon_of_greenwich(at: datetime, day: date) -> None:
    assert day_in_japan(at) == day


def test_a_time_without_a_zone_is_no_point_in_time() -> None:
    with pytest.raises(ValueError, match="zone"):
        day_in_japan(datetime(2026, 4, 1, 9, 0))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026), (date(2026, 12, 31), 2026)]
)
def test_a_fiscal_year_begins_on_the_first_of_april(day: date, year: int) -> None:
    assert fiscal_year(day) == year


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 24), "令和8年11月24日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1868, 10, 23), "明治元年10月23日"),
    ],
)
def test_a_day_is_written_in_the_era_that_was_in_force(day: date, text: str) -> None:
    assert era_text(day) == text


def test_before_the_first_known_era_there_is_no_year() -> None:
    with pytest.raises(ValueError, match="no era"):
        era_year(date(1868, 10, 22))


@pytest.mark.parametrize(("year", "text"), [(2026, "令和8年度"), (2019, "平成31年度"), (1989, "平成元年度")])
def test_a_fiscal_year_is_named_by_the_era_of_its_first_of_april(year: int, text: str) -> None:
    assert fiscal_year_text(year) == text


@given(DAYS)
def test_every_day_is_in_the_fiscal_year_it_says(day: date) -> None:
    year = fiscal_year(day)
    assert date(year, 4, 1) <= day < date(year + 1, 4, 1)


def test_a_period_holds_its_first_day_and_not_its_end() -> None:
    period = Period(date(2026, 4, 1), date(2026, 5, 1))
    assert date(2026, 4, 1) in period
    assert date(2026, 4, 30) in period
    assert date(2026, 5, 1) not in period
    assert date(2026, 3, 31) not in period
    assert date(2999, 1, 1) in Period(date(2026, 4, 1))


@pytest.mark.parametrize("end", [date(2026, 4, 1), date(2026, 3, 31)])
def test_a_period_lasts_at_least_a_day(end: date) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        Period(date(2026, 4, 1), end)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(DAYS)
    length = draw(st.none() | st.integers(1, 1000))
    return Period(start, None if length is None else start + timedelta(days=length))


@given(periods(), periods())
def test_two_periods_overlap_exactly_if_a_day_is_in_both(one: Period, other: Period) -> None:
    later = max(one.start, other.start)
    assert one.overlaps(other) == other.overlaps(one) == (later in one and later in other)


def test_identifiers_are_uuids_of_version_7_that_tell_when_they_were_made() -> None:
    before = time.time_ns() // 1_000_000
    made = [new_id() for _ in range(100)]
    after = time.time_ns() // 1_000_000
    assert len(set(made)) == 100
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}
    assert all(before <= each.int >> 80 <= after for each in made)


def test_a_text_is_its_message_with_its_parameters() -> None:
    assert str(Text(N_("第%(n)s版"), {"n": 3})) == "第3版"


def test_a_refusal_says_why_and_what_to_do() -> None:
    refusal = Cannot("%(who)sが先に処理しています。", "%(who)sに聞いてください。", who="佐藤")
    assert str(refusal) == str(refusal.what) == "佐藤が先に処理しています。"
    assert str(refusal.remedy) == "佐藤に聞いてください。"
    assert isinstance(NotFound("ありません。"), Cannot)
