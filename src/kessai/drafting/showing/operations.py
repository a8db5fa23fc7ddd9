"""Pages of stored files as pictures, made when they are first asked for; and PDFs of Office files, by the queue.

Everything made here lies beside the store of files, by ministry and SHA-256, and may be deleted at any time.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from kessai.drafting import blobs
from kessai.drafting.finding import writes as finding
from kessai.drafting.inspecting import confined, rules
from kessai.drafting.inspecting import operations as inspecting
from kessai.drafting.inspecting.seen import Seen
from kessai.drafting.models import Inspection
from kessai.drafting.showing import sizes
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_

KEPT_DAYS = 90
"""A picture that nobody asked for in this time is made again when somebody does."""

DOCUMENT = "document.pdf"
_ENDINGS = {
    rules.WORD: ".docx", rules.EXCEL: ".xlsx", rules.POWERPOINT: ".pptx",
    "rtf": ".rtf", "odt": ".odt", "ods": ".ods", "odp": ".odp",
}  # fmt: skip
_making = threading.BoundedSemaphore(sizes.AT_ONCE)


class CannotShow(Cannot):
    """The page is not shown as a picture."""


def picture(*, tenant_id: int, sha256: str, page: int, width: int) -> Path:
    """The page of a file, from 1, as a WebP of one of the widths. No access check.

    NotFound for a page or a width that there is not, CannotShow where the picture cannot be made now.
    """
    row = Inspection.objects.filter(tenant_id=tenant_id, sha256=sha256).defer("text").first()
    if row is None or not 1 <= page <= row.pages or width not in sizes.WIDTHS:
        raise NotFound(N_("この頁はありません。"), N_("添付の一覧から開き直してください。"))
    made = folder(tenant_id, sha256) / f"{page}-{width}.webp"
    if not made.exists():
        _make(row, page, width, made)
    return made


def _make(row: Inspection, page: int, width: int, made: Path) -> None:
    source, kind = source_of(row)
    paint(source, kind, page, width, made)


def paint(source: Path, kind: str, page: int, width: int, made: Path) -> None:
    """A page of a PDF or a picture (``kind``: pdf, image) as a WebP at ``made``. Errors: CannotShow."""
    made.parent.mkdir(parents=True, exist_ok=True)
    if not _making.acquire(timeout=sizes.PATIENCE_SECONDS):
        raise CannotShow(
            N_("いま混み合っていて、頁を表示できません。"), N_("数秒たってから、開き直してください。")
        )
    try:
        with tempfile.TemporaryDirectory(dir=made.parent, prefix=".making-") as name:
            out = Path(name) / "page"
            confined.run(
                "kessai.drafting.showing.paging", str(source), kind, str(page), str(width), str(out),
                seconds=sizes.PICTURE_SECONDS + confined.GRACE_SECONDS,
            )  # fmt: skip
            out.rename(made)
    except confined.CannotFinish as error:
        raise CannotShow(
            N_("この頁は、画面に出せませんでした。"), N_("端末に保存して、元のファイルを開いてください。")
        ) from error
    finally:
        _making.release()


def source_of(row: Inspection) -> tuple[Path, str]:
    """The file of which pages are drawn, and what it is: pdf or image.

    Errors: CannotShow where the PDF of an Office file was lost; it is made again.
    """
    if rules.family(row.media_type) not in rules.OFFICE:
        kind = "image" if rules.family(row.media_type) == "image" else "pdf"
        return blobs.path_of(tenant_id=row.tenant_id, sha256=row.sha256), kind
    source = _document(row.tenant_id, row.sha256)
    if not source.exists():
        raise _lost(row)
    return source, "pdf"


def _lost(row: Inspection) -> CannotShow:
    """The PDF of an Office file was deleted: it is made again."""
    from kessai.drafting import tasks  # which imports this

    with transaction.atomic():
        tasks.convert.defer(tenant_id=row.tenant_id, sha256=row.sha256)
    return CannotShow(N_("頁を作り直しています。"), N_("1分ほどたってから、開き直してください。"))


def converter() -> str | None:
    """The program that makes PDFs of Office files; None where there is none."""
    given = settings.KESSAI_SOFFICE
    return None if given == "none" else shutil.which(given)


def convertible(seen: Seen) -> bool:
    """Whether a PDF is to be made of a file, by what was found in it."""
    fit = not (seen.encrypted or seen.broken or seen.unread)
    return fit and rules.family(seen.media_type) in rules.OFFICE and converter() is not None


def convert(*, tenant_id: int, sha256: str, at: datetime) -> None:
    """Make the PDF of an Office file, and keep how many pages it has; its text too, where there was none."""
    row = Inspection.objects.filter(tenant_id=tenant_id, sha256=sha256).first()
    program, made = converter(), _document(tenant_id, sha256)
    if row is None or program is None or (row.pages and made.exists()):
        return
    made.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=made.parent, prefix=".making-") as name:
        here = Path(name)
        file = here / f"file{_ENDINGS[rules.family(row.media_type)]}"
        file.symlink_to(blobs.path_of(tenant_id=tenant_id, sha256=sha256))
        try:
            confined.run(
                "kessai.drafting.showing.converting", program, str(file), str(here),
                seconds=sizes.OFFICE_SECONDS + confined.GRACE_SECONDS,
            )  # fmt: skip
            (here / "file.pdf").rename(made)
        except (confined.CannotFinish, FileNotFoundError):
            # Such a file is shown as its text; another try would come to the same.
            return
    seen = inspecting.looked_into(made)
    with transaction.atomic():
        Inspection.objects.filter(tenant_id=tenant_id, sha256=sha256).update(
            pages=seen.pages,
            width=seen.width,
            height=seen.height,
            made_at=at,
            **({} if row.text else {"text": seen.text, "text_cut": seen.text_cut}),
        )
        if not row.text:
            finding.keep(tenant_id=tenant_id, sha256=sha256, text=seen.text, at=at)


def sweep(*, now: datetime) -> int:
    """Delete pictures that were made long ago, and what a making that died left behind; how many."""
    before, swept = now.timestamp() - KEPT_DAYS * 86_400, 0
    for made in Path(settings.KESSAI_PREVIEWS).glob("*/*/*/*"):
        if made.stat().st_mtime >= before or made.name == DOCUMENT:
            continue
        if made.is_dir():
            shutil.rmtree(made, ignore_errors=True)
        else:
            made.unlink(missing_ok=True)
        swept += 1
    return swept


def forget(*, tenant_id: int, sha256: str) -> None:
    """Delete what was made of a file to show it."""
    shutil.rmtree(folder(tenant_id, sha256), ignore_errors=True)


def folder(tenant_id: int, sha256: str) -> Path:
    """Where lies what is made of the file, or of the data, with this hex digest."""
    return Path(settings.KESSAI_PREVIEWS) / str(tenant_id) / sha256[:2] / sha256


def _document(tenant_id: int, sha256: str) -> Path:
    return folder(tenant_id, sha256) / DOCUMENT
