"""Days as offices write them in orders."""

from __future__ import annotations

from datetime import date

import pytest

from kessai.organisation.orders.rules import read_day


@pytest.mark.parametrize(
    "typed",
    ["2028-03-31", "2028/3/31", "2028.3.31", "2028年3月31日", "令和10年3月31日", "R10.3.31", "r10/3/31",
     "２０２８年３月３１日まで", " 2028-03-31 "],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(typed: str) -> None:
    assert read_day(typed) == date(2028, 3, 31)


def test_the_first_year_of_an_era_may_be_written_in_words() -> None:
    assert read_day("令和元年5月1日") == date(2019, 5, 1)


@pytest.mark.parametrize("typed", ["", "来年", "2028-02-30", "令和10年13月1日", "3/31", "昭和64年1月7日"])
def test_what_is_no_day_is_none(typed: str) -> None:
    assert read_day(typed) is None
