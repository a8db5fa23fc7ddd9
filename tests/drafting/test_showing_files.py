"""Pages of files as pictures, made when they are asked for, and by LibreOffice where it is installed."""

from __future__ import annotations

import io
import os
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from PIL import Image

import documents
import stage as the_stage
from kessai.drafting import queries, tasks
from kessai.drafting.inspecting import confined
from kessai.drafting.inspecting import operations as inspecting
from kessai.drafting.inspecting import queries as inspected
from kessai.drafting.showing import operations as showing
from kessai.drafting.showing.operations import CannotShow
from kessai.kernel.errors import NotFound
from stage import Stage

OFFICE = shutil.which("soffice")
if OFFICE is None and os.environ.get("CI") == "true":
    raise RuntimeError("LibreOffice is needed: apt install libreoffice-writer-nogui")
with_office = pytest.mark.skipif(
    OFFICE is None, reason="no LibreOffice found: apt install libreoffice-writer-nogui"
)


@pytest.fixture
def stage(db: None) -> Stage:
    return the_stage.build()


def kept(stage: Stage, name: str, body: bytes) -> str:
    """The SHA-256 of a file that was attached and looked into."""
    ref = stage.draft(files=[(name, body)])
    (file,) = queries.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    inspecting.inspect(tenant_id=stage.tenant_id, sha256=file.sha256, at=stage.later())
    return file.sha256


def shown(stage: Stage, sha256: str, page: int = 1, width: int = 960) -> Image.Image:
    path = showing.picture(tenant_id=stage.tenant_id, sha256=sha256, page=page, width=width)
    image = Image.open(io.BytesIO(path.read_bytes()))
    assert image.format == "WEBP"
    return image


def convert(stage: Stage, sha256: str) -> None:
    showing.convert(tenant_id=stage.tenant_id, sha256=sha256, at=stage.later())


def test_a_page_of_a_pdf_is_a_picture_as_wide_as_asked_for(stage: Stage) -> None:
    sha256 = kept(stage, "計画.pdf", documents.pdf("一", "二"))
    assert shown(stage, sha256, 2).width == 960
    assert shown(stage, sha256, 2, 3840).size == pytest.approx((3840, 2724), abs=2)


@pytest.mark.parametrize(("page", "width"), [(0, 960), (3, 960), (1, 961), (-1, 960)])
def test_no_other_page_and_no_other_width_is_made(stage: Stage, page: int, width: int) -> None:
    sha256 = kept(stage, "計画.pdf", documents.pdf("一", "二"))
    with pytest.raises(NotFound):
        shown(stage, sha256, page, width)


def test_a_picture_is_made_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = kept(stage, "計画.pdf", documents.pdf())
    shown(stage, sha256)
    monkeypatch.setattr(confined, "run", None)
    shown(stage, sha256)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF"])
def test_a_picture_is_made_smaller_and_never_larger(stage: Stage, kind: str) -> None:
    large = kept(stage, "図面", documents.picture(kind, (4000, 2000)))
    assert shown(stage, large).size == (960, 480)
    small = kept(stage, "小", documents.picture(kind))
    assert shown(stage, small, width=1920).size == (320, 200)


def test_a_page_that_cannot_be_made_is_refused_with_what_to_do(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = kept(stage, "計画.pdf", documents.pdf())

    def ends(*_: str, seconds: int) -> bytes:
        raise confined.CannotFinish

    monkeypatch.setattr(confined, "run", ends)
    with pytest.raises(CannotShow) as refusal:
        shown(stage, sha256)
    assert "端末に保存" in str(refusal.value.remedy)


def test_what_nobody_asked_for_in_a_long_time_is_swept(stage: Stage, settings: Any) -> None:
    sha256 = kept(stage, "計画.pdf", documents.pdf("一", "二"))
    old = showing.picture(tenant_id=stage.tenant_id, sha256=sha256, page=1, width=960)
    new = showing.picture(tenant_id=stage.tenant_id, sha256=sha256, page=2, width=960)
    left = old.parent / ".making-died"
    left.mkdir()
    past = time.time() - timedelta(days=showing.KEPT_DAYS + 1).total_seconds()
    for path in (old, left):
        os.utime(path, (past, past))
    from django.utils import timezone

    assert showing.sweep(now=timezone.now()) == 2
    assert (old.exists(), left.exists(), new.exists()) == (False, False, True)
    assert shown(stage, sha256).width == 960


@with_office
@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("仕様書.docx", documents.docx("第1条　目的")),
        ("積算.xlsx", documents.xlsx(("旅費", 12000))),
        ("説明.pptx", documents.pptx("説明")),
        ("議事録.odt", documents.open_document("議事録", "開会")),
        ("覚書.rtf", b"{\\rtf1\\ansi memo}"),
    ],
)
def test_libreoffice_makes_the_pages_of_office_files(stage: Stage, name: str, body: bytes) -> None:
    sha256 = kept(stage, name, body)
    convert(stage, sha256)
    assert inspected.inspected(tenant_id=stage.tenant_id, sha256=sha256).pages == 1
    assert shown(stage, sha256).width == 960


@with_office
def test_a_file_whose_text_only_libreoffice_reads_gets_its_text_with_its_pages(stage: Stage) -> None:
    sha256 = kept(stage, "覚書.rtf", b"{\\rtf1\\ansi memorandum}")
    assert inspected.inspected(tenant_id=stage.tenant_id, sha256=sha256).text == ""
    convert(stage, sha256)
    assert inspected.inspected(tenant_id=stage.tenant_id, sha256=sha256).text == "memorandum"


@with_office
def test_the_pages_of_an_office_file_come_back_after_they_were_deleted(stage: Stage, settings: Any) -> None:
    sha256 = kept(stage, "積算.xlsx", documents.xlsx(("旅費", 12000)))
    convert(stage, sha256)
    shutil.rmtree(settings.KESSAI_PREVIEWS)
    with pytest.raises(CannotShow):
        shown(stage, sha256)
    assert deferred() == 1
    convert(stage, sha256)
    assert shown(stage, sha256).width == 960


def deferred() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'drafting.convert'")
        return int(cursor.fetchone()[0])


def test_the_queue_asks_libreoffice_for_office_files_that_open_and_for_no_others(
    stage: Stage, settings: Any, tmp_path: Path
) -> None:
    program = tmp_path / "soffice"
    program.write_text("")
    program.chmod(0o755)
    settings.KESSAI_SOFFICE = str(program)
    for name, body in (
        ("計画.pdf", documents.pdf()),
        ("鍵.docx", documents.locked_office(documents.docx("x"))),
        ("壊.docx", documents.docx("x")[:-200]),
    ):
        tasks.inspect(stage.tenant_id, kept(stage, name, body))
    assert deferred() == 0
    word = kept(stage, "仕様書.docx", documents.docx("仕様"))
    tasks.inspect(stage.tenant_id, word)
    assert deferred() == 1
    settings.KESSAI_SOFFICE = "none"
    tasks.inspect(stage.tenant_id, word)
    assert deferred() == 1


def test_where_libreoffice_fails_the_file_is_shown_as_its_text(
    stage: Stage, settings: Any, tmp_path: Path
) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    settings.KESSAI_SOFFICE = str(program)
    sha256 = kept(stage, "仕様書.docx", documents.docx("仕様"))
    convert(stage, sha256)
    found = inspected.inspected(tenant_id=stage.tenant_id, sha256=sha256)
    assert (found.pages, found.text) == (0, "仕様")
