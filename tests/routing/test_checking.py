"""A table checked as a whole: what it leaves out, what it never uses, what it asks of the organisation."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
import table_rows as of
from hypothesis import given, settings
from table_rows import row

from kessai.organisation.named import UnitReach
from kessai.organisation.rules import PLACES, RouteChart, Seat
from kessai.routing import checking
from kessai.routing.checking import Finding, Form, check_chart, check_rows
from kessai.routing.conditions import read_conditions
from kessai.routing.rules import (
    FLAGS,
    CannotPlan,
    CaseFacts,
    Example,
    Row,
    Table,
    choose_row,
    plan,
    why_not,
)

FORM = Form(frozenset({"amount", "region", "rate"}), frozenset({"amount"}))
FORMS = {"contract": FORM, "notice": Form(frozenset(), frozenset())}


def texts(*found: Finding) -> list[tuple[int | None, str, bool]]:
    return [(finding.row, str(finding.text), finding.blocks) for finding in found]


def said(*rows: Row) -> list[tuple[int | None, bool]]:
    return [(finding.row, finding.blocks) for finding in check_rows(rows, FORMS)]


def test_a_table_without_gaps_is_right() -> None:
    assert check_rows([row(1, amount_below=10), row(2, amount_from=10)], FORMS) == ()
    assert check_rows([row(1, flags=frozenset({"diet"})), row(2)], FORMS) == ()


def test_a_matter_that_the_day_does_not_know_is_a_fault() -> None:
    assert "sorcery" in texts(*check_rows([row(1, matter_code="sorcery")], FORMS))[0][1]


def test_amounts_are_asked_only_where_the_form_requires_them() -> None:
    found = check_rows([row(4, matter_code="notice", amount_from=1)], FORMS)
    assert [(number, "必須としていない" in text) for number, text, _ in texts(*found)] == [(4, True)]


def test_a_gap_is_said_with_the_amount_it_begins_at() -> None:
    found = check_rows([row(1, amount_below=10), row(2, amount_from=20, amount_below=30)], FORMS)
    assert [text for _, text, _ in texts(*found)] == [
        "事案の種類「contract」に、10円からの金額の行がありません。",
        "事案の種類「contract」に、30円からの金額の行がありません。",
    ]


def test_a_gap_is_said_with_the_place_and_the_fields_it_is_for() -> None:
    rows = [
        row(1, units=frozenset({"regional"})),
        row(2, units=frozenset({"head_office"}), conditions=read_conditions("region=沖縄")),
        row(3, units=frozenset({"head_office"}), amount_from=10),
    ]
    found = [text for _, text, _ in texts(*check_rows(rows, FORMS))]
    assert found == [
        "事案の種類「contract」に、1円からの金額（units=head_office region=）の行がありません。",
        "事案の種類「contract」に、1円からの金額（units=institution region=）の行がありません。",
        "事案の種類「contract」に、10円からの金額（units=institution region=）の行がありません。",
    ]


def test_a_matter_without_amounts_has_gaps_too() -> None:
    only_flags = [row(1, matter_code="notice", flags=frozenset({"diet"}))]
    assert "指定のない事案の行がありません" in texts(*check_rows(only_flags, FORMS))[0][1]
    only_there = [row(1, matter_code="notice", units=frozenset({"regional"}))]
    assert "（units=head_office）" in texts(*check_rows(only_there, FORMS))[0][1]


def test_a_field_that_must_be_filled_in_leaves_no_gap_where_it_is_empty() -> None:
    rows = [
        row(1, conditions=read_conditions("region=沖縄")),
        row(2, conditions=read_conditions("region!=沖縄")),
    ]
    assert check_rows(rows, FORMS) == ()
    any_region = [row(1, conditions=read_conditions("region=*"))]
    assert len(check_rows(any_region, FORMS)) == 1
    required = FORMS | {"contract": Form(FORM.fields, frozenset({"amount", "region"}))}
    assert check_rows(any_region, required) == ()


def test_a_row_behind_rows_that_take_all_it_applies_to_is_never_used() -> None:
    together = [
        row(1, flags=frozenset({"diet"})),
        row(2, flags=frozenset({"important"})),
        row(3, flags=frozenset({"diet", "important"})),
        row(4),
    ]
    assert said(*together) == [(3, True)]
    numbers = [
        row(1, conditions=read_conditions("rate>=50")),
        row(2, conditions=read_conditions("rate>=60")),
        row(3),
    ]
    assert said(*numbers) == [(2, True)]


def test_ranges_that_partly_overlap_are_a_fault_and_ranges_within_others_a_note() -> None:
    partly = [row(1, amount_below=20), row(2, amount_from=10, amount_below=30), row(3, amount_from=30)]
    assert said(*partly) == [(2, True)]
    assert "1行目と10円から重なっています" in texts(*check_rows(partly, FORMS))[0][1]
    within = [row(1, amount_from=10, amount_below=20), row(2, amount_from=5, amount_below=30), row(3)]
    assert said(*within) == [(2, False)]
    assert "1行目の範囲を含みます" in texts(*check_rows(within, FORMS))[0][1]


def test_ranges_that_widen_step_by_step_are_a_way_of_writing() -> None:
    assert said(row(1, amount_below=10), row(2, amount_below=20), row(3)) == []
    assert said(row(1, amount_from=20), row(2, amount_from=10), row(3)) == []


def test_ranges_of_rows_that_differ_otherwise_may_overlap() -> None:
    one = row(1, amount_below=20, flags=frozenset({"diet"}))
    assert said(one, row(2, amount_below=30), row(3, amount_from=30)) == []


def test_a_range_that_another_holds_is_only_said_to_be_unused() -> None:
    assert said(row(1, amount_below=30), row(2, amount_below=20), row(3, amount_from=30)) == [(2, True)]
    assert said(row(1, amount_from=10), row(2, amount_from=20), row(3)) == [(2, True)]


def test_very_many_values_are_looked_at_one_field_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MOST_WORLDS", 1)
    rows = [
        row(1, conditions=read_conditions("region=a rate=1")),
        row(2, conditions=read_conditions("rate!=1")),
    ]
    assert [blocks for _, blocks in said(*rows)] == [True, True]


# Against every case there is


def every_case() -> list[tuple[CaseFacts, str]]:
    amounts = range(1, of.LAST_AMOUNT + 2)
    flags = (frozenset[str](), frozenset(FLAGS[:1]), frozenset(FLAGS[1:2]), frozenset(FLAGS[:2]))
    return [
        (CaseFacts("contract", amount, some, {"region": region, "rate": rate}), place)
        for amount, some, region, rate, place in product(amounts, flags, of.VALUES, of.VALUES, PLACES)
    ]


EVERY_CASE = every_case()


@settings(max_examples=60, deadline=None)
@given(of.tables())
def test_every_gap_is_found_and_nothing_else_is_called_one(rows: tuple[Row, ...]) -> None:
    gap = any(all(why_not(r, facts, place) is not None for r in rows) for facts, place in EVERY_CASE)
    found = [text for _, text, _ in texts(*check_rows(rows, FORMS)) if "行がありません" in text]
    assert bool(found) == gap, found


@settings(max_examples=60, deadline=None)
@given(of.tables())
def test_every_row_that_is_never_used_is_found_and_no_other(rows: tuple[Row, ...]) -> None:
    used = set()
    for facts, place in EVERY_CASE:
        used.add(next((r.number for r in rows if why_not(r, facts, place) is None), None))
        if used >= {r.number for r in rows}:
            break
    found = {number for number, text, _ in texts(*check_rows(rows, FORMS)) if "決して使われません" in text}
    assert found == {r.number for r in rows} - used


@settings(max_examples=100, deadline=None)
@given(of.tables())
def test_the_chosen_row_is_the_first_that_applies(rows: tuple[Row, ...]) -> None:
    table = Table(1, "別表", "Schedules", tuple(reversed(rows)))
    for facts, place in EVERY_CASE[::97]:
        first = next((r for r in rows if why_not(r, facts, place) is None), None)
        try:
            chosen, others = choose_row(table, facts, place)
        except CannotPlan:
            assert first is None
            continue
        assert chosen == first
        assert {chosen.number, *(number for number, _ in others)} == {r.number for r in rows}


# What the organisation has

HEAD = UnitReach("7.1", "政策局", "head_office", frozenset({"director_general", "minister"}))
DIVISION = UnitReach(
    "7.1.1", "振興課", "head_office", frozenset({"director", "director_general", "minister"})
)
COUNCIL = UnitReach("7.9", "審議会", "institution", frozenset({"director_general"}))


def test_what_nobody_is_is_named_with_the_row() -> None:
    asks = row(
        3,
        decider_post="nobody",
        reviewers=("post:gone", "councillor"),
        consents=("accounting",),
        circulation=("legal",),
    )
    found = check_chart([asks], [HEAD], {"legal"})
    assert [(f.row, f.text.params["name"], f.blocks) for f in found] == [
        (3, "accounting", True),
        (3, "post:gone", True),
        (3, "post:nobody", True),
    ]


def test_a_level_that_some_units_lack_is_a_note_and_one_that_all_lack_a_fault() -> None:
    some = check_chart([row(1, level="minister")], [HEAD, DIVISION, COUNCIL], ())
    assert [(f.blocks, f.text.params["n"]) for f in some] == [(False, 1)]
    assert "審議会（7.9）" in str(some[0].text)
    everywhere = check_chart(
        [row(1, level="minister", units=frozenset({"institution"}))], [HEAD, COUNCIL], ()
    )
    assert [(f.row, f.blocks) for f in everywhere] == [(1, True)]


def test_the_levels_that_flags_lift_to_are_needed_too() -> None:
    lifting = row(1, level="director", delegated_from="director_general", lifts_to=("diet:minister",))
    assert [f.text.params["level"] for f in check_chart([lifting], [COUNCIL], ())] == ["minister"]


def test_a_named_post_decides_whatever_levels_there_are() -> None:
    assert check_chart([row(1, level="minister", decider_post="chair")], [COUNCIL], {"post:chair"}) == ()


def test_a_row_that_nobody_decides_by_asks_no_level_of_the_line() -> None:
    assert check_chart([row(1, level="circulation")], [COUNCIL], ()) == ()


def test_a_matter_is_decided_or_only_read_but_not_both() -> None:
    rows = [row(1, level="circulation", amount_below=10), row(2, amount_from=10)]
    assert [(number, "混ざっています" in text) for number, text, _ in texts(*check_rows(rows, FORMS))] == [
        (1, True)
    ]


def test_an_example_says_that_nobody_decides() -> None:
    seat = Seat(1, 1, "会計課長", "", "director", True, 1, "会計課", "", "会", 1, "人")
    only_read = row(1, level="circulation", circulation=("accounting",))
    found = plan(
        CaseFacts("contract", None, frozenset()),
        Table(1, "表", "", (only_read,)),
        RouteChart(
            Seat(2, 1, "係長", "", "officer", False, 2, "課", "", "", 2, "人"), (), {"accounting": seat}
        ),
    )
    right = Example(1, CaseFacts("contract", None, frozenset()), "chief", "circulation", ())
    result = checking.compare(right, found, {1: "accounts"})
    assert (result.passed, result.decider, result.decider_title) == (True, "circulation", "")
    wrong = checking.compare(replace(right, decider="director"), found, {1: "accounts"})
    assert "circulation" in str(wrong.text)


def test_only_a_few_units_are_named() -> None:
    councils = [UnitReach(f"7.{n}", f"審議会{n}", "institution", frozenset()) for n in range(9)]
    (found,) = check_chart([row(1)], councils, ())
    assert (found.text.params["n"], str(found.text).count("審議会")) == (9, checking.UNITS_NAMED)


def test_where_nobody_has_a_post_yet_nothing_is_asked() -> None:
    assert check_chart([row(1, level="minister", consents=("accounting",))], [], ()) == ()
