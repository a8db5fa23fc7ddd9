"""How alike two titles are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.decisions.precedents import rules

TEXTS = st.text("あいう調査委託0123 ・（）ＡＢab", max_size=20)


def test_years_amounts_widths_and_the_end_of_a_title_make_no_difference() -> None:
    assert rules.likeness("令和7年度 意識調査の委託について", "令和８年度意識調査の委託") == 1.0


def test_single_letters_and_nothing_are_read() -> None:
    assert rules.grams("駅") == ("駅",)
    assert rules.grams("２０２６") == ()
    assert rules.likeness("", "調査") == 0.0


@given(TEXTS, TEXTS)
def test_likeness_is_a_symmetric_share(one: str, other: str) -> None:
    assert rules.likeness(one, other) == rules.likeness(other, one)
    assert 0.0 <= rules.likeness(one, other) <= 1.0
    assert rules.likeness(one, one) == (1.0 if rules.grams(one) else 0.0)


def test_a_long_question_holds_what_was_wanted_all_the_same() -> None:
    assert rules.held("意識調査", "令和8年度 意識調査の委託を、青葉総合調査株式会社に委託してよいか") == 1.0
    assert rules.held("国際会議", "意識調査の委託") == 0.0
    assert rules.held("", "意識調査の委託") == 0.0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"question": "定員管理の調査の委託"}, {"question": "庁舎の清掃"}),
        ({"own_unit": True}, {"own_unit": False}),
        ({"same_matter": True}, {"same_matter": False}),
        ({"text": "調査を委託してよいか"}, {"text": "清掃を頼みたい"}),
    ],
)
def test_what_is_nearer_comes_first(better: dict[str, object], worse: dict[str, object]) -> None:
    def score(**fields: object) -> float:
        given = {"question": "調査の委託", "text": "", "own_unit": False, "same_matter": False} | fields
        return rules.score(wanted="定員の調査の委託", written="調査を委託してよいか伺います", **given)  # type: ignore[arg-type]

    assert score(**better) > score(**worse)
