"""The cover sheet, as its readers get it: a PDF/A with everything on it, whatever was typed."""

from __future__ import annotations

import re
import time
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
import pytest

from coversheet import decided_bodies as bodies
from kessai.decisions import coversheet

MINISTRY = "地域振興省"


def rendered(**changes: Any) -> bytes:
    body, sha256 = bodies.original(**changes)
    return coversheet.render(body=body, sha256=sha256, ministry=MINISTRY)


def text_of(pdf: bytes) -> str:
    """All text in reading order, without the spaces and line ends of the layout."""
    document = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def test_everything_that_was_decided_is_on_it() -> None:
    _, sha256 = bodies.original()
    body, text = bodies.body(), text_of(rendered())
    content = body["content"]
    for said in (
        MINISTRY,
        body["number"],
        body["matter_name"],
        content["title"],
        content["question"],
        *content["text"].split(),
        content["reason"],
        "23,100,000円",
        *(value for key, value in content["values"].items() if not key.endswith("_on")),
        "令和8年12月1日（火）（2026年）",
        content["urgent_reason"],
        "重要、国会関係",
        *(file["title"] for file in body["attachments"]),
        *(file["sha256"] for file in body["attachments"]),
        *(act["remark"] for act in body["acts"]),
        body["authority"]["table_name"],
        "14行目",
        "1,000万円以上の契約は局長が決裁する。",
        body["record"]["file_name"],
        "令和9年4月1日（木）（2027年）",
        "令和14年3月31日（水）（2032年）",
        "廃棄",
        "機密性2",
        "部分開示",
        sha256,
        body["content_hash"],
    ):
        assert "".join(said.split()) in text, said


def test_the_decision_is_told_in_japan_time_with_era_and_year_person_title_and_capacity() -> None:
    text = text_of(rendered())
    assert "令和8年11月24日（火）16:42（2026年）自治行政局局長久保誠（専決）" in text


def test_an_evening_of_utc_is_the_next_day_in_japan() -> None:
    acts = [*bodies.ACTS[:-1], bodies.ACTS[-1] | {"time": "2026-12-31T15:30:00.000000Z"}]
    assert "令和9年1月1日（金）00:30（2027年）" in text_of(rendered(acts=acts))


def test_every_act_is_listed_and_what_lapsed_is_marked() -> None:
    text = text_of(rendered())
    assert "1R8.11.910:02提出市町村課行政第二係長小川拓第1版" in text
    assert "2R8.11.914:20承認失効市町村課課長補佐村井遥第1版" in text
    assert "3R8.11.1009:31差戻し市町村課課長田村恵第1版" in text
    assert "4R8.11.1015:00再提出" in text
    assert text.count("失効") == 2  # the act, and the note below the list


def test_every_page_carries_the_hash_and_its_number() -> None:
    _, sha256 = bodies.original()
    document = pypdfium2.PdfDocument(rendered())
    assert len(document) == 2
    for number, page in enumerate(document, start=1):
        text = "".join(page.get_textpage().get_text_range().split())
        assert f"総行市第214号{number}/2" in text and sha256 in text


def test_the_same_original_gives_the_same_bytes() -> None:
    first = rendered()
    time.sleep(1.1)  # past the resolution of the times in a PDF
    assert rendered() == first
    assert rendered(number="総行市第215号") != first


def test_it_is_a_tagged_pdf_a_with_fonts_and_output_intent_inside() -> None:
    pdf = rendered()
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf and b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"/GTS_PDFA1" in pdf and b"/DestOutputProfile" in pdf
    assert b"/Encrypt" not in pdf and b"/JavaScript" not in pdf
    assert re.search(rb"/MarkInfo<</Marked true", pdf) and b"/StructTreeRoot" in pdf
    assert re.search(rb"/Lang\(ja", pdf)
    inside = _fonts_inside(pdf)
    assert len(inside) > 50 and all(inside)


def test_its_metadata_name_the_decision_the_ministry_and_the_time_of_the_decision() -> None:
    document = pypdfium2.PdfDocument(rendered())
    metadata = document.get_metadata_dict()
    assert metadata["Title"] == f"総行市第214号 {bodies.body()['content']['title']}"
    assert metadata["Author"] == MINISTRY
    assert metadata["CreationDate"] == "D:20261124074200Z"


