"""The line of a unit: which seat speaks for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kessai.organisation.rules import LEVELS, RANK, Seat, head_of


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
