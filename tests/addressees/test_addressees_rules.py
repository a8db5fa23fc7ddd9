"""Lists of addressees as people paste them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.records.addressees.rules import (
    added,
    expanded,
    group_name,
    group_of,
    key_of,
    may_be_named,
    meant,
    tidy,
)

GROUPS = {"都道府県知事": ("北海道知事", "青森県知事"), "指定都市市長": ("札幌市長",)}
LIST = st.lists(st.text(alphabet="北県知事・ab1２(1).、．\t　 ", max_size=12), max_size=8).map("\n".join)


@pytest.mark.parametrize(
    ("pasted", "lines"),
    [
        ("1\t北海道知事\n2\t青森県知事\n", ["北海道知事", "青森県知事"]),
        ("１．北海道知事\n２．青森県知事", ["北海道知事", "青森県知事"]),
        ("(1) 北海道知事\r\n\r\n（２）青森県知事", ["北海道知事", "青森県知事"]),
        ("① 北海道知事\nア．青森県知事", ["北海道知事", "青森県知事"]),
        ("・北海道知事\n● 青森県知事\n- 岩手県知事", ["北海道知事", "青森県知事", "岩手県知事"]),
        ("青葉研究所\t理事長\t山田 太郎", ["青葉研究所 理事長 山田 太郎"]),
        ("  3M ジャパン\n21世紀財団\n1.5℃協議会", ["3M ジャパン", "21世紀財団", "1.5℃協議会"]),
        ("", []),
        ("1\n\t2\t\n", []),
    ],
)
def test_numbering_cells_and_blank_lines_are_tidied_away(pasted: str, lines: list[str]) -> None:
    assert list(tidy(pasted).lines) == lines


def test_what_stands_twice_is_kept_once_and_named() -> None:
    done = tidy("ＡＢ財団\n北海道知事\nAB 財団\n北海道知事\n北海道知事")
    assert done.lines == ("ＡＢ財団", "北海道知事")
    assert done.doubles == ("AB 財団", "北海道知事")


@given(LIST)
def test_tidying_a_tidy_list_changes_nothing(text: str) -> None:
    once = tidy(text)
    assert tidy(once.text).lines == once.lines
    assert len({key_of(line) for line in once.lines}) == len(once.lines)


@given(LIST, LIST)
def test_what_was_there_stays_in_front_of_what_is_added(text: str, more: str) -> None:
    there = tidy(text).lines
    assert added(text, tidy(more).lines).lines[: len(there)] == there


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("各都道府県知事", "都道府県知事"),
        ("都道府県知事", "都道府県知事"),
        ("各 都道府県知事（47件）", "都道府県知事"),
        ("北海道知事", ""),
        ("各位", ""),
    ],
)
def test_a_line_may_mean_a_group(line: str, name: str) -> None:
    assert group_of(line, GROUPS) == name


def test_lines_that_mean_groups_are_spelt_out_where_they_stand() -> None:
    text = "内閣府\n各都道府県知事\n各指定都市市長\n北海道知事"
    assert meant(text, GROUPS) == ("都道府県知事", "指定都市市長")
    done = expanded(text, GROUPS)
    assert done.lines == ("内閣府", "北海道知事", "青森県知事", "札幌市長")
    assert done.doubles == ("北海道知事",)


def test_a_group_has_a_name_of_one_line_that_a_page_can_have() -> None:
    assert group_name(" 市区町村　\n 特別区 ") == "市区町村 特別区"
    assert [may_be_named(name) for name in ("甲", "字" * 60, "", "字" * 61, "甲/乙")] == [
        True,
        True,
        False,
        False,
        False,
    ]
