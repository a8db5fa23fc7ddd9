"""Making the whole file: its sheets and the pages of what is attached, set as one PDF/A-3 with the originals in it."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from kessai.decisions import glyphs
from kessai.decisions.sheet import grouped, size_text
from kessai.decisions.wholefile import queries, rules, sheet
from kessai.decisions.wholefile.queries import Copy, Whole
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting import confined
from kessai.drafting.inspecting import queries as inspecting
from kessai.drafting.rules import AttachedFile
from kessai.drafting.showing import printing
from kessai.drafting.showing.operations import CannotShow
from kessai.drafting.showing.printing import Run
from kessai.kernel.actor import Actor

SECONDS = 300
TYPST = Path(__file__).parent.parent / "typst"
ORIGINALS = "originals"


def obtain(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> tuple[Whole, Copy | None]:
    """The whole file as it is now, and its PDF: made here where it is small, else asked of the queue (None till then).

    NotFound for strangers to the case.
    """
    whole = queries.whole_file(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    copy = queries.copy_of(whole)
    if copy is None and whole.at_once:
        # What cannot be made now is made by the queue, which tries again.
        with contextlib.suppress(CannotShow, confined.CannotFinish):
            copy = _make(whole, at)
    if copy is None:
        _ask(whole)
    return whole, copy


def _ask(whole: Whole) -> None:
    from kessai.decisions import tasks  # which imports this

    job = tasks.make_whole_file.configure(queueing_lock=f"whole-{whole.digest}")
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(tenant_id=whole.tenant_id, case_id=str(whole.case_id))


def make(*, tenant_id: int, case_id: UUID, at: datetime) -> Copy:
    """Make the PDF of a case as it is now, once. Errors: CannotShow and CannotFinish, to be tried again."""
    whole = queries.unchecked(tenant_id=tenant_id, case_id=case_id, at=at)
    return queries.copy_of(whole) or _make(whole, at)


def _make(whole: Whole, at: datetime) -> Copy:
    whole.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=whole.folder, prefix=".making-") as name:
        folder = Path(name)
        for source in TYPST.glob("*.typ"):
            shutil.copy(source, folder)
        (folder / "data.json").write_text(json.dumps(_data(whole, folder, at)), encoding="utf-8")
        dated = whole.moved_at if whole.decided else at
        confined.run(
            "kessai.decisions.wholefile.setting", str(folder), str(int(dated.timestamp())),
            seconds=SECONDS + confined.GRACE_SECONDS,
        )  # fmt: skip
        (folder / "whole.pdf").rename(whole.folder / f"{int(at.timestamp())}.pdf")
    copy = queries.copy_of(whole)
    assert copy is not None
    return copy


def _data(whole: Whole, folder: Path, at: datetime) -> Mapping[str, Any]:
    (folder / ORIGINALS).mkdir()
    files = zip(whole.files, whole.kinds, whole.found, whole.parts, strict=True)
    return {
        "title": glyphs.metadata(f"{whole.number} {whole.title}"),
        "author": glyphs.metadata(whole.ministry),
        "family": glyphs.FAMILY,
        "stamp": ""
        if whole.decided
        else glyphs.printable(sheet.stamp(whole.state, circulation=whole.circulation, at=at)),
        **glyphs.all_printable(dict(whole.said)),
        "files": [_file(whole, folder, n, *each) for n, each in enumerate(files, start=1)],
    }


def _file(
    whole: Whole,
    folder: Path,
    number: int,
    file: AttachedFile,
    kind: tuple[str, str],
    found: tuple[str, ...],
    part: rules.Part,
) -> Mapping[str, Any]:
    notes, pages = [*found, *part.notes], []
    if part.shown == rules.PAGES:
        pages = _pages(whole, folder, number, file, part)
        if len(pages) < part.pages:
            notes.append(f"{len(pages):,}頁までしか描けなかった。")
    text = ""
    if part.shown == rules.TEXT:
        seen = inspecting.inspected(tenant_id=whole.tenant_id, sha256=file.sha256)
        text = seen.text[: rules.TEXT_LONGEST]
        if seen.text_cut or len(seen.text) > len(text):
            notes.append(rules.TEXT_CUT)
    return {
        "number": str(number),
        "label": _wide(number),
        "title": glyphs.printable(file.title or file.filename),
        "filename": glyphs.printable(file.filename),
        "kind": kind[0],
        "size": size_text(file.size),
        "sha256": grouped(file.sha256),
        "notes": glyphs.all_printable(notes),
        "shown": str(len(pages)) if pages else "",
        "pages": pages,
        "text": glyphs.printable(text),
        "embedded": _embedded(whole, folder, number, file, kind[1]) if part.embedded else None,
    }


def _wide(number: int) -> str:
    """In digits that a page label keeps as they are."""
    return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))


def _embedded(
    whole: Whole, folder: Path, number: int, file: AttachedFile, media_type: str
) -> Mapping[str, str]:
    name = rules.embedded_name(number, file.filename)
    with drafts.open_blob(sha256=file.sha256, tenant_id=whole.tenant_id) as stream:
        (folder / ORIGINALS / str(number)).symlink_to(stream.name)
    return {
        "path": f"{ORIGINALS}/{number}",
        "name": name,
        "shown": glyphs.printable(name),
        "type": media_type,
        "about": glyphs.metadata(f"{file.title or file.filename} SHA-256 {file.sha256}"),
    }


def _pages(
    whole: Whole, folder: Path, number: int, file: AttachedFile, part: rules.Part
) -> list[dict[str, Any]]:
    pictures = folder / f"pages{number}"
    pictures.mkdir()
    made = printing.sheets(tenant_id=whole.tenant_id, sha256=file.sha256, pages=part.pages, folder=pictures)
    return [
        {
            "picture": f"pages{number}/{page.picture.name}",
            "width": page.width,
            "height": page.height,
            "runs": [_run(run) for run in page.runs],
        }
        for page in made
    ]


WIDE = 0x2E80
"""Characters from here on are as wide as they are high; most before are half as wide."""


def _run(run: Run) -> dict[str, Any]:
    """What is written under the picture of a page: as large as fills its box, so that it is found where it is seen."""
    ems = sum(1 if ord(character) >= WIDE else 0.55 for character in run.text)
    size = max(min(run.width / ems, run.height * 1.2), 1)
    return asdict(run) | {"size": size, "text": glyphs.visible(run.text).replace("\n", " ")}
