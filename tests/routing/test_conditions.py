"""Conditions of a row on the fields of the form: a small language, read into data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.routing.conditions import (
    Condition,
    NoCondition,
    measure,
    read_conditions,
    read_values,
    why_not_held,
    write_conditions,
    write_values,
)


def holds(text: str, **values: str) -> bool:
    (condition,) = read_conditions(text)
    return why_not_held(condition, values) is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        ("region=沖縄,北海道", [("region", "=", ("沖縄", "北海道"))]),
        ("  rate>=50   region!=沖縄 ", [("rate", ">=", ("50",)), ("region", "!=", ("沖縄",))]),
        ('place="東京 本省",大阪', [("place", "=", ("東京 本省", "大阪"))]),
        ("held_on<2027-04-01", [("held_on", "<", ("2027-04-01",))]),
        ("corporate_number=*", [("corporate_number", "=", ("*",))]),
    ],
)
def test_conditions_are_read(text: str, read: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert read_conditions(text) == tuple(Condition(*entry) for entry in read)


@pytest.mark.parametrize(
    "text",
    ["region", "=沖縄", "region==沖縄", "region=", "Region=沖縄", "region=沖縄,", 'region="沖縄', "rate>=many",
     "rate>1,2", "region=a region ＝ b", "__import__('os')", "a=1;b=2 c"],
)  # fmt: skip
def test_what_is_no_condition_is_refused_with_the_place(text: str) -> None:
    with pytest.raises(NoCondition) as refusal:
        read_conditions(text)
    assert refusal.value.rest


@pytest.mark.parametrize(
    ("text", "value", "held"),
    [
        ("region=沖縄,北海道", "北海道", True),
        ("region=沖縄,北海道", " 沖縄 ", True),
        ("region=沖縄", "東京", False),
        ("region=沖縄", "", False),
        ("region=Ａ", "a", True),
        ("region=*", "どこか", True),
        ("region=*", "", False),
        ("region!=沖縄,北海道", "東京", True),
        ("region!=沖縄", "沖縄", False),
        ("region!=沖縄", "", True),
        ("rate>=50", "50", True),
        ("rate>=50", "49.9", False),
        ("rate>=50", "５０％", True),
        ("rate>50", "50", False),
        ("rate>50", "1,000", True),
        ("rate<=50", "50", True),
        ("rate<50", "50", False),
        ("rate<50", "-3", True),
        ("rate>=50", "半分", False),
        ("held_on>=2027-04-01", "2027-04-01", True),
        ("held_on>=2027-04-01", "2027-03-31", False),
        ("held_on>=2027-04-01", "20270401", False),
        ("held_on<2027-04-01", "2026-12-31", True),
    ],
)
def test_a_condition_holds_or_says_which_it_was(text: str, value: str, held: bool) -> None:
    assert holds(text, region=value, rate=value, held_on=value) is held
    reason = why_not_held(read_conditions(text)[0], {"region": value, "rate": value, "held_on": value})
    assert (
        reason is None if held else text.split("=")[0].split("<")[0].split(">")[0].rstrip("!") in str(reason)
    )


def test_a_field_that_is_not_there_is_empty() -> None:
    assert not holds("region=*")
    assert holds("region!=沖縄")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,200", Decimal(1200)),
        ("５０", Decimal(50)),
        ("12.5%", Decimal("12.5")),
        ("2027-04-01", date(2027, 4, 1)),
        ("2027-13-01", None),
        ("many", None),
        ("1e5", None),
        ("", None),
    ],
)
def test_numbers_and_days_are_measured_and_nothing_else(text: str, value: object) -> None:
    assert measure(text) == value


keys = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
texts = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters='"'), min_size=1, max_size=8
)
values = texts.filter(lambda text: text.strip())
several = st.builds(
    Condition, keys, st.sampled_from(("=", "!=")), st.lists(values, min_size=1, max_size=3).map(tuple)
)
bounds = st.integers(-1000, 1000).map(str) | st.dates().map(date.isoformat)
one = st.builds(Condition, keys, st.sampled_from((">=", ">", "<=", "<")), st.tuples(bounds))


@given(st.lists(several | one, max_size=4).map(tuple))
def test_what_is_written_reads_back_the_same(conditions: tuple[Condition, ...]) -> None:
    assert read_conditions(write_conditions(conditions)) == conditions


@given(st.dictionaries(keys, values, max_size=4))
def test_values_that_are_written_read_back_the_same(fields: dict[str, str]) -> None:
    assert read_values(write_values(fields)) == fields


@pytest.mark.parametrize("text", ["rate>5", "region=a,b", "region=a region=b"])
def test_values_are_one_for_each_field(text: str) -> None:
    with pytest.raises(NoCondition):
        read_values(text)
