"""Pages of stored files as they are printed: pictures, what is written on them, and how large they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from kessai.drafting.inspecting import confined
from kessai.drafting.models import Inspection
from kessai.drafting.showing.operations import source_of
from kessai.drafting.showing.sizes import SHEETS_AT_ONCE, SHEETS_SECONDS


@dataclass(frozen=True, slots=True)
class Run:
    """Something written on a page: where its box is, in points from the top left, and how large."""

    x: float
    y: float
    width: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: a JPEG, its size in points, and what is written on it."""

    picture: Path
    width: float
    height: float
    runs: tuple[Run, ...]


def sheets(*, tenant_id: int, sha256: str, pages: int, folder: Path) -> tuple[Sheet, ...]:
    """The first pages of a file, as pictures in a folder; as many as could be made. No access check.

    Errors: showing's CannotShow where the PDF of an Office file was lost, which is then being made again.
    """
    row = Inspection.objects.filter(tenant_id=tenant_id, sha256=sha256).defer("text").first()
    if row is None:
        return ()
    source, kind = source_of(row)
    found: list[Sheet] = []
    for first in range(1, min(pages, row.pages) + 1, SHEETS_AT_ONCE):
        last = min(first + SHEETS_AT_ONCE - 1, pages, row.pages)
        made = _made(source, kind, folder, first, last)
        found += made
        if len(made) < last - first + 1:
            break
    return tuple(found)


def _made(source: Path, kind: str, folder: Path, first: int, last: int) -> list[Sheet]:
    try:
        printed = confined.run(
            "kessai.drafting.showing.sheets", str(source), kind, str(folder), str(first), str(last),
            seconds=SHEETS_SECONDS + confined.GRACE_SECONDS,
        )  # fmt: skip
    except confined.CannotFinish as error:
        # The last line may be cut where the process was ended.
        printed = error.so_far.rpartition(b"\n")[0]
    said = (json.loads(line) for line in printed.splitlines())
    return [
        Sheet(
            folder / f"{each['page']}.jpg",
            each["width"],
            each["height"],
            tuple(Run(*run) for run in each["runs"]),
        )
        for each in said
    ]
