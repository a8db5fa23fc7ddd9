"""Excel workbooks (.xlsx, ECMA-376) read as an official sees them, and written so that Excel spoils nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from kessai.kernel.words import N_, Text

OLD = b"\xd0\xcf\x11\xe0"
"""How files of Excel before 2007 begin, and workbooks under a password."""

LARGEST = 1_000_000_000
"""Bytes unpacked: a workbook of 300,000 appointments has about 300 million."""

_WIDEST, _NARROWEST = 60, 8


class CannotRead(ValueError):
    """The workbook, or a row of it, cannot be read; ``text`` says why, ``number`` which row."""

    def __init__(self, text: Text, number: int = 1) -> None:
        self.text, self.number = text, number
        super().__init__(str(text))


def has_sheet(data: bytes, names: Collection[str]) -> bool:
    """Whether a workbook has a sheet of one of the names. Errors: CannotRead."""
    return any(title.strip() in names for title in _opened(data).sheetnames)


def read_sheet(data: bytes, names: Collection[str] = ()) -> Iterator[tuple[int, list[str]]]:
    """The rows of the sheet of one of the names (the first if none is named), numbered from 1 as Excel does.

    Days come as 2027-04-01, whole numbers without a point, zeros that a format puts in front are kept. Errors:
    CannotRead, also while the rows are read.
    """
    book = _opened(data)
    title = next((t for t in book.sheetnames if not names or t.strip() in names), None)
    if title is None:
        raise CannotRead(
            Text(N_("「%(name)s」という名前のシートがありません。"), {"name": next(iter(names))})
        )
    sheet = book[title]
    # Some programs state a wrong size of the sheet; without this only that much would be read.
    sheet.reset_dimensions()
    try:
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            yield number, [_seen(cell, number) for cell in cells]
    except CannotRead:
        raise
    except Exception as error:
        raise _broken() from error


def _opened(data: bytes) -> Workbook:
    if data.startswith(OLD):
        raise CannotRead(
            Text(
                N_(
                    "古い形式（.xls）か、パスワードの付いたExcelファイルです。.xlsx の形で保存し直してください。"
                )
            )
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST:
                raise CannotRead(Text(N_("ファイルが大きすぎます。いくつかに分けてください。")))
        return load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except CannotRead:
        raise
    except Exception as error:
        # openpyxl says in many ways that a file is not what it should be.
        raise _broken() from error


def _broken() -> CannotRead:
    return CannotRead(
        Text(N_("Excelファイルとして読み取れません。Excelで開いて、.xlsx の形で保存し直してください。"))
    )


def _seen(cell: object, number: int) -> str:
    value = getattr(cell, "value", None)
    if value is None or (isinstance(value, str) and not value):
        return ""
    if getattr(cell, "data_type", "") == "e":
        raise CannotRead(
            Text(N_("セルの数式がエラー（%(value)s）になっています。"), {"value": str(value)}), number
        )
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value, str(getattr(cell, "number_format", "") or ""))
    return str(value)


def _number(value: int | float, shape: str) -> str:
    if shape.endswith("%"):
        return _plain(Decimal(repr(value)) * 100) + "%"
    text = _plain(Decimal(repr(value)))
    return text.zfill(len(shape)) if re.fullmatch(r"0+", shape) and text.isdecimal() else text


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to write: all cells are text."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[str]]


def write_workbook(sheets: Iterable[Sheet]) -> bytes:
    """A workbook whose cells are text, so that codes keep their zeros and ranges do not turn into days.

    The line of names stays in view; columns are as wide as what they hold.
    """
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        rows = [list(row) for row in sheet.rows]
        for index, name in enumerate(sheet.columns):
            letter = get_column_letter(index + 1)
            longest = max((_width(row[index]) for row in rows), default=0)
            page.column_dimensions[letter].width = min(
                _WIDEST, max(_NARROWEST, _width(name) + 2, longest + 2)
            )
            page.column_dimensions[letter].number_format = "@"
        page.append([_header(page, name) for name in sheet.columns])
        for row in rows:
            page.append([_text(page, value) for value in row])
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{len(rows) + 1}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _width(text: str) -> int:
    return max((sum(1 if char.isascii() else 2 for char in line) for line in text.splitlines()), default=0)


_TOP, _TOP_WRAPPED = Alignment(vertical="top", wrap_text=False), Alignment(vertical="top", wrap_text=True)


def _text(page: object, value: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, value=None)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) or None
    if cell.value is not None:
        # Otherwise a text that begins with "=" would be a formula.
        cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = _TOP_WRAPPED if "\n" in value else _TOP
    return cell


def _header(page: object, name: str) -> WriteOnlyCell:
    cell = _text(page, name)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E8F1FE")
    return cell
