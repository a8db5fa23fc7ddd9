"""Until when somebody is away, and who may be named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.organisation.absence import rules
from kessai.organisation.absence.rules import CannotAppoint, CannotRecord
from kessai.organisation.rules import LEVELS, RANK

START = datetime(2026, 10, 5, tzinfo=UTC)


def hour(n: int) -> datetime:
    return START + timedelta(hours=n)


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=8,
)


@given(SPANS, st.integers(0, 60))
def test_the_end_of_an_absence_is_the_first_hour_that_nothing_covers(
    spans: list[tuple[int, int]], at: int
) -> None:
    """Against a naive model that looks at every hour."""
    covered = {n for start, end in spans for n in range(start, end)}
    back = at
    while back in covered:
        back += 1
    found = rules.away_until([(hour(a), hour(b)) for a, b in spans], hour(at))
    assert found == (hour(back) if back > at else None)


def test_whoever_is_back_at_a_minute_is_there_at_that_minute() -> None:
    span = [(hour(1), hour(3))]
    assert rules.away_until(span, hour(3)) is None
    assert rules.away_until(span, hour(3) - timedelta(microseconds=1)) == hour(3)
    assert rules.away_until(span, hour(1)) == hour(3)
    assert rules.away_until(span, hour(1) - timedelta(microseconds=1)) is None


def test_times_are_kept_to_the_minute() -> None:
    assert rules.to_the_minute(START.replace(second=59, microsecond=7)) == START


@pytest.mark.parametrize(
    ("start", "end", "kind"),
    [(1, 1, "leave"), (2, 1, "leave"), (-5, 0, "leave"), (1, 2, "nap"), (1, 24 * 366 * 4, "leave")],
)
def test_an_absence_that_cannot_be_is_refused(start: int, end: int, kind: str) -> None:
    with pytest.raises(CannotRecord):
        rules.check_absence(start=hour(start), end=hour(end), kind=kind, at=hour(0))


def test_an_absence_may_have_begun() -> None:
    rules.check_absence(start=hour(-5), end=hour(1), kind="illness", at=hour(0))


@pytest.mark.parametrize("below", ["1", "2", "3", "any"])
def test_the_levels_that_are_offered_are_those_that_may_be_named(below: str) -> None:
    for level in LEVELS:
        offered = rules.deputy_levels(level, below)
        assert list(offered) == sorted(offered, key=lambda each: -RANK[each])
        for deputy in LEVELS:
            try:
                rules.check_deputy(title="甲", level=level, deputy="乙", deputy_level=deputy, below=below)
            except CannotAppoint as refusal:
                assert deputy not in offered
                assert str(refusal.what) and str(refusal.remedy)
            else:
                assert deputy in offered


def test_a_list_of_deputies_names_others_and_has_an_end() -> None:
    rules.check_list([1, 2], 3)
    with pytest.raises(CannotAppoint):
        rules.check_list([1, 3], 3)
    with pytest.raises(CannotAppoint):
        rules.check_list(list(range(10, 20)), 3)


def test_a_deputy_without_a_list_of_matters_is_one_for_all_of_them() -> None:
    assert rules.covers((), "r1")
    assert rules.covers(("r1", "r2"), "r1")
    assert not rules.covers(("r2",), "r1")
