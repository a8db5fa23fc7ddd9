"""Files of lines: CSV as offices exchange it, read whole, with every line that cannot be used and why.

UTF-8 (a byte order mark is ignored), RFC 4180, first line the names of the columns. A value may span lines;
it is then known by the line it begins on, counted as an editor counts them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Plain, Text


@dataclass(frozen=True, slots=True)
class Line:
    """A line that could be read: its number in the file, and its values by column, without outer blanks."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used, and why."""

    number: int
    reason: Text


class CannotImport(Cannot):
    """A file is refused whole, and nothing has changed; ``lines``: each bad line, in order."""

    def __init__(self, lines: Iterable[BadLine]) -> None:
        self.lines = tuple(sorted(lines, key=lambda bad: bad.number))
        super().__init__(
            N_("%(n)s行に誤りがあるため、何も取り込んでいません。"),
            N_("示した行を直して、もう一度取り込んでください。"),
            n=len({bad.number for bad in self.lines}),
        )


class Faults:
    """Collects what is wrong, line by line, so that all of it is said at once."""

    def __init__(self) -> None:
        self._found: list[BadLine] = []

    def add(self, number: int, message: str, **params: Plain) -> None:
        self._found.append(BadLine(number, Text(message, params)))

    def extend(self, others: Faults) -> None:
        self._found.extend(others._found)

    def raise_if_any(self) -> None:
        if self._found:
            raise CannotImport(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)


def read_lines(
    data: bytes, *, required: Sequence[str], optional: Sequence[str] = (), faults: Faults
) -> tuple[Line, ...]:
    """The lines of a file that could be read; the others go to ``faults``, a missing column as line 1."""
    text = _decoded(data.removeprefix(b"\xef\xbb\xbf"), faults)
    if text is None:
        return ()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    lines: list[Line] = []
    while True:
        number = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            break
        except csv.Error:
            faults.add(number, N_("引用符の付け方が正しくないため、この行から先が読み取れません。"))
            break
        if header is None:
            header = [name.strip() for name in values]
            if not _has_columns(header, required, optional, faults):
                return ()
        elif any(value.strip() for value in values):
            if len(values) == len(header):
                known = zip(header, (value.strip() for value in values), strict=True)
                lines.append(Line(number, dict(known)))
            else:
                faults.add(
                    number,
                    N_("列の数が%(found)sで、見出しの%(wanted)sと合いません。"),
                    found=len(values),
                    wanted=len(header),
                )
    if not lines and not faults:
        faults.add(1, N_("取り込む行がありません。"))
    return tuple(lines)


def _decoded(data: bytes, faults: Faults) -> str | None:
    if b"\x00" not in data:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    for number, raw in enumerate(data.split(b"\n"), start=1):
        if b"\x00" in raw:
            faults.add(number, N_("文字でないもの（NUL）が入っています。"))
            continue
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            faults.add(number, N_("UTF-8として読めない文字があります。"))
    return None


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
