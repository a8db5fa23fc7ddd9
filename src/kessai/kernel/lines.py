"""Files of lines: CSV or Excel as offices exchange them, read whole, with every line that cannot be used and why.

CSV: UTF-8 (a byte order mark is ignored) or what a Japanese Excel saves, cp932; RFC 4180, first line the names of
the columns. A value may span lines; it is then known by the line it begins on, counted as an editor counts them.
Excel (.xlsx): the first row has the names; a line is known by its row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, NN_, Plain, Text


@dataclass(frozen=True, slots=True)
class Line:
    """A line that could be read: its number in the file, and its values by column, without outer blanks."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used, and why. ``sheet``: of a workbook or of several files, where it is not the first."""

    number: int
    reason: Text
    sheet: str = ""


class CannotImport(Cannot):
    """A file is refused whole, and nothing has changed; ``lines``: each bad line, in order."""

    def __init__(self, lines: Iterable[BadLine]) -> None:
        self.lines = tuple(sorted(lines, key=lambda bad: (bad.sheet, bad.number)))
        super().__init__(
            NN_("%(n)s行に誤りがあるため、何も取り込んでいません。"),
            N_("示した行を直して、もう一度取り込んでください。"),
            n=len({(bad.sheet, bad.number) for bad in self.lines}),
        )


class Faults:
    """Collects what is wrong, line by line, so that all of it is said at once."""

    def __init__(self, sheet: str = "") -> None:
        self._found: list[BadLine] = []
        self._sheet = sheet

    def add(self, number: int, message: str, **params: Plain) -> None:
        self._found.append(BadLine(number, Text(message, params), self._sheet))

    def extend(self, others: Faults) -> None:
        self._found.extend(others._found)

    def raise_if_any(self) -> None:
        if self._found:
            raise CannotImport(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    def __iter__(self) -> Iterator[BadLine]:
        return iter(self._found)


def read_lines(
    data: bytes,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    faults: Faults,
    sheet: Collection[str] = (),
) -> tuple[Line, ...]:
    """The lines of a file that could be read; the others go to ``faults``, a missing column as line 1.

    CSV or Excel, told apart by how the file begins. ``sheet``: names that the sheet of a workbook may have; the
    first sheet if none is given.
    """
    records = _workbook(data, sheet, faults) if is_workbook(data) else _csv(data, faults)
    header: list[str] | None = None
    lines: list[Line] = []
    for number, values in records:
        if header is None:
            header = [name.strip() for name in values]
            if not _has_columns(header, required, optional, faults):
                return ()
        elif len(values) == len(header):
            stripped = [value.strip() for value in values]
            if any(stripped):
                lines.append(Line(number, dict(zip(header, stripped, strict=True))))
        elif any(value.strip() for value in values):
            faults.add(
                number,
                N_("列の数が%(found)sで、見出しの%(wanted)sと合いません。"),
                found=len(values),
                wanted=len(header),
            )
    if not lines and not faults:
        faults.add(1, NOTHING_TO_READ)
    return tuple(lines)


NOTHING_TO_READ = N_("取り込む行がありません。")

_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How Excel's files begin: a zip archive, and the older form, which is refused with what to do."""


def is_workbook(data: bytes) -> bool:
    """Whether a file is Excel's, by how it begins."""
    return data.startswith(_WORKBOOK)


def has_sheet(data: bytes, names: Collection[str]) -> bool:
    """Whether a file is a workbook that has a sheet of one of the names; one that cannot be read has none."""
    if not is_workbook(data):
        return False
    from kessai.kernel import sheets

    try:
        return sheets.has_sheet(data, names)
    except sheets.CannotRead:
        return False


def _workbook(data: bytes, names: Collection[str], faults: Faults) -> Iterator[tuple[int, list[str]]]:
    # Here, since every command would wait for the library otherwise.
    from kessai.kernel import sheets

    width = 0
    try:
        for number, values in sheets.read_sheet(data, names):
            while len(values) > width and not values[-1]:
                values.pop()
            # Blank rows above the names, as below, say nothing.
            if values:
                width = width or len(values)
                yield number, values + [""] * (width - len(values))
    except sheets.CannotRead as refusal:
        faults.add(refusal.number, refusal.text.message, **refusal.text.params)


def _csv(data: bytes, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(data.removeprefix(b"\xef\xbb\xbf"), faults)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            faults.add(number, N_("引用符の付け方が正しくないため、この行から先が読み取れません。"))
            return


_NO_CHARACTER = "\uf8f0\uf8f1\uf8f2\uf8f3"
"""What Python makes of the four bytes that are nothing in cp932."""


def _decoded(data: bytes, faults: Faults) -> str | None:
    if b"\x00" not in data:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    bad: list[tuple[int, str]] = []
    japanese = 0
    for number, raw in enumerate(data.split(b"\n"), start=1):
        if b"\x00" in raw:
            bad.append((number, N_("文字でないもの（NUL）が入っています。")))
            continue
        try:
            raw.decode("utf-8")
            japanese += not raw.isascii()
        except UnicodeDecodeError:
            bad.append((number, N_("UTF-8として読めない文字があります。")))
    # Some lines of cp932 are UTF-8 by chance; a file in which most are is UTF-8 with faults in it.
    if japanese < len(bad) and b"\x00" not in data:
        try:
            text = data.decode("cp932")
        except UnicodeDecodeError:
            text = _NO_CHARACTER
        if not any(char in text for char in _NO_CHARACTER):
            return text
    for number, message in bad:
        faults.add(number, message)
    return None


def write_lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV that ``read_lines`` reads back; with the byte order mark without which Excel takes it for cp932."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _has_columns(
    header: Sequence[str], required: Sequence[str], optional: Sequence[str], faults: Faults
) -> bool:
    for name in required:
        if name not in header:
            faults.add(1, N_("「%(name)s」の列がありません。"), name=name)
    for name in header:
        if name not in required and name not in optional:
            faults.add(1, N_("「%(name)s」という列は使いません。"), name=name)
    for name in sorted({name for name in header if header.count(name) > 1}):
        faults.add(1, N_("「%(name)s」の列が二つ以上あります。"), name=name)
    return not faults
