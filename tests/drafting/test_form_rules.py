"""When a field of a form is asked for, and what it takes."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.drafting.carrying import problems as still_carried
from kessai.drafting.fields import field_of
from kessai.drafting.forms.rules import fits, holds, plain, refused
from kessai.drafting.rules import Reading, asked, read

TODAY = date(2026, 10, 6)
FORM: list[dict[str, Any]] = [
    {"key": "amount", "required": True},
    {"key": "method", "kind": "choice", "label": "契約の方法", "label_en": "Method", "required": True,
     "choices": ["一般競争", "随意契約"]},
    {"key": "reason_of", "kind": "lines", "label": "随意契約の理由", "label_en": "Why", "required": True,
     "shown_if": {"key": "method", "is": ["随意契約", "見積り合わせ"]}},
    {"key": "clause", "kind": "line", "label": "根拠の号", "label_en": "Clause", "required": True,
     "shown_if": {"key": "reason_of", "is": ["緊急"]}},
    {"key": "wto", "kind": "line", "label": "政府調達", "label_en": "WTO", "required": True,
     "shown_if": {"key": "amount", "from": "10000000", "below": "100000000"}},
]  # fmt: skip


def reading(**typed: str) -> Reading:
    return read(
        matter_code="c", question="", fields=FORM, typed={"title": "件", "text": "文", **typed}, today=TODAY,
        known_flags=(),
    )  # fmt: skip


def keys(**typed: str) -> list[str]:
    return [str(entry["key"]) for entry in asked(FORM, typed)]


def test_a_field_is_asked_for_by_what_is_before_it() -> None:
    assert keys() == ["amount", "method"]
    assert keys(method="随意契約") == ["amount", "method", "reason_of"]
    assert keys(method="随意契約", reason_of="緊　急") == ["amount", "method", "reason_of"]
    assert keys(method="随意契約", reason_of="緊急") == ["amount", "method", "reason_of", "clause"]
    assert keys(amount="1,000万円") == ["amount", "method", "wto"]
    assert keys(amount="1億円") == ["amount", "method"]


def test_what_is_unreadable_asks_for_nothing() -> None:
    assert keys(amount="いくらか", method="くじ") == ["amount", "method"]


def test_what_is_not_asked_for_is_neither_required_nor_kept() -> None:
    found = reading(amount="500", method="一般競争", reason_of="緊急", clause="第4号", wto="対象")
    assert found.problems == ()
    assert found.content.values == {"method": "一般競争"}
    assert found.content.labels == {"method": ("契約の方法", "Method")}


def test_what_is_asked_for_is_required_and_kept() -> None:
    assert [p.field for p in reading(amount="500", method="随意契約").problems] == ["reason_of"]
    found = reading(amount="500", method="随意契約", reason_of="緊急", clause="第4号")
    assert found.content.values == {"method": "随意契約", "reason_of": "緊急", "clause": "第4号"}


@given(st.dictionaries(st.sampled_from([e["key"] for e in FORM]), st.sampled_from(
    ["", "1000万円", "随意契約", "一般競争", "緊急", "x"]
)))  # fmt: skip
def test_only_fields_that_are_asked_for_are_kept_or_called_wrong(typed: dict[str, str]) -> None:
    found, shown = reading(**typed), keys(**typed)
    assert found.content.values.keys() <= set(shown)
    assert {problem.field for problem in found.problems} <= set(shown)


def test_what_is_carried_and_not_asked_for_need_not_be_touched() -> None:
    fields = [
        FORM[1],
        {"key": "held_on", "required": True, "shown_if": {"key": "method", "is": ["随意契約"]}},
    ]
    carried = {"held_on": "2026-04-01"}
    assert not list(still_carried({"method": "一般競争", **carried}, carried, fields))
    assert list(still_carried({"method": "随意契約", **carried}, carried, fields))


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        (None, None, True),
        ({"key": "a", "is": ["甲", "乙"]}, "乙", True),
        ({"key": "a", "is": ["Ａ Ｂ"]}, "A　B", True),
        ({"key": "a", "is": ["甲"]}, "丙", False),
        ({"key": "a", "is": ["甲"]}, "", False),
        ({"key": "a", "is": ["甲"]}, None, False),
        ({"key": "a", "from": "10"}, 10, True),
        ({"key": "a", "from": "10"}, 9, False),
        ({"key": "a", "below": "10"}, 9, True),
        ({"key": "a", "below": "10"}, 10, False),
        ({"key": "a", "from": "0.5", "below": "2"}, "1.5", True),
    ],
)
def test_a_condition_holds_of_a_value(condition: Any, value: Any, expected: bool) -> None:
    assert holds(condition, {} if value is None else {"a": value}) is expected


def entry(kind: str, **more: Any) -> dict[str, Any]:
    return {"key": "x", "kind": kind, "label": "項目", "label_en": "Field", **more}


@pytest.mark.parametrize(
    ("made", "value", "words"),
    [
        ({"key": "amount", "least": "1000"}, 999, "「金額（税込）」は1,000円以上"),
        ({"key": "amount", "least": "1000", "most": "2000"}, 1500, None),
        ({"key": "amount", "most": "2000"}, 2001, "2,000円以下"),
        (entry("number", least="0.5"), "0.25", "0.5以上"),
        (entry("number", most="100"), "100", None),
        (entry("date", least="today"), "2026-10-05", "2026-10-06以後の日"),
        (entry("date", least="today"), "2026-10-06", None),
        (entry("date", most="2027-03-31"), "2027-04-01", "2027-03-31までの日"),
        (entry("line", longest=3), "四文字だ", "3字まで"),
        (entry("line", longest=3), "三文字", None),
        (entry("line", pattern="第#号"), "第4号", None),
        (entry("line", pattern="第#号"), "四号", "「第#号」の形"),
        (entry("lines", pattern="第*号"), "第4号\n\n第五号", None),
        (entry("lines", pattern="第*号"), "第4号\n五", "「第*号」の形"),
        (entry("line", pattern="第#号", pattern_says="号で書く。", pattern_says_en="As a clause."), "四", "号で書く。"),
        (entry("line"), "なんでも", None),
        (entry("line", longest=1), "", None),
        (entry("number", least="1"), None, None),
    ],
)  # fmt: skip
def test_a_value_is_taken_or_refused_in_words(made: dict[str, Any], value: Any, words: str | None) -> None:
    text = refused(made, field_of(made), value, TODAY)
    assert (text is None) if words is None else (text is not None and words in str(text))


@pytest.mark.parametrize(
    ("pattern", "line", "expected"),
    [
        ("###-####", "１２３-4567", True),
        ("###-####", "123-45678", False),
        ("第*号", "第号", True),
        ("第*号", "第", False),
        ("a*a", "a", False),
        ("*課*長", "振興課企画係長", True),
        ("*課*長", "振興係長", False),
        ("?", "字", True),
        ("", "", True),
        ("*", "x" * 2001, False),
    ],
)
def test_a_pattern_fits_whole_lines(pattern: str, line: str, expected: bool) -> None:
    assert fits(pattern, line) is expected


@given(st.text(alphabet="a1#?*", max_size=6), st.text(alphabet="a1b", max_size=8))
def test_patterns_fit_what_the_expression_they_stand_for_fits(pattern: str, line: str) -> None:
    signs = {"#": "[0-9]", "?": ".", "*": ".*"}
    expression = "".join(signs.get(sign, re.escape(sign)) for sign in pattern)
    assert fits(pattern, line) is (re.fullmatch(expression, line) is not None)


def test_width_and_blanks_make_no_other_answer() -> None:
    assert plain("Ａ　　１ ") == "A 1"
