"""Appointment orders as they come in files: CSV or Excel, headings in Japanese or English, every line kept."""

from __future__ import annotations

from collections.abc import Iterable

from kessai.kernel.lines import Faults, read_lines, write_lines
from kessai.kernel.words import N_
from kessai.organisation.orders.rules import COLUMNS, HEADINGS, TypedLine

_REQUIRED = ("act", "post")


def read_orders(data: bytes) -> tuple[tuple[int, TypedLine], ...]:
    """The lines of a file with their numbers in it, good or bad. Errors: CannotImport if it is no table of orders."""
    faults = Faults()
    lines = read_lines(data, required=(), optional=(*COLUMNS, *HEADINGS), faults=faults)
    faults.raise_if_any()
    headings = tuple(lines[0].values)
    japanese = {column: heading for heading, column in HEADINGS.items()}
    for column in COLUMNS:
        found = [heading for heading in headings if HEADINGS.get(heading, heading) == column]
        if column in _REQUIRED and not found:
            faults.add(1, N_("「%(name)s」の列がありません。"), name=japanese[column])
        if len(found) > 1:
            faults.add(1, N_("「%(name)s」の列が二つ以上あります。"), name=japanese[column])
    faults.raise_if_any()
    columns = [(HEADINGS.get(heading, heading), heading) for heading in headings]
    return tuple(
        (line.number, TypedLine(**{column: line.values[heading] for column, heading in columns}))
        for line in lines
    )


def write_orders(lines: Iterable[TypedLine]) -> bytes:
    """A file that ``read_orders`` reads back, with Japanese headings."""
    return write_lines(tuple(HEADINGS), ([getattr(line, column) for column in COLUMNS] for line in lines))
