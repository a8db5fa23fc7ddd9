"""How a proposal text is set, and what tidying it up does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kessai.drafting import prose


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("伺います。", ("p", "", 0)),
        ("", ("gap", "", 0)),
        ("　　記", ("ki", "", 0)),
        ("以上", ("end", "", 0)),
        ("1　契約の相手方", ("item", "1", 0)),
        ("１２ 契約", ("item", "１２", 0)),
        ("第1　目的", ("item", "第1", 0)),
        ("第一　目的", ("item", "第一", 0)),
        ("（1）再委託", ("item", "（1）", 0)),
        ("(2) 検査", ("item", "(2)", 0)),
        ("ア　場所", ("item", "ア", 0)),
        ("(ア) 場所", ("item", "(ア)", 0)),
        ("123 は番号ではない", ("p", "", 0)),
        ("3月19日まで", ("p", "", 0)),
        ("第1回の会議", ("p", "", 0)),
        ("アンケートを行う", ("p", "", 0)),
        ("｜項目｜内容｜", ("table", "", 0)),
        ("費目\t金額", ("table", "", 0)),
        ("a|b", ("p", "", 0)),
        ("1.5億円を上限とする", ("p", "", 0)),
        ("10.5％の増", ("p", "", 0)),
        ("8.12.1付けの通知", ("p", "", 0)),
        ("1、2及び3の項目", ("p", "", 0)),
        ("ア、イのいずれか", ("p", "", 0)),
        ("1. 内容", ("item", "1.", 0)),
        ("1.内容", ("item", "1.", 0)),
        ("1.\t目的", ("item", "1.", 0)),
        ("\tア　場所", ("item", "ア", 0)),
        ("｜", ("p", "", 0)),
    ],
)
def test_a_line_is_set_as_an_official_document_sets_it(text: str, expected: tuple[str, str, int]) -> None:
    [block] = prose.blocks(text)
    assert (block.kind, block.number, block.depth) == expected


def test_items_stand_as_deep_as_there_are_kinds_further_out() -> None:
    text = "第1　目的\n1　内容\n(1)　書面\nア　全国\n(ア)　都道府県"
    assert [block.depth for block in prose.blocks(text)] == [0, 1, 2, 3, 4]
    assert [block.depth for block in prose.blocks("1　内容\nア　全国")] == [0, 1]


def test_lines_of_cells_are_one_table_whose_first_is_the_head() -> None:
    [before, table, after] = prose.blocks("内訳\n｜費目｜金額｜\n人件費\t15,600,000円\n以上")
    assert (before.kind, after.kind) == ("p", "end")
    assert table.rows == (("費目", "金額"), ("人件費", "15,600,000円"))


def test_the_ends_of_lines_as_browsers_send_them_are_ends_of_lines() -> None:
    text = "伺います。\n1　内容\n｜費目｜金額｜\n"
    assert prose.blocks(text.replace("\n", "\r\n")) == prose.blocks(text)
    assert prose.tidy(text.replace("\n", "\r\n")) == prose.tidy(text)


def test_what_names_an_attachment_refers_to_it() -> None:
    [block] = prose.blocks("1　業務の内容　仕様書（添付２）及び別添1のとおり、添付書類は別")
    assert [run.file for run in block.runs] == [None, 2, None, 1, None]
    assert block.text == "業務の内容　仕様書（添付２）及び別添1のとおり、添付書類は別"


LINES = st.text("伺う1２(（)）アイ第 　｜\t添付記以上.、", max_size=12)
TEXTS = st.lists(LINES, max_size=8).map("\n".join)


@given(TEXTS)
def test_no_letter_of_a_text_is_lost_in_setting_it(text: str) -> None:
    shown = "".join(
        block.number + block.text + "".join(cell for row in block.rows for cell in row)
        for block in prose.blocks(text)
    )
    blank = str.maketrans("", "", " 　\t\n｜|")
    assert shown.translate(blank) == text.translate(blank)


def test_tidying_numbers_through_indents_and_sets_bars() -> None:
    untidy = "伺います。\n\n\n　記\n1　内容\n(1) 書面  \n(1) 聴取り\n3　方法\n(5) 郵送\n費目\t金額\n\n別記\n2　ほか"
    assert prose.tidy(untidy) == (
        "伺います。\n\n　記\n1　内容\n　(1)　書面\n　(2)　聴取り\n2　方法\n　(1)　郵送\n｜費目｜金額｜\n\n別記\n1　ほか"
    )


@given(TEXTS)
def test_what_is_tidy_stays_as_it_is(text: str) -> None:
    once = prose.tidy(text)
    assert prose.tidy(once) == once


def test_every_level_has_its_numbers() -> None:
    assert [prose.number(level, 2) for level in range(5)] == ["第2", "2", "(2)", "イ", "(イ)"]
    assert prose.number(3, len(prose.KANA) + 1) == "ア"
    assert [prose.level_of(mark) for mark in prose.LEVELS] == [0, 1, 2, 3, 4]
