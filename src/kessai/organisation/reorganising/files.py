"""Files of a reorganisation, CSV or Excel: the columns by their Japanese or English names, every line as typed."""

from __future__ import annotations

from collections.abc import Iterable

from kessai.kernel.lines import Faults, read_lines, write_lines
from kessai.kernel.words import N_
from kessai.organisation.reorganising.lines import COLUMNS, HEADINGS, NEEDED, TypedLine

_COLUMN = {column: column for column in COLUMNS} | {heading: column for column, heading in HEADINGS.items()}
SHEETS = ("改編", "reorganisation", "Reorganisation")


def read_file(source: bytes) -> list[tuple[int, TypedLine]]:
    """The lines with their numbers in the file. Errors: CannotImport, where it cannot be read at all."""
    faults = Faults()
    found = read_lines(source, required=(), optional=tuple(_COLUMN), faults=faults)
    faults.raise_if_any()
    named = {_COLUMN[name] for name in found[0].values}
    for column in NEEDED:
        if column not in named:
            faults.add(1, N_("「%(name)s」の列がありません。"), name=HEADINGS[column])
    if len(named) < len(found[0].values):
        faults.add(1, N_("同じ意味の列が、日本語と英語の両方であります。"))
    faults.raise_if_any()
    return [
        (line.number, TypedLine.of({_COLUMN[name]: value for name, value in line.values.items()}))
        for line in found
    ]


def write_file(lines: Iterable[TypedLine]) -> bytes:
    """Lines as a CSV that ``read_file`` reads back."""
    return write_lines(
        list(HEADINGS.values()), ([getattr(line, column) for column in COLUMNS] for line in lines)
    )
