"""What names of units tell."""

from __future__ import annotations

import pytest

from kessai.organisation.naming import (
    FUNCTIONS,
    SYMBOL_LONGEST,
    Named,
    functions_of,
    heads_of,
    kind_of,
    symbols_of,
)
from kessai.organisation.rules import LEVELS, UNIT_KINDS


@pytest.mark.parametrize(
    ("name", "depth", "kind", "title", "level"),
    [
        ("総務省", 1, "ministry", "総務大臣", "minister"),
        ("行政局", 2, "bureau", "行政局長", "director_general"),
        ("大臣官房", 2, "bureau", "官房長", "director_general"),
        ("政策統括官(防災担当)", 2, "bureau", "政策統括官(防災担当)", "director_general"),
        ("公務員部", 2, "department", "公務員部長", "director_general"),
        ("公務員部", 3, "department", "公務員部長", "councillor"),
        ("市町村課", 3, "division", "市町村課長", "director"),
        ("参事官(会計担当)", 3, "division", "参事官(会計担当)", "director"),
        ("総括審議官", 3, "division", "総括審議官", "councillor"),
        ("航空総隊司令官", 3, "division", "航空総隊司令官", "director_general"),
        ("企画室", 4, "office", "企画室長", "office_head"),
        ("第一係", 5, "section", "第一係長", "section_chief"),
        ("公定価格担当", 4, "section", "公定価格担当主査", "section_chief"),
        ("地方財政審議会", 2, "institution", "地方財政審議会会長", "director_general"),
        ("食品安全委員会", 2, "institution", "食品安全委員会長", "director_general"),
        ("消防庁", 2, "institution", "消防庁長官", "director_general"),
        ("自治大学校", 2, "institution", "自治大学校長", "director_general"),
        ("消防研究センター", 3, "institution", "消防研究センター長", "director"),
        ("師団", 2, "institution", "師団司令", "director_general"),
        ("国民向けサービス", 2, "bureau", "国民向けサービス長", "director_general"),
        ("新興地域なにか", 3, "division", "新興地域なにか長", "director"),
        ("なにか", 6, "section", "なにか長", "section_chief"),
    ],
)
def test_kind_and_head_follow_from_name_and_depth(
    name: str, depth: int, kind: str, title: str, level: str
) -> None:
    assert kind_of(name, depth) == kind
    head = heads_of(name, depth)[0]
    assert (head.title, head.level) == (title, level)
    assert kind in UNIT_KINDS
    assert level in LEVELS


@pytest.mark.parametrize(
    ("name", "second"),
    [("環境省", "事務次官"), ("消費者庁", "次長"), ("公正取引委員会", "事務局長"), ("内閣府", "事務次官"),
     ("内閣官房", "副長官補"), ("人事院", "事務総長"), ("農林水産技術会議", "農林水産技術会議次長")],
)  # fmt: skip
def test_a_ministry_has_two_heads_in_line(name: str, second: str) -> None:
    minister, vice = heads_of(name, 1)
    assert (minister.level, vice.level, vice.title) == ("minister", "vice_minister", second)


def chart(*units: tuple[str, str]) -> list[Named]:
    return [
        Named(code, code.rpartition(".")[0], name, code.count(".") + 1, kind_of(name, code.count(".") + 1))
        for code, name in units
    ]


def test_functions_go_to_the_units_of_the_secretariat_that_carry_them_in_their_name() -> None:
    found = functions_of(
        chart(
            ("1", "環境省"),
            ("1.1", "水局"),
            ("1.1.1", "総務課"),
            ("1.1.2", "会計課"),
            ("1.2", "大臣官房"),
            ("1.2.1", "会計課"),
            ("1.2.2", "公文書監理官"),
            ("1.2.3", "秘書課"),
            ("1.2.4", "総務課"),
            ("1.2.5", "広報室"),
            ("1.2.6", "国際課"),
        )
    )
    assert "accounting" in found["1.2.1"]
    assert "personnel" in found["1.2.3"]
    assert {"documents", "legal"} <= set(found["1.2.4"])
    assert "1.2.2" not in found


def test_every_function_has_exactly_one_unit_even_in_a_ministry_of_one_unit() -> None:
    alone = functions_of(chart(("1", "日本学士院")))
    assert sorted(alone["1"]) == sorted(FUNCTIONS)
    small = functions_of(chart(("1", "小さな庁"), ("1.1", "事務局"), ("1.1.1", "総務課")))
    assert sorted(name for names in small.values() for name in names) == sorted(FUNCTIONS)


def test_a_symbol_is_made_of_the_first_characters_on_the_way_down() -> None:
    units = chart(("1", "総務省"), ("1.1", "行政局"), ("1.1.1", "市町村課"), ("1.2", "大臣官房"))
    assert symbols_of(units, stated={}) == {"1": "総", "1.1": "総行", "1.1.1": "総行市", "1.2": "総官"}


def test_symbols_are_unique_and_short_however_alike_the_names_are() -> None:
    units = chart(("1", "総務省"), *((f"1.{n}", "調査課") for n in range(1, 40)), ("1.99", "調査第一課"))
    made = symbols_of(units, stated={"1": "総", "1.99": "総調"})
    assert len({*made.values(), "総", "総調"}) == len(units)
    assert all(len(symbol) <= SYMBOL_LONGEST for symbol in made.values())
    assert made["1.1"] == "総調査"
    assert made == symbols_of(units, stated={"1": "総", "1.99": "総調"})
