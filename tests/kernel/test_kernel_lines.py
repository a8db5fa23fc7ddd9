"""Files of lines, CSV or Excel: the same lines, and the same words about lines that cannot be used."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from kessai.kernel import sheets
from kessai.kernel.lines import CannotImport, Faults, has_sheet, read_lines, write_lines
from kessai.kernel.sheets import Sheet, write_workbook

COLUMNS = ("code", "name")


def read(data: bytes, sheet: Sequence[str] = ()) -> list[tuple[int, str, str]]:
    faults = Faults()
    lines = read_lines(data, required=COLUMNS, faults=faults, sheet=sheet)
    faults.raise_if_any()
    return [(line.number, line["code"], line["name"]) for line in lines]


def refused(data: bytes, sheet: Sequence[str] = ()) -> list[tuple[int, str]]:
    with pytest.raises(CannotImport) as refusal:
        read(data, sheet)
    return [(bad.number, str(bad.reason)) for bad in refusal.value.lines]


def workbook(*rows: Sequence[object], formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(list(row))
    for place, shape in (formats or {}).items():
        page[place].number_format = shape
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


MOMENT = datetime(2027, 4, 1, 17, 30)  # noqa: DTZ001 - cells know no time zone
GOOD = "code,name\r\na1,人事課\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_csv_comes_as_utf_8_or_as_excel_saves_it_in_japan(encoding: str) -> None:
    assert read(GOOD.encode(encoding)) == [(2, "a1", "人事課")]


def test_a_utf_8_file_with_a_broken_line_is_not_taken_for_another_encoding() -> None:
    data = GOOD.encode() + "a2,会計課\r\n".encode() + b"a3,\xe4\xba\r\n"
    assert refused(data) == [(4, "UTF-8として読めない文字があります。")]


def test_bytes_that_are_no_text_are_refused_by_line() -> None:
    assert refused(b"code,name\na,\x00\n") == [(2, "文字でないもの（NUL）が入っています。")]
    assert refused(b"code,name\na,\xff\xff\n") == [(2, "UTF-8として読めない文字があります。")]


def test_an_excel_row_is_known_by_its_number_and_blank_rows_say_nothing() -> None:
    data = workbook(("code", "name", None), ("a1", "人事課"), (None, None), (" a3 ", "会計課"))
    assert read(data) == [(2, "a1", "人事課"), (4, "a3", "会計課")]


@pytest.mark.parametrize(
    ("value", "shape", "seen"),
    [
        (1000000, "#,##0", "1000000"),
        (42.0, "General", "42"),
        (0.5, "General", "0.5"),
        (0.5, "0%", "50%"),
        (0.125, "0.0%", "12.5%"),
        (7, "0000", "0007"),
        (date(2027, 4, 1), "yyyy/m/d", "2027-04-01"),
        (MOMENT, "yyyy/m/d h:mm", "2027-04-01 17:30:00"),
        (True, "General", "TRUE"),
        ("0001", "@", "0001"),
        (1e15, "General", "1000000000000000"),
    ],
)
def test_what_excel_has_typed_comes_as_an_official_sees_it(value: object, shape: str, seen: str) -> None:
    assert read(workbook(COLUMNS, ("a", value), formats={"B2": shape})) == [(2, "a", seen)]


def test_a_formula_that_failed_is_refused_with_its_row() -> None:
    data = workbook(COLUMNS, ("a", "b"), ("c", "#REF!"))
    assert refused(data) == [(3, "セルの数式がエラー（#REF!）になっています。")]


def test_the_columns_are_checked_in_excel_as_in_csv() -> None:
    assert (
        refused(workbook(("code",), ("a",))) == refused(b"code\na\n") == [(1, "「name」の列がありません。")]
    )
    wide = refused(workbook(COLUMNS, ("a", "b", "c")))
    assert wide == refused(b"code,name\na,b,c\n") == [(2, "列の数が3で、見出しの2と合いません。")]
    assert refused(workbook(COLUMNS)) == refused(b"code,name\n") == [(1, "取り込む行がありません。")]


def test_a_sheet_is_found_by_its_name() -> None:
    book = write_workbook([Sheet("表", COLUMNS, [("a", "b")]), Sheet("例", COLUMNS, [("c", "d")])])
    assert read(book) == [(2, "a", "b")]
    assert read(book, ["examples", "例"]) == [(2, "c", "d")]
    assert (has_sheet(book, ["例"]), has_sheet(book, ["x"]), has_sheet(b"code\n", ["例"])) == (
        True,
        False,
        False,
    )
    assert "「x」という名前のシート" in refused(book, ["x"])[0][1]


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\xd0\xcf\x11\xe0rest", "古い形式"), (b"PK\x03\x04rest", "Excelファイルとして読み取れません")],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    found = refused(data)
    assert [number for number, _ in found] == [1]
    assert words in found[0][1]
    assert not has_sheet(data, ["例"])


def test_a_workbook_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LARGEST", 10)
    assert "大きすぎます" in refused(workbook(COLUMNS, ("a", "b")))[0][1]


def test_excel_takes_nothing_for_a_number_a_day_or_a_formula() -> None:
    rows = [("0012", "1-2"), ("=1+1", "2027/4/1")]
    assert read(write_workbook([Sheet("表", COLUMNS, rows)])) == [(2, *rows[0]), (3, *rows[1])]


cells = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs"]), min_size=1, max_size=20).filter(
    lambda text: text.strip() == text and "x005F_" not in text and "\ufeff" not in text
)
several = st.lists(st.tuples(cells, cells | st.just("") | st.just("二行の\n文")), min_size=1, max_size=5)


@settings(deadline=None)
@given(several)
def test_what_is_written_reads_back_the_same(rows: list[tuple[str, str]]) -> None:
    for data in (write_lines(COLUMNS, rows), write_workbook([Sheet("表", COLUMNS, rows)])):
        assert [(code, name) for _, code, name in read(data)] == rows
