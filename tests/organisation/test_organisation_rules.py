"""The line of a unit: which seat speaks for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kessai.organisation.rules import LEVELS, RANK, Gap, Seat, gaps, head_of


def seat(post_id: int, level: str, in_line: bool = True) -> Seat:
    return Seat(
        post_id=post_id,
        tenant_id=1,
        title=f"職{post_id}",
        title_en="",
        level=level,
        in_line=in_line,
        unit_id=1,
        unit_name="課",
        unit_name_en="",
        unit_symbol="課",
        holder_id=None,
        holder_name=None,
    )


seats = st.builds(seat, st.integers(1, 50), st.sampled_from(LEVELS), st.booleans())


def test_levels_rank_from_officer_to_minister() -> None:
    assert [RANK[level] for level in LEVELS] == list(range(len(LEVELS)))
    assert seat(1, "officer").rank < seat(2, "minister").rank


def test_a_unit_speaks_through_its_highest_seat_in_line() -> None:
    assert head_of([seat(1, "deputy_director"), seat(2, "director"), seat(3, "section_chief")]) == seat(
        2, "director"
    )


def test_a_seat_out_of_line_speaks_for_nobody_however_high() -> None:
    assert head_of([seat(1, "director"), seat(2, "councillor", in_line=False)]) == seat(1, "director")


def test_of_two_equal_seats_the_older_post_speaks() -> None:
    assert head_of([seat(7, "director"), seat(3, "director")]) == seat(3, "director")


def test_a_unit_without_seats_in_line_has_no_head() -> None:
    assert head_of([]) is None
    assert head_of([seat(1, "officer", in_line=False)]) is None


@given(st.lists(seats))
def test_no_seat_in_line_outranks_the_head(found: list[Seat]) -> None:
    head = head_of(found)
    in_line = [entry for entry in found if entry.in_line]
    assert (head is None) == (not in_line)
    if head is not None:
        assert head in in_line
        assert all(entry.rank <= head.rank for entry in in_line)


_DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 20))
_STRETCH = st.tuples(_DAYS, st.none() | _DAYS).filter(lambda s: s[1] is None or s[0] < s[1])


@given(st.lists(_STRETCH, max_size=3), st.lists(_STRETCH, max_size=4))
def test_gaps_are_exactly_the_days_that_nothing_covers(
    stretches: list[tuple[date, date | None]], covered: list[tuple[date, date | None]]
) -> None:
    whole: list[tuple[date, date | None]] = []
    for start, end in sorted(stretches, key=lambda s: s[0]):
        if not whole or (whole[-1][1] is not None and whole[-1][1] <= start):
            whole.append((start, end))

    def within(day: date, parts: Iterable[tuple[date, date | None]]) -> bool:
        return any(start <= day and (end is None or day < end) for start, end in parts)

    found = gaps(whole, covered)
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(40)]
    free = [day for day in days if within(day, whole) and not within(day, covered)]
    assert [day for day in days if within(day, [(g.starts, g.ends) for g in found])] == free
    starts = [gap.starts for gap in found]
    assert starts == sorted(starts, reverse=True)
    # Two gaps never touch: they would be one.
    assert not {gap.ends for gap in found} & set(starts)


def test_a_post_that_nobody_holds_is_one_gap_through_all_its_titles() -> None:
    january, march = date(2026, 1, 1), date(2026, 3, 1)
    assert gaps([(january, march), (march, None)], []) == (Gap(january, None),)
