"""What of an earlier case is true of that case only, and is marked until it has been touched."""

from __future__ import annotations

import pytest

from kessai.drafting import carrying

KINDS = {"amount": "money", "starts_on": "date", "rate": "number", "counterparty": "line"}


@pytest.mark.parametrize(
    "text",
    [
        "令和7年度の調査の委託",
        "２０２５年の報告",
        "第３回研究会の開催",
        "12月1日に開く",
        "平成元年からの経過",
        "550万円を上限とする",
        "5,500,000円",
        "2026-03-31まで",
    ],
)
def test_a_text_that_names_a_day_a_year_an_amount_or_a_number_is_dated(text: str) -> None:
    assert carrying.dated(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "市町村の定員管理に関する調査の委託",
        "会計法（昭和22年法律第35号）第29条の3第1項による",
        "予決令（令和元年政令第1号）に基づき、納入後10日以内に検査する",
        "別記1のとおり",
    ],
)
def test_what_a_law_is_called_and_counts_of_days_are_not(text: str) -> None:
    assert not carrying.dated(text)


def test_amounts_days_numbers_and_dated_texts_must_be_touched_and_nothing_else() -> None:
    carried = {
        "title": "令和7年度の調査",
        "text": "契約してよいか伺います。",
        "reason": "",
        "amount": "5500000",
        "starts_on": "2025-12-01",
        "rate": "50",
        "counterparty": "青葉総合調査株式会社 第1回",
        "marking": "",
    }
    assert set(carrying.to_renew(carried, KINDS)) == {"title", "amount", "starts_on", "rate"}


def test_it_is_touched_once_it_is_another_or_is_said_to_stay() -> None:
    carried = {"amount": "5500000", "starts_on": "2025-12-01"}
    typed = {"amount": "5500000 ", "starts_on": "2025-12-01"}
    assert set(carrying.untouched(typed, carried)) == {"amount", "starts_on"}
    assert carrying.untouched(typed | {"amount": "600万円"}, carried) == ("starts_on",)
    assert carrying.untouched(typed | {carrying.AS_CARRIED: "starts_on"}, carried) == ("amount",)
    assert carrying.untouched({}, carried) == ()


def test_each_is_a_problem_that_names_its_field_in_the_users_words() -> None:
    carried = {"title": "令和7年度", "amount": "1", "own_rate": "5", "left_the_form": "5"}
    own = {"key": "own_rate", "kind": "number", "label": "補助率", "label_en": "rate"}
    found = list(carrying.problems(carried, carried, [{"key": "amount"}, own]))
    assert [(p.field, p.text.params["label"]) for p in found] == [
        ("title", "件名"),
        ("amount", "金額（税込）"),
        ("own_rate", "補助率"),
    ]


def test_the_ends_of_lines_as_browsers_send_them_are_no_change() -> None:
    carried = {"text": "令和7年度の件。\n記"}
    assert carrying.untouched({"text": "令和7年度の件。\r\n記"}, carried) == ("text",)
