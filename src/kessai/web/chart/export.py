"""The chart of a day as a file: a line for each holder, for each vacant post, and for each unit without posts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext

from kessai.kernel.lines import write_lines
from kessai.kernel.sheets import Sheet, write_workbook
from kessai.kernel.words import N_
from kessai.organisation.histories import ChartLine
from kessai.web.chart.words import APPOINTMENTS, LEVELS, UNIT_KINDS, said

COLUMNS = (
    N_("基準日"),
    N_("部署コード"),
    N_("上位の部署コード"),
    N_("部署"),
    N_("部署（英語）"),
    N_("階層"),
    N_("部署の種類"),
    N_("文書記号"),
    N_("職コード"),
    N_("職"),
    N_("職（英語）"),
    N_("級"),
    N_("定数"),
    N_("職員番号"),
    N_("氏名"),
    N_("氏名（英語）"),
    N_("任用の種類"),
    N_("就任日"),
)


def as_csv(lines: Iterable[ChartLine], on: date) -> bytes:
    """CSV in UTF-8 with a byte order mark, RFC 4180."""
    return write_lines(_columns(), [[_harmless(value) for value in row] for row in _rows(lines, on)])


def as_workbook(lines: Iterable[ChartLine], on: date) -> bytes:
    """A workbook with one sheet; every cell is text."""
    return write_workbook([Sheet(on.isoformat(), _columns(), list(_rows(lines, on)))])


def _columns() -> list[str]:
    return [gettext(name) for name in COLUMNS]


def _rows(lines: Iterable[ChartLine], on: date) -> Iterator[list[str]]:
    day = on.isoformat()
    for line in lines:
        unit = line.unit
        yield [
            day,
            unit.code,
            unit.parent_code or "",
            unit.name,
            unit.name_en,
            str(unit.depth),
            said(UNIT_KINDS, unit.kind),
            unit.symbol,
            line.code,
            line.title,
            line.title_en,
            said(LEVELS, line.level),
            str(line.seats or ""),
            line.staff_no,
            line.name if line.name or not line.code else gettext("欠員"),
            line.name_en,
            said(APPOINTMENTS, line.kind),
            line.since.isoformat() if line.since else "",
        ]


def _harmless(value: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
