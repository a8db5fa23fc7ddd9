"""Files of clearances: which posts and people may see what, from when until when; read, and written."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kessai.kernel.lines import Faults, Line, read_lines
from kessai.kernel.words import N_
from kessai.organisation.clearance import queries
from kessai.organisation.clearance.rules import EVERYTHING, MARKED

COLUMNS = ("post", "staff_no", "covers", "from", "until")
REQUIRED = ("post", "staff_no", "covers")
OPTIONAL = ("from", "until")


@dataclass(frozen=True, slots=True)
class ClearanceLine:
    """A line of the file, of a post or of a person. ``covers`` "": they have no clearance any more."""

    post: int | None
    person: int | None
    covers: str
    start: date | None
    end: date | None


def read_clearances(
    data: bytes, *, posts: Mapping[str, int], people: Mapping[str, int], restrictions: Collection[str]
) -> list[ClearanceLine]:
    """The clearances of every post and person that a file names. CSV or Excel.

    Columns post or staff_no, covers (confidentiality3, a handling restriction, or *; empty takes the clearance away),
    from and until (YYYY-MM-DD, the last day; may be empty). Errors: CannotImport.
    """
    faults = Faults()
    found: list[ClearanceLine] = []
    for line in read_lines(data, required=REQUIRED, optional=OPTIONAL, faults=faults):
        read = _read(line, posts, people, restrictions, faults)
        if read is None:
            continue
        others = [o for o in found if (o.post, o.person) == (read.post, read.person)]
        if any(not read.covers or not other.covers for other in others):
            faults.add(line.number, N_("指定のない行と、指定のある行が、同じ職か人にあります。"))
        found.append(read)
    faults.raise_if_any()
    return found


def _read(
    line: Line,
    posts: Mapping[str, int],
    people: Mapping[str, int],
    restrictions: Collection[str],
    faults: Faults,
) -> ClearanceLine | None:
    before = len(list(faults))
    post, person = posts.get(line["post"]), people.get(line["staff_no"])
    if bool(line["post"]) == bool(line["staff_no"]):
        faults.add(line.number, N_("職（post）か職員番号（staff_no）の、どちらか一つを書いてください。"))
    elif line["post"] and post is None:
        faults.add(line.number, N_("職「%(code)s」がありません。"), code=line["post"][:100])
    elif line["staff_no"] and person is None:
        faults.add(line.number, N_("職員番号「%(code)s」の人がいません。"), code=line["staff_no"][:100])
    known = (MARKED, EVERYTHING, *restrictions)
    if line["covers"] and line["covers"] not in known:
        faults.add(
            line.number,
            N_("「%(value)s」は扱いの指定に使えません。使えるもの: %(known)s"),
            value=line["covers"][:40],
            known=" ".join(known),
        )
    start, end = (_day(line, column, faults) for column in OPTIONAL)
    if start is not None and end is not None and end < start:
        faults.add(line.number, N_("期間の終わりが、始まりより前です。"))
    if len(list(faults)) > before:
        return None
    return ClearanceLine(post, person, line["covers"], start, end + timedelta(days=1) if end else None)


def _day(line: Line, column: str, faults: Faults) -> date | None:
    try:
        return date.fromisoformat(line[column]) if line[column] else None
    except ValueError:
        faults.add(
            line.number, N_("日付「%(day)s」は 2027-04-01 のように書いてください。"), day=line[column][:40]
        )
        return None


def write_clearances(lines: Iterable[queries.Line]) -> str:
    """The lines as a file that reads back as the same."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        last = (line.ends - timedelta(days=1)).isoformat() if line.ends else ""
        writer.writerow([line.post, line.staff_no, line.covers, line.starts.isoformat(), last])
    return out.getvalue()
