"""A form as a records manager writes it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.drafting.defining.rules import ASKED, FIELDS_MOST, Defined, define, raw_of

METHOD = {"key": "method", "kind": "choice", "label": "方法", "label_en": "Method", "choices": "競争\n随意"}
RATE = {"key": "rate", "kind": "number", "label": "率", "label_en": "Rate"}
NOTE = {"key": "remark", "kind": "lines", "label": "備考", "label_en": "Remark"}
DAY = {"key": "day", "kind": "date", "label": "日", "label_en": "Day"}


def defined(*rows: dict[str, str], question: str = "") -> Defined:
    return define(rows, question=question)


def test_what_is_typed_becomes_what_drafts_are_read_by() -> None:
    made = defined(
        {"key": "amount", "required": "yes", "least": "100万円", "most": "１億円", "help": "税込 で",
         "help_en": "incl. tax"},
        {**METHOD, "example": "競争"},
        {**NOTE, "longest": "２００", "pattern": "第*号", "pattern_says": "号で。", "pattern_says_en": "As a clause.",
         "if_key": "method", "if_is": "随意\n\n随意 "},
        {**RATE, "least": "０．５", "most": "100%", "if_key": "amount", "if_from": "1千万円", "if_below": "1億円"},
        {**DAY, "least": "きょう", "most": "令和9年3月31日", "if_key": "rate", "if_from": "50"},
        question="{title}を{method}で",
    )  # fmt: skip
    assert made.faults == ()
    amount, method, note, rate, day = made.entries
    assert amount == {"key": "amount", "required": True, "least": "1000000", "most": "100000000", "help": "税込 で",
                      "help_en": "incl. tax"}  # fmt: skip
    assert method["choices"] == ["競争", "随意"]
    assert note["longest"] == 200
    assert note["shown_if"] == {"key": "method", "is": ["随意"]}
    assert (rate["least"], rate["most"]) == ("0.5", "100")
    assert rate["shown_if"] == {"key": "amount", "from": "10000000", "below": "100000000"}
    assert (day["least"], day["most"]) == ("today", "2027-03-31")
    assert day["shown_if"] == {"key": "rate", "from": "50"}


@pytest.mark.parametrize(
    ("rows", "place", "name"),
    [
        ([{**NOTE, "key": ""}], 0, "key"),
        ([{**NOTE, "key": "Ab"}], 0, "key"),
        ([{**NOTE, "key": "title"}], 0, "key"),
        ([{"key": "amount"}, {"key": "amount"}], 1, "key"),
        ([{**NOTE, "label": ""}], 0, "label"),
        ([{**NOTE, "label_en": ""}], 0, "label_en"),
        ([{**NOTE, "label": "名" * 61}], 0, "label"),
        ([{**NOTE, "kind": "colour"}], 0, "kind"),
        ([{**METHOD, "choices": " \n"}], 0, "choices"),
        ([{**METHOD, "choices": "\n".join(map(str, range(61)))}], 0, "choices"),
        ([{**METHOD, "choices": "字" * 101}], 0, "choices"),
        ([{**NOTE, "help": "字" * 301}], 0, "help"),
        ([{**NOTE, "longest": "0"}], 0, "longest"),
        ([{**NOTE, "longest": "長い"}], 0, "longest"),
        ([{**NOTE, "longest": "1.5"}], 0, "longest"),
        ([{**NOTE, "pattern": "#" * 101}], 0, "pattern"),
        ([{"key": "amount", "least": "たくさん"}], 0, "least"),
        ([{**RATE, "most": "半分"}], 0, "most"),
        ([{**DAY, "most": "あした"}], 0, "most"),
        ([{**RATE, "least": "10", "most": "9"}], 0, "most"),
        ([{**DAY, "least": "2027-04-01", "most": "2027-03-31"}], 0, "most"),
        ([{**NOTE, "if_key": "method", "if_is": "随意"}, METHOD], 0, "if_key"),
        ([METHOD, {**NOTE, "if_key": "method"}], 1, "if_is"),
        ([METHOD, {**NOTE, "if_key": "method", "if_is": "くじ"}], 1, "if_is"),
        ([DAY, {**NOTE, "if_key": "day", "if_is": "x"}], 1, "if_key"),
        ([RATE, {**NOTE, "if_key": "rate"}], 1, "if_from"),
        ([RATE, {**NOTE, "if_key": "rate", "if_from": "多い"}], 1, "if_from"),
        ([RATE, {**NOTE, "if_key": "rate", "if_from": "5", "if_below": "5"}], 1, "if_below"),
        ([{**RATE, "key": f"f{n}"} for n in range(FIELDS_MOST + 1)], None, "fields"),
    ],
)
def test_each_fault_is_at_its_place(rows: list[dict[str, str]], place: int | None, name: str) -> None:
    (fault,) = {(fault.place, fault.name) for fault in define(rows).faults}
    assert fault == (place, name)


def test_a_question_names_fields_of_the_form_only() -> None:
    assert not defined(METHOD, question="{title}と{method}").faults
    assert defined(METHOD, question="{nowhere}").faults[0].name == "question"


def test_fields_that_the_ministry_gives_choices_to_may_be_asked_for_any_answer() -> None:
    made = defined({"key": "issue_method"}, {**NOTE, "if_key": "issue_method", "if_is": "郵送"})
    assert made.entries[1]["shown_if"] == {"key": "issue_method", "is": ["郵送"]}


ROW = st.fixed_dictionaries(
    {name: st.sampled_from(["", "1", "method", "rate", "随意", "字", "2027-04-01"]) for name in ASKED}
    | {
        "key": st.sampled_from(["amount", "method", "rate", "remark", "seal", "x"]),
        "kind": st.sampled_from(["line", "lines", "number", "date", "choice"]),
        "label": st.just("名"),
        "label_en": st.just("name"),
        "choices": st.sampled_from(["競争\n随意", "1", ""]),
    }
)


@given(st.lists(ROW, max_size=4))
def test_a_form_read_again_as_it_is_kept_is_the_same_form(rows: list[dict[str, str]]) -> None:
    made: tuple[dict[str, Any], ...] = define(rows).entries
    keys = {entry["key"] for entry in made}
    # What a faulty field left of its row may depend on what was left out with another one.
    whole = [e for e in made if e.get("shown_if", {"key": e["key"]})["key"] in keys]
    again = define([raw_of(entry) for entry in whole])
    assert list(again.entries) == whole
