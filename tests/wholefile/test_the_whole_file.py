"""The whole file of a case as one PDF: everything in it, in order, found by bookmarks, with the originals inside."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pypdf
import pytest
from django.db import connection
from pypdf.generic import DictionaryObject

import documents
import stage as the_stage
from clearances import ALL, clear
from kessai.decisions import tasks
from kessai.decisions.anchors import Passage
from kessai.decisions.models import DecidedOriginal
from kessai.decisions.wholefile import operations
from kessai.drafting.inspecting import operations as inspecting
from kessai.drafting.models import Attachment, Scan
from kessai.kernel.errors import NotFound
from scenario import Scenario
from scenarios.test_circulation_only import ROWS, circulated, read

CSV = "氏名,所属\n甲野,振興課\n".encode()
FILES = (
    ("見積書.pdf", documents.pdf("mitsumori one", "mitsumori two")),
    ("図面.png", documents.picture()),
    ("名簿.csv", CSV),
    ("資料.zip", documents.zipped(a=b"1")),
    ("見積書.pdf", documents.pdf("another of that name")),
)
JOBS = "SELECT args->>'case_id' FROM procrastinate_jobs WHERE task_name = 'decisions.make_whole_file'"


@pytest.fixture
def stage(db: None) -> the_stage.Stage:
    return the_stage.build()


def submitted(stage: the_stage.Stage, matter: str = "r1", files: Any = FILES, **typed: str) -> UUID:
    """A case whose files were looked into, as the queue does it."""
    case_id = stage.submit(stage.draft(matter, files=files, **typed)).case_id
    for sha256 in {bytes(row.sha256).hex() for row in Attachment.objects.filter(tenant_id=stage.tenant_id)}:
        inspecting.inspect(tenant_id=stage.tenant_id, sha256=sha256, at=stage.now)
    return case_id


def obtained(stage: the_stage.Stage, case_id: UUID, by: str = "chief") -> pypdf.PdfReader:
    _, copy = operations.obtain(
        actor=stage.actor(by), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert copy is not None
    return pypdf.PdfReader(copy.path)


def text_of(reader: pypdf.PdfReader) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))


def bookmarks(of: Any) -> list[str]:
    return [each["/Title"] for each in of if not isinstance(each, list)]


def originals(reader: pypdf.PdfReader) -> dict[str, DictionaryObject]:
    """The embedded files by their names, as the document associates them with itself."""
    found = [each.get_object() for each in reader.root_object["/AF"]]
    return {str(each["/UF"]): each for each in found}


def test_a_case_on_its_way_is_there_as_a_whole_and_every_page_says_that_it_is_not_decided(
    stage: the_stage.Stage,
) -> None:
    case_id = submitted(stage)
    stage.approve(case_id, "deputy_director", opinion="積算を確かめた。")
    reader = obtained(stage, case_id)
    assert reader.page_labels == [
        "起案-1",
        *("添付１-1", "添付１-2", "添付１-3"),
        *("添付２-1", "添付２-2"),
        *("添付３-1", "添付４-1"),
        *("添付５-1", "添付５-2"),
    ]
    names = [f"添付{n}　{name[:-4]}" for n, (name, _) in enumerate(FILES, start=1)]
    assert bookmarks(reader.outline) == ["起案文書", *names]
    for page in reader.pages:
        assert "未決裁（回議中）令和8年10月6日" in re.sub(r"\s", "", page.extract_text())
    text = text_of(reader)
    for said in (
        "下記のとおりとしてよろしいか伺います。",
        "状況回議中：振興課長",
        "積算を確かめた。",
        "mitsumorione",
        "mitsumoritwo",
        "anotherofthatname",
        "氏名,所属甲野,振興課",
        "頁として示すことのできないファイルのため、原本だけを収めた。",
        *(hashlib.sha256(body).hexdigest() for _, body in FILES),
    ):
        assert said in text, said


def test_the_originals_are_inside_byte_for_byte_under_names_of_their_own_with_type_and_digest(
    stage: the_stage.Stage,
) -> None:
    found = originals(obtained(stage, submitted(stage)))
    assert list(found) == [f"添付{n}_{name}" for n, (name, _) in enumerate(FILES, start=1)]
    for said, (_, body) in zip(found.values(), FILES, strict=True):
        stream = said["/EF"]["/F"]
        assert stream.get_data() == body
        assert stream["/Params"]["/Size"] == len(body)
        assert said["/AFRelationship"] == "/Source"
        assert hashlib.sha256(body).hexdigest() in said["/Desc"]
    types = [said["/EF"]["/F"]["/Subtype"] for said in found.values()]
    assert types == ["/application/pdf", "/image/png", "/text/plain", "/application/zip", "/application/pdf"]


def test_a_decided_case_has_its_cover_sheet_what_changed_and_what_was_asked_and_bears_no_stamp(
    stage: the_stage.Stage,
) -> None:
    scene = Scenario(stage)
    case_id = submitted(stage, files=FILES[:1], text="研究会を東京で開いてよろしいか伺います。")
    scene.talk("ask", case_id, "deputy_director", to="chief", question="場所は決まっていますか。")
    scene.talk("answer", case_id, "chief", text="まだです。")
    place = Passage("title", "地域振興の件")
    scene.talk("ask", case_id, "deputy_director", to="chief", question="人数は。", about=place)
    stage.send_back(case_id, "deputy_director", "場所を改めること")
    scene.resubmit(case_id, substance=True, text="研究会を大阪で開いてよろしいか伺います。")
    stage.approve(case_id, "deputy_director", "director")
    number = stage.decide(case_id, opinion="了").number
    reader = obtained(stage, case_id, "director")
    text = text_of(reader)
    original = DecidedOriginal.objects.get(case_id=case_id)
    said_there = ("場所を改めること", "研究会を東京大阪で開いて", "まだです。", "回答なし")
    assert text.count("件名「地域振興の件」について") == 2, "with the question, and in the history"
    for said in (number, bytes(original.sha256).hex(), *said_there):
        assert said in text, said
    assert "未決裁" not in text
    assert [label.split("-")[0] for label in dict.fromkeys(reader.page_labels)][:1] == ["鑑"]
    assert bookmarks(reader.outline) == ["決裁文書・鑑", "変更の経過", "質問と回答", "添付1　見積書"]
    info = reader.metadata
    assert info is not None and info.author == "試験省" and info.title == f"{number} 地域振興の件"


def test_a_decided_case_gives_the_same_bytes_whenever_they_are_made(stage: the_stage.Stage) -> None:
    case_id = submitted(stage, files=FILES[:2])
    stage.approve(case_id, "deputy_director", "director")
    stage.decide(case_id)
    made = []
    for _ in range(2):
        copy = operations.make(tenant_id=stage.tenant_id, case_id=case_id, at=stage.later(days=3))
        made.append(copy.path.read_bytes())
        copy.path.unlink()
    assert made[0] == made[1]


def dictionaries(reader: pypdf.PdfReader) -> Iterator[DictionaryObject]:
    for number in range(1, len(reader.xref_objStm) + sum(len(x) for x in reader.xref.values()) + 1):
        found = reader.get_object(number)
        if isinstance(found, DictionaryObject):
            yield found


def test_it_is_what_it_claims_to_be_as_far_as_its_structure_tells(stage: the_stage.Stage) -> None:
    """ISO 19005-3: identification (6.6.4), output intent (6.2.3), fonts (6.2.11), actions (6.6.1), files (6.8)."""
    reader = obtained(stage, submitted(stage))
    root = reader.root_object
    said = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in said and "<pdfaid:conformance>U</pdfaid:conformance>" in said
    assert not reader.is_encrypted
    assert [each["/S"] for each in root["/OutputIntents"]] == ["/GTS_PDFA1"]
    assert root["/OutputIntents"][0]["/DestOutputProfile"].get_data()[36:40] == b"acsp"
    assert "/OpenAction" not in root and "/AA" not in root and "/JavaScript" not in root["/Names"]
    assert len(root["/AF"]) == len(FILES) == len(root["/Names"]["/EmbeddedFiles"]["/Names"]) // 2
    fonts = [each for each in dictionaries(reader) if each.get("/Type") == "/Font"]
    composed = [each for each in fonts if each["/Subtype"] == "/Type0"]
    assert composed
    for font in composed:
        assert "/ToUnicode" in font
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
    assert not [each for each in dictionaries(reader) if each.get("/S") in ("/JavaScript", "/Launch")]
    for page in reader.pages:
        assert page.get("/AA") is None


def test_a_copy_is_handed_out_again_until_something_happens_to_the_case(stage: the_stage.Stage) -> None:
    case_id = submitted(stage, files=())
    first = obtained(stage, case_id).stream.read()  # type: ignore[union-attr]
    stage.later(hours=1)
    again = obtained(stage, case_id).stream.read()  # type: ignore[union-attr]
    assert again == first
    stage.approve(case_id, "deputy_director")
    assert "12:06" not in text_of(obtained(stage, case_id)).split("現在")[0][-20:]


def test_a_large_case_is_made_by_the_queue_once_however_often_it_is_asked_for(
    stage: the_stage.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kessai.decisions.wholefile.rules.PAGES_AT_ONCE", 1)
    case_id = submitted(stage, files=FILES[:1])
    for by in ("chief", "director"):
        _, copy = operations.obtain(
            actor=stage.actor(by), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
        )
        assert copy is None
    with connection.cursor() as cursor:
        cursor.execute(JOBS)
        assert cursor.fetchall() == [(str(case_id),)]
    tasks.make_whole_file(stage.tenant_id, str(case_id))
    assert "mitsumoritwo" in text_of(obtained(stage, case_id))


def test_what_is_beyond_the_limits_is_left_out_and_that_is_said(
    stage: the_stage.Stage, settings: Any
) -> None:
    settings.KESSAI_WHOLE_FILE_PAGES = 1
    settings.KESSAI_WHOLE_FILE_BYTES = len(FILES[0][1]) + len(CSV)
    reader = obtained(stage, submitted(stage, files=FILES[:3]))
    text = text_of(reader)
    assert "全2頁のうち1頁を収めた（頁数の上限による）。" in text
    assert "全1頁のうち0頁を収めた（頁数の上限による）。" in text
    assert "大きさの上限を超えるため、原本を収めていない。" in text
    assert "mitsumoritwo" not in text
    assert list(originals(reader)) == ["添付1_見積書.pdf", "添付3_名簿.csv"]


def test_a_file_with_a_virus_is_named_and_nothing_of_it_is_inside(stage: the_stage.Stage) -> None:
    case_id = submitted(stage, files=FILES[:1])
    sha256 = hashlib.sha256(FILES[0][1]).hexdigest()
    Scan.objects.create(
        tenant_id=stage.tenant_id, sha256=sha256, state="infected", threat="Eicar", asked_at=stage.now
    )
    reader = obtained(stage, case_id)
    text = text_of(reader)
    assert "ウイルスが見つかったファイルのため、頁も原本も収めていない。" in text
    assert "mitsumori" not in text and "/AF" not in reader.root_object


def test_a_file_whose_pages_cannot_be_drawn_is_inside_with_a_word_about_it(
    stage: the_stage.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kessai.drafting.showing.sizes.SHEETS_SECONDS", 0)
    monkeypatch.setattr("kessai.drafting.showing.printing.SHEETS_SECONDS", -6)
    reader = obtained(stage, submitted(stage, files=FILES[:1]))
    assert "0頁までしか描けなかった。" in text_of(reader)
    assert list(originals(reader)) == ["添付1_見積書.pdf"]


def test_characters_that_the_fonts_lack_stop_nothing(stage: the_stage.Stage) -> None:
    odd = "😀\u202e𠮷"
    reader = obtained(stage, submitted(stage, files=[(f"{odd}.csv", odd.encode())], title=f"件名{odd}"))
    assert "件名〔U+1F600〕〔U+202E〕𠮷" in text_of(reader)


def test_strangers_and_those_not_cleared_get_nothing(stage: the_stage.Stage) -> None:
    clear(stage, *ALL)
    case_id = submitted(
        stage, "contract", files=(), marking="confidentiality3", amount="100", counterparty="甲"
    )
    assert "機密性3" in text_of(obtained(stage, case_id, "director"))
    for stranger in ("personnel", "budget"):
        with pytest.raises(NotFound):
            obtained(stage, case_id, stranger)


def test_a_circulation_says_who_has_read_it_and_who_has_not_before_its_end_and_after(db: None) -> None:
    scene = Scenario(the_stage.build(rows=ROWS, matters=("report", "news")))
    case_id = circulated(scene)
    read(scene, case_id, "general_affairs")
    text = text_of(obtained(scene.stage, case_id))
    assert "供覧中" in text and "未決裁" not in text
    assert "2総務課長総務課長の人R8.10.6" in text and "会計課長—読了なし" in text
    read(scene, case_id, "budget", "document")
    reader = obtained(scene.stage, case_id)
    assert "供覧中" not in text_of(reader) and "読了3職のうち3職" in text_of(reader)
    assert reader.page_labels[0] == "供覧票-1"
