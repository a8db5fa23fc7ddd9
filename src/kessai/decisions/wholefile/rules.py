"""What of the attachments stands in the whole file, and how; and what the file is called. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PAGES_AT_ONCE, BYTES_AT_ONCE = 12, 5_000_000
"""What is made while the reader waits; more is made by the queue."""

TEXT_LONGEST = 60_000
"""Characters of a file that has a text and no pages."""

PAGES, TEXT, NOTHING = "pages", "text", "nothing"

INFECTED = "ウイルスが見つかったファイルのため、頁も原本も収めていない。"
UNSCANNED = "ウイルス検査が済んでいないため、頁も原本も収めていない。"
WAITING = "中身を調べている途中のため、頁を収めていない。"
NO_PAGES = "頁として示すことのできないファイルのため、原本だけを収めた。"
AS_TEXT = "頁の形がないため、文字だけを示した。"
TEXT_CUT = f"文字は初めの{TEXT_LONGEST:,}字までを示した。"
TOO_LARGE = "大きさの上限を超えるため、原本を収めていない。原本は案件の画面から開く。"
NOT_THERE = "原本が見つからないため、収めていない。"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a case. ``opens``: nothing keeps it from being handed out; ``infected``: that is a virus.

    ``pages``: how many it has that can be shown; ``there``: its bytes are.
    """

    size: int
    pages: int
    has_text: bool
    opens: bool
    infected: bool
    waiting: bool
    there: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """How a file stands in the whole: as pages (how many of them), as text, or not; and whether its bytes are in it."""

    shown: str
    pages: int
    embedded: bool
    notes: tuple[str, ...]


def parts(files: Sequence[Attached], *, pages_most: int, bytes_most: int) -> tuple[Part, ...]:
    """The parts of the whole, in the order of the files; the first files are served first."""
    found = []
    for file in files:
        part = _part(file, pages_most, bytes_most)
        pages_most -= part.pages
        bytes_most -= file.size if part.embedded else 0
        found.append(part)
    return tuple(found)


def _part(file: Attached, pages_most: int, bytes_most: int) -> Part:
    if not file.opens or not file.there:
        why = NOT_THERE if file.opens else INFECTED if file.infected else UNSCANNED
        return Part(NOTHING, 0, False, (why,))
    pages = min(file.pages, pages_most)
    shown = PAGES if pages else TEXT if file.has_text and not file.pages else NOTHING
    embedded = file.size <= bytes_most
    return Part(shown, pages, embedded, tuple(_notes(file, shown, pages, embedded)))


def _notes(file: Attached, shown: str, pages: int, embedded: bool) -> Iterator[str]:
    if pages < file.pages:
        yield f"全{file.pages:,}頁のうち{pages:,}頁を収めた（頁数の上限による）。"
    elif shown == TEXT:
        yield AS_TEXT
    elif shown == NOTHING:
        yield WAITING if file.waiting else NO_PAGES
    if not embedded:
        yield TOO_LARGE


def at_once(parts: Sequence[Part], files: Sequence[Attached]) -> bool:
    """Whether so little is to be made that the reader may wait for it."""
    size = sum(file.size for file, part in zip(files, parts, strict=True) if part.embedded)
    return sum(part.pages for part in parts) <= PAGES_AT_ONCE and size <= BYTES_AT_ONCE


_UNFIT = re.compile(r'[\s\x00-\x1f\x7f"*/:<>?\\|]+')
NAME_LONGEST = 80


def name_of(number: str, title: str) -> str:
    """総行市第214号_委託契約.pdf: what the file is called where it is kept; before there is a number, by its title."""
    said = "_".join(filter(None, (number.strip(), title.strip())))
    fit = _UNFIT.sub(" ", said)[:NAME_LONGEST].strip(" .")
    return f"{fit or 'case'}.pdf"


def embedded_name(position: int, filename: str) -> str:
    """添付1_仕様書.docx: a name of its own for each file, whatever two of them are called."""
    return f"添付{position}_{_UNFIT.sub('_', filename)}"
