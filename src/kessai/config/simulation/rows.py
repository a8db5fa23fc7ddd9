"""Reading a file of contract cases: rows as they are, good or bad, each with its line number."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kessai.config.simulation.chance import chosen
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

COLUMNS = (
    "project_id",
    "project_name",
    "ministry",
    "block",
    "kind",
    "recipient",
    "corporate_number",
    "amount_yen",
)
DIRECT = "direct"
"""The one kind that the ministry itself decides; the others were decided by whoever it paid."""


class CannotReadCases(Cannot):
    """The file is not a file of contract cases."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file, text as it stands there. ``line`` counts from 1, the header being the first."""

    line: int
    project_id: str
    project_name: str
    ministry: str
    block: str
    kind: str
    recipient: str
    corporate_number: str
    amount_yen: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows to try, in the order of the file, and how many were passed over by kind."""

    rows: tuple[Row, ...]
    skipped: dict[str, int]


def select(path: Path, *, limit: int, seed: int, in_order: bool) -> Selection:
    """Up to ``limit`` direct rows: chosen by the seed from the whole file, or the first ones.

    Rows of other kinds are counted as far as the file was read. Errors: CannotReadCases.
    """
    skipped: Counter[str] = Counter()
    rows: list[Row] = []
    for row in read(path):
        if row.kind != DIRECT:
            skipped[row.kind] += 1
            continue
        rows.append(row)
        if in_order and len(rows) == limit:
            break
    if len(rows) > limit:
        rows = sorted(rows, key=lambda row: chosen(seed, "row", row.line))[:limit]
    return Selection(tuple(sorted(rows, key=lambda row: row.line)), dict(skipped))


def read(path: Path) -> Iterator[Row]:
    """Every row of a CSV file, gzipped or plain, UTF-8. Errors: CannotReadCases, with the line where it broke."""
    line = 0
    try:
        with _opened(path) as text:
            reader = csv.reader(text)
            header = next(reader, [])
            places = _places(path, header)
            for cells in reader:
                line = reader.line_num
                if cells:
                    # A row that is too short lacks its last values, as a form left empty does.
                    yield Row(line, *(cells[n] if n < len(cells) else "" for n in places))
    except OSError as error:
        raise _unreadable(path, line, error.strerror or str(error)) from error
    except (UnicodeDecodeError, csv.Error, EOFError, zlib.error) as error:
        raise _unreadable(path, line, str(error)) from error


def _opened(path: Path) -> IO[str]:
    with path.open("rb") as raw:
        gzipped = raw.read(2) == b"\x1f\x8b"
    if gzipped:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _places(path: Path, header: list[str]) -> list[int]:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise CannotReadCases(
            N_("%(path)s に列 %(missing)s がありません。"),
            N_("見出しの行に %(columns)s が要ります。"),
            path=str(path),
            missing=", ".join(missing),
            columns=", ".join(COLUMNS),
        )
    return [header.index(name) for name in COLUMNS]


def _unreadable(path: Path, line: int, said: str) -> CannotReadCases:
    return CannotReadCases(
        N_("%(path)s を読めません（%(line)s行の後: %(said)s）。"),
        N_("UTF-8のCSV、またはそれをgzipで圧縮したものを指定してください。"),
        path=str(path),
        line=line,
        said=said,
    )
