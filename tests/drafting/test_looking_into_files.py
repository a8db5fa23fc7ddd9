"""What a look into real documents finds, and what follows of it for a draft."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

import documents
import stage as the_stage
from kessai.decisions import operations as deciding
from kessai.decisions import queries as cases
from kessai.drafting import operations, queries, tasks
from kessai.drafting.inspecting import confined, extracting
from kessai.drafting.inspecting import operations as inspecting
from kessai.drafting.inspecting import queries as inspected
from kessai.drafting.inspecting.recognising import recognise
from kessai.drafting.inspecting.rules import DOCX, PPTX, XLSX
from kessai.drafting.inspecting.seen import TEXT_LONGEST, Seen
from kessai.drafting.models import Inspection
from kessai.kernel.calendar import day_in_japan
from kessai.organisation.models import Setting
from stage import FOREVER, Stage


@pytest.fixture
def stage(db: None) -> Stage:
    return the_stage.build()


def attach(stage: Stage, ref: Any, name: str, body: bytes) -> UUID:
    return operations.attach(
        actor=stage.actor("chief"),
        tenant_id=ref.tenant_id,
        draft_id=ref.draft_id,
        filename=name,
        title="",
        stream=io.BytesIO(body),
        at=stage.later(),
    )


def look(stage: Stage, ref: Any) -> list[Seen | None]:
    """As the queue does, once for each file of a draft."""
    files = queries.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    return [
        inspecting.inspect(tenant_id=ref.tenant_id, sha256=file.sha256, at=stage.later()) for file in files
    ]


def rule(stage: Stage, code: str, value: str) -> None:
    Setting.objects.create(tenant_id=stage.tenant_id, key=f"files_{code}", value=value, period=FOREVER)


PDF = "application/pdf"
LOCKED = "application/x-ms-encrypted"


@pytest.mark.parametrize(
    ("make", "seen"),
    [
        (lambda: documents.pdf("一", "二"), Seen(PDF, pages=2, width=420, height=298)),
        (documents.locked_pdf, Seen(PDF, encrypted=True)),
        (lambda: documents.pdf("x")[:600], Seen(PDF, broken=True)),
        (lambda: documents.docx("x"), Seen(DOCX)),
        (lambda: documents.with_macros(documents.docx("x")), Seen(DOCX, macros=True)),
        (lambda: documents.xlsx(("a", 1)), Seen(XLSX)),
        (lambda: documents.with_macros(documents.xlsx(("a", 1)), "xl"), Seen(XLSX, macros=True)),
        (lambda: documents.pptx("x"), Seen(PPTX)),
        (lambda: documents.locked_office(documents.docx("x")), Seen(LOCKED, encrypted=True)),
        (lambda: documents.docx("x")[:-200], Seen("application/zip", broken=True)),
        (lambda: documents.spoilt(documents.docx("x" * 5000)), Seen(DOCX, broken=True)),
        (lambda: documents.zipped(**{"[Content_Types].xml": b"x", "word/a.xml": b""}), Seen(DOCX, broken=True)),
        (lambda: documents.zipped(**{"[Content_Types].xml": b"x"}), Seen("application/zip")),
        (lambda: documents.zipped(plan=b"x"), Seen("application/zip")),
        (documents.locked_zip, Seen("application/zip", encrypted=True)),
        (documents.picture, Seen("image/png", pages=1, width=320, height=200)),
        (lambda: documents.picture("JPEG"), Seen("image/jpeg", pages=1, width=320, height=200)),
        (lambda: documents.picture()[:100], Seen("image/png", broken=True)),
        (lambda: "費目,金額".encode("cp932"), Seen("text/plain")),
        (lambda: "費目,金額".encode("utf-16"), Seen("text/plain")),
        (lambda: b"\xef\xbb\xbfplan", Seen("text/plain")),
        (lambda: b"{\\rtf1 plan}", Seen("application/rtf")),
        (lambda: b"<!DOCTYPE html><p>x", Seen("text/html")),
        (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', Seen("image/svg+xml")),
        (lambda: b"<?xml version='1.0'?><a/>", Seen("application/xml")),
        (lambda: b"MZ" + bytes(200), Seen("application/x-executable")),
        (lambda: b"\x00\x01\x02nothing", Seen("application/octet-stream")),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Seen("application/x-ole-storage", broken=True)),
    ],
)  # fmt: skip
def test_a_file_is_what_its_content_is(make: Callable[[], bytes], seen: Seen, tmp_path: Path) -> None:
    file = tmp_path / "no-ending"
    file.write_bytes(make())
    assert recognise(file) == seen


@pytest.mark.parametrize(
    ("make", "media", "text"),
    [
        (lambda: documents.pdf("契約の目的", "第二条"), PDF, "契約の目的\n第二条"),
        (
            lambda: documents.docx("第1条　目的", table=[("旅費", "12,000円")]),
            DOCX,
            "第1条　目的\n旅費\n12,000円",
        ),
        (lambda: documents.xlsx(("旅費", 12000), ("", ""), ("計", 1)), XLSX, "[積算]\n旅費\t12000\n計\t1"),
        (lambda: documents.pptx("一枚目", "二枚目", notes="話"), PPTX, "一枚目\n話\n二枚目\n話"),
        (lambda: "費目,金額\r\n旅費".encode("cp932"), "text/plain", "費目,金額\n旅費"),
        (lambda: documents.open_document("議事録", "一 開会"), documents.ODT, "議事録\n一 開会"),
        (documents.picture, "image/png", ""),
    ],
)
def test_the_text_of_a_file_is_taken_out(
    make: Callable[[], bytes], media: str, text: str, tmp_path: Path
) -> None:
    file = tmp_path / "no-ending"
    file.write_bytes(make())
    assert extracting.text_in(file, media) == (text, False)


def test_a_text_is_kept_up_to_its_longest_length(tmp_path: Path) -> None:
    file = tmp_path / "long"
    file.write_text("あ" * (TEXT_LONGEST + 1))
    text, cut = extracting.text_in(file, "text/plain")
    assert (len(text), cut) == (TEXT_LONGEST, True)


def test_what_was_struck_out_and_readings_above_characters_are_no_text(tmp_path: Path) -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = (
        f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>決裁</w:t></w:r><w:del><w:r><w:delText>旧'
        "</w:delText></w:r></w:del><w:ruby><w:rt><w:r><w:t>けっさい</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>"
        "文</w:t></w:r></w:rubyBase></w:ruby><w:r><w:tab/><w:t>書</w:t></w:r></w:p></w:body></w:document>"
    )
    file = tmp_path / "file"
    file.write_bytes(documents.zipped(**{"word/document.xml": body.encode()}))
    assert extracting.text_in(file, DOCX) == ("決裁文\t書", False)


def test_the_queue_looks_into_a_file_once_and_keeps_what_it_found(stage: Stage) -> None:
    ref = stage.draft(files=[("計画.pdf", documents.pdf("研究会の計画"))])
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'sha256' FROM procrastinate_jobs WHERE task_name = 'drafting.inspect'")
        (file,) = queries.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
        assert cursor.fetchall() == [(file.sha256,)]
    assert look(stage, ref) == [Seen(PDF, pages=1, width=420, height=298, text="研究会の計画")]
    assert look(stage, ref) == [Seen(PDF, pages=1, width=420, height=298, text="研究会の計画")]
    found = inspected.inspected(tenant_id=ref.tenant_id, sha256=file.sha256)
    assert (found.kind, found.text) == ("pdf", "研究会の計画")


def test_what_was_found_can_be_made_again_from_the_bytes(stage: Stage) -> None:
    look(stage, ref := stage.draft(files=[("計画.docx", documents.docx("計画"))]))
    rows = Inspection.objects.filter(tenant_id=stage.tenant_id)
    before = list(rows.values("sha256", "media_type", "text", "broken"))
    rows.delete()
    look(stage, ref)
    assert list(rows.values("sha256", "media_type", "text", "broken")) == before


def test_the_night_looks_into_files_that_nobody_has_looked_into(stage: Stage) -> None:
    stage.draft(files=[("計画.txt", b"plan"), ("同じ.txt", b"plan")])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        tasks.sweep(0)
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'drafting.inspect'")
        assert cursor.fetchone() == (1,)


def test_a_file_that_ends_the_process_that_looks_is_said_to_be_unread(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(*_: str, seconds: int) -> bytes:
        raise confined.CannotFinish(b'{"media_type": "application/pdf", "pa')

    monkeypatch.setattr(confined, "run", ends)
    (seen,) = look(stage, stage.draft(files=[("計画.pdf", documents.pdf())]))
    assert seen is not None
    assert seen.unread


def test_a_process_that_wants_too_much_is_ended(tmp_path: Path) -> None:
    with pytest.raises(confined.CannotFinish):
        confined.run("timeit", "-n", "1", "x = bytearray(10)\nwhile True: pass", seconds=1)


def test_a_warning_does_not_stop_a_submission_and_a_refusal_does(stage: Stage) -> None:
    ref = stage.draft(files=[("契約.docx", documents.with_macros(documents.docx("契約")))])
    look(stage, ref)
    assert stage.submit(ref).kind == "submitted"
    rule(stage, "macros", "refuse")
    other = stage.draft(files=[("契約.docx", documents.with_macros(documents.docx("契約")))])
    with pytest.raises(deciding.CannotSubmit) as refusal:
        stage.submit(other)
    assert [problem.field for problem in refusal.value.problems] == ["files"]
    assert "契約" in str(refusal.value.problems[0].text)


def test_before_it_is_submitted_the_drafter_sees_what_will_be_refused(stage: Stage) -> None:
    rule(stage, "encrypted", "refuse")
    ref = stage.draft(files=[("契約.pdf", documents.locked_pdf())])
    look(stage, ref)
    seen = cases.preview(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.later()
    )
    assert [problem.field for problem in seen.problems] == ["files"]


def test_where_something_is_refused_a_file_that_nobody_looked_into_yet_waits(stage: Stage) -> None:
    ref = stage.draft(files=[("計画.pdf", documents.pdf())])
    rule(stage, "broken", "refuse")
    with pytest.raises(deciding.CannotSubmit) as refusal:
        stage.submit(ref)
    assert "調べています" in str(refusal.value.problems[0].text)
    look(stage, ref)
    assert stage.submit(ref).kind == "submitted"


def test_the_hash_of_a_revision_does_not_depend_on_what_was_found(stage: Stage) -> None:
    body = documents.pdf("計画")
    refs = [stage.draft(files=[("計画.pdf", body)]) for _ in range(2)]
    look(stage, refs[0])
    hashes = []
    for ref in refs:
        case_id = stage.submit(ref).case_id
        hashes.append(queries.revision(tenant_id=ref.tenant_id, draft_id=case_id, number=1).content_hash)
        Inspection.objects.all().delete()
    assert hashes[0] == hashes[1]


def test_what_is_said_of_a_file_goes_by_the_name_it_has_on_the_draft(stage: Stage) -> None:
    body = documents.docx("x")
    ref = stage.draft(files=[("契約.docx", body)])
    attach(stage, ref, "契約.pdf", body)
    look(stage, ref)
    files = queries.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    said = inspected.verdicts(
        tenant_id=ref.tenant_id,
        files=[(file.sha256, file.filename) for file in files],
        on=day_in_japan(stage.now),
    )
    found = [[each.code for each in said[file.sha256, file.filename].findings] for file in files]
    assert found == [[], ["mismatched"]]
