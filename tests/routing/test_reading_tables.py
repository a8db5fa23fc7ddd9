"""Authority tables and examples as files: every column both ways, every bad cell named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_rows import row, written_rows

from kessai.kernel.lines import CannotImport, write_lines
from kessai.kernel.sheets import Sheet, write_workbook
from kessai.routing import columns
from kessai.routing.checking import Form
from kessai.routing.reading import TableFile, read_table
from kessai.routing.rules import FLAGS, CaseFacts, Example, Row

FORMS = {"contract": Form(frozenset({"amount", "region", "rate"}), frozenset({"amount"}))}
EXAMPLE = Example(
    1, CaseFacts("contract", 5, frozenset({"diet"}), {"region": "沖縄"}), "a", "b", ("c", "d"), "注"
)


def csv_of(*rows: Row) -> bytes:
    return write_lines(columns.TABLE, map(columns.row_texts, rows))


def examples_of(*examples: Example) -> bytes:
    return write_lines(columns.EXAMPLES, map(columns.example_texts, examples))


def xlsx_of(rows: list[Row], examples: list[Example]) -> bytes:
    return write_workbook(
        [
            Sheet(columns.TABLE_SHEET, columns.TABLE, [columns.row_texts(each) for each in rows]),
            Sheet(
                columns.EXAMPLES_SHEET, columns.EXAMPLES, [columns.example_texts(each) for each in examples]
            ),
        ]
    )


def read(data: bytes, examples: bytes | None = None) -> TableFile:
    return read_table(data, examples=examples, forms=FORMS, retention=("y5",))


def refused(data: bytes, examples: bytes | None = None) -> list[tuple[str, int, str]]:
    with pytest.raises(CannotImport) as refusal:
        read(data, examples)
    return [(bad.sheet, bad.number, str(bad.reason)) for bad in refusal.value.lines]


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    return [draw(written_rows(number)) for number in range(1, draw(st.integers(1, 4)) + 1)]


words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8).filter(
    lambda text: "x005F_" not in text
)


@st.composite
def examples(draw: st.DrawFn, number: int) -> Example:
    values = draw(st.dictionaries(st.sampled_from(("region", "rate")), words.filter(lambda t: '"' not in t)))
    facts = CaseFacts(
        "contract",
        draw(st.none() | st.integers(1, 2**62)),
        frozenset(draw(st.lists(st.sampled_from(FLAGS)))),
        values,
    )
    return Example(
        number,
        facts,
        draw(words),
        draw(words),
        tuple(draw(st.lists(words, max_size=3))),
        draw(words | st.just("")),
    )


@settings(max_examples=60, deadline=None)
@given(tables(), st.lists(st.integers(1, 9), unique=True, max_size=3).flatmap(
    lambda numbers: st.tuples(*(examples(number) for number in sorted(numbers)))
))  # fmt: skip
def test_what_is_written_reads_back_the_same_from_csv_and_excel(
    rows: list[Row], some: tuple[Example, ...]
) -> None:
    for found in (read(csv_of(*rows), examples_of(*some)), read(xlsx_of(rows, list(some)))):
        assert found.rows == tuple(rows)
        assert found.examples == some
        assert found.lines == {each.number: line for line, each in enumerate(rows, start=2)}


def test_files_from_before_the_newer_columns_are_read() -> None:
    old = [column for column in columns.TABLE if column not in columns.OPTIONAL]
    texts = dict(zip(columns.TABLE, columns.row_texts(row(1)), strict=True))
    assert read(write_lines(old, [[texts[column] for column in old]])).rows == (row(1),)


def test_a_row_that_nobody_decides_by_may_be_filed_nowhere() -> None:
    only_read = row(1, level="circulation", circulation=("accounting",), retention_code="")
    assert read(csv_of(only_read)).rows == (only_read,)


def test_amounts_may_have_commas() -> None:
    texts = csv_of(row(1, amount_from=1_000_000)).replace(b",1000000,", b',"1,000,000",')
    assert read(texts).rows[0].amount_from == 1_000_000


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"units": "moon"}, "「units」に「moon」は使えません。使えるもの: head_office regional institution"),
        ({"conditions": "region"}, "条件「region」が読み取れません"),
        ({"conditions": "colour=red"}, "条件の項目「colour」が、事案の種類「contract」の様式にありません"),
        ({"conditions": "amount>=5"}, "条件の項目「amount」"),
        ({"decider_post": "a b"}, "職のコード「a b」"),
        ({"lifts_to": "king"}, "「lifts_to」に「king」"),
        ({"lifts_to": "noon:minister"}, "「lifts_to」に「noon」"),
        ({"lifts_to": "director"}, "より上位の職へだけ"),
        ({"deputies": "king"}, "「deputies」に「king」"),
        ({"deputies": "none director"}, "ほかの職と並べられません"),
        ({"reviewers": "post:"}, "「reviewers」に「post:」"),
        ({"reviewers": "king"}, "「reviewers」に「king」"),
        ({"consent_after": "king"}, "「consent_after」に「king」"),
        ({"consents": "accounting@king"}, "「consents」に「accounting@king」"),
        ({"consents": "post:a@director"}, "「consents」に「post:a@director」"),
        ({"consents": "team:a"}, "「consents」に「team:a」"),
        ({"consents": "accounting accounting"}, "「consents」に同じものが二度"),
        ({"circulation": "unit:"}, "「circulation」に「unit:」"),
        ({"series": "会 契"}, "文書記号「会 契」"),
        ({"series": "x" * 21}, "20字まで"),
        ({"bulk": "yes"}, "「bulk」に「yes」"),
        ({"rewording": "both"}, "「rewording」に「both」"),
        ({"consents": "accounting legal", "quorum": "2"}, "「quorum」の「2」は、合議先の数（2）より小さい"),
        ({"consents": "accounting legal", "quorum": "0"}, "「quorum」の「0」"),
        ({"consents": "accounting legal", "quorum": "some"}, "「quorum」の「some」"),
        ({"quorum": "1"}, "合議先の数（0）より小さい"),
        ({"level": "circulation", "decider_post": "a"}, "決裁しない行"),
        ({"level": "circulation", "consents": "accounting"}, "「consents」は書けません"),
        ({"retention": ""}, "「retention」に「」"),
    ],
)
def test_a_bad_cell_of_the_newer_columns_is_named(fields: dict[str, str], words: str) -> None:
    texts = dict(zip(columns.TABLE, columns.row_texts(row(1)), strict=True)) | fields
    found = refused(write_lines(columns.TABLE, [list(texts.values())]))
    assert any(line == 2 and words in reason for _, line, reason in found), found


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": "x"}, "行の番号「x」"),
        ({"matter": "sorcery"}, "事案の種類「sorcery」"),
        ({"amount": "many"}, "金額「many」"),
        ({"flags": "odd"}, "「flags」に「odd」"),
        ({"values": "region"}, "項目の値「region」"),
        ({"values": "region=a,b"}, "項目の値「region=a,b」"),
        ({"values": "colour=red"}, "条件の項目「colour」"),
        ({"drafter": ""}, "「drafter」は1字から"),
        ({"decider": ""}, "「decider」は1字から"),
        ({"note": "x" * 301}, "「note」は1字から300字"),
    ],
)
def test_a_bad_cell_of_an_example_is_named_with_its_sheet(fields: dict[str, Any], words: str) -> None:
    texts = dict(zip(columns.EXAMPLES, columns.example_texts(EXAMPLE), strict=True)) | fields
    found = refused(csv_of(row(1)), write_lines(columns.EXAMPLES, [list(texts.values())]))
    assert any((sheet, line) == ("例", 2) and words in reason for sheet, line, reason in found), found


def test_the_same_example_twice_and_a_column_too_few_are_said() -> None:
    assert any(
        "行目にもあります" in reason
        for _, _, reason in refused(csv_of(row(1)), examples_of(EXAMPLE, EXAMPLE))
    )
    few = refused(csv_of(row(1)), write_lines(["number"], [["1"]]))
    assert few[0] == ("例", 1, "「matter」の列がありません。")


def test_names_of_columns_alone_are_no_examples_and_no_table() -> None:
    assert read(csv_of(row(1)), examples_of()).examples == ()
    assert refused(csv_of()) == [("", 1, "取り込む行がありません。")]