def test_markup_is_shown_as_it_was_typed_and_nothing_is_executed() -> None:
    typed = '#panic("x") *太字* _斜_ $x^2$ `code` \\u{41} @ref <label> // 注 /* 注 */ "引用" #sys.inputs {{}} %(a)s'
    text = text_of(
        rendered(
            number="#1*号*",
            content={
                "title": typed,
                "question": typed,
                "text": f"= 見出し\n- 箇条\n{typed}",
                "reason": typed,
                "values": {"counterparty": typed},
            },
            acts=[act | {"name": typed, "post_title": typed, "remark": typed} for act in bodies.ACTS],
            attachments=[bodies.file(typed, typed)],
        )
    )
    assert text.count("".join(typed.split())) > 30
    assert "=見出し-箇条" in text and "#1*号*" in text


def test_line_breaks_of_the_proposal_are_kept() -> None:
    document = pypdfium2.PdfDocument(rendered(content={"text": "一行目\r\n二行目\n\n　四行目"}))
    assert re.search(r"一行目\s*\r\n二行目\s*\r\n\s*四行目", document[0].get_textpage().get_text_range())


def test_rare_kanji_are_shown_and_what_has_no_glyph_is_shown_as_its_code() -> None:
    text = text_of(rendered(content={"title": "𠮷野家の髙い葛\U000e0100城😀\u202e逆"}))
    assert "𠮷野家の髙い葛" in text
    assert "〔U+1F600〕〔U+202E〕逆" in text


@pytest.mark.parametrize(
    "word", ["W" * 400, "ー" * 300, "（" * 300, "http://example.jp/" + "a" * 300, "…。" * 200]
)
def test_words_that_fit_no_line_stay_on_the_paper(word: str) -> None:
    acts = [
        act | {"name": word[:100], "post_title": word[:200], "unit": word[:190], "remark": word}
        for act in bodies.ACTS
    ]
    pdf = rendered(
        number=word[:60],
        matter_name=word[:200],
        content={"title": word, "question": word, "text": word, "values": {"counterparty": word}},
        attachments=[bodies.file(word[:300], word[:299])],
        acts=acts,
    )
    for page in pypdfium2.PdfDocument(pdf):
        width = page.get_width()
        written = page.get_textpage()
        edges = [written.get_charbox(i) for i in range(written.count_chars())]
        assert max(right for _, _, right, _ in edges) < width - 20
        assert min(left for left, _, right, _ in edges if right > left) > 20


@pytest.mark.parametrize(
    "changes",
    [
        {"content": {"text": "あ、い。う" * 40_000}},
        {"content": {"text": "あ、い。うえ\n" * 30_000}},
        {"content": {"text": "x" * 200_000}},
        {
            "attachments": [bodies.file(f"資料{n}", f"資料{n}.pdf") for n in range(60)],
            "acts": bodies.ACTS[:-1] * 44 + bodies.ACTS[-1:],
        },
    ],
    ids=["one long line", "many lines", "one word", "many acts and attachments"],
)
def test_the_largest_are_made_in_seconds(changes: dict[str, Any]) -> None:
    started = time.monotonic()
    rendered(**changes)
    assert time.monotonic() - started < 15


def test_what_a_matter_does_not_have_takes_no_place() -> None:
    text = text_of(
        rendered(
            attachments=[],
            content={
                "reason": "",
                "amount": None,
                "deadline": None,
                "urgent_reason": "",
                "flags": [],
                "values": {"place": ""},
            },
            route=bodies.ROUTE[6:7],
            record=bodies.body()["record"] | {"expires_on": None},
        )
    )
    full = text_of(rendered(content={"values": {"place": "会議室"}}))
    for label in ("金額23", "決裁の期限", "至急", "特記", "場所", "添付", "合議", "供覧"):
        assert label in full and label not in text, label
    assert "満了日定めなし" in text


def _fonts_inside(pdf: bytes) -> list[bool]:
    """Of every run of text, whether its font's program is in the file."""
    return [
        pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(item)) == 1
        for page in pypdfium2.PdfDocument(pdf)
        for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=9)
    ]
