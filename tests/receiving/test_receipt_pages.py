"""収受 on the screen: the register, the form, one receipt, the inbox and the search."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from mail_room import TYPED, act, page, receive, unit

import documents
from kessai.decisions.models import Receipt, ReceiptLink
from kessai.decisions.receiving import operations
from kessai.decisions.receiving.rules import Typed
from kessai.drafting.inspecting import operations as inspecting
from stage import Stage
from visitors import SignIn
from web_deciding.responses import put_away


def at(stage: Stage, receipt_id: UUID) -> str:
    return f"/receipts/{stage.tenant_id}-{receipt_id}/"


def form(stage: Stage, **more: Any) -> dict[str, Any]:
    return {**TYPED, "unit": str(unit(stage, "pp")), "act_id": str(uuid4()), **more}


def letter(name: str = "照会.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7 letter")


def test_what_arrives_is_registered_on_the_screen(stage: Stage, as_: SignIn) -> None:
    client = as_("chief")
    assert "振興課" in client.get("/receipts/new/").content.decode()
    answer = client.post("/receipts/new/", form(stage, files=[letter(), letter("別紙.pdf")]), follow=True)
    shown = answer.content.decode()
    assert "収受番号は 政振収第1号 です" in shown and "別紙.pdf" in shown and "甲地第45号" in shown
    listed = client.get("/receipts/").content.decode()
    assert "要件の解釈について" in listed and "受付のみ" in listed
    assert "Registered" in as_("chief", "en").get("/receipts/").content.decode()


def test_a_refused_form_keeps_what_was_typed_and_the_files(stage: Stage, as_: SignIn) -> None:
    client = as_("chief")
    refused = client.post("/receipts/new/", form(stage, title="", remark="親展", files=[letter()]))
    shown = refused.content.decode()
    assert refused.status_code == 409 and "件名がありません" in shown
    assert 'value="甲県知事"' in shown and "親展</textarea>" in shown and "照会.pdf" in shown
    token = shown.split('name="kept" value="')[1].split('"')[0]
    client.post("/receipts/new/", form(stage, kept=[token, "forged"]))
    (receipt,) = Receipt.objects.all()
    assert [file["filename"] for file in receipt.files] == ["照会.pdf"]
    empty = client.post("/receipts/new/", form(stage, files=[SimpleUploadedFile("空.txt", b"")]))
    assert empty.status_code == 409


def test_it_is_worked_on_from_its_page(stage: Stage, as_: SignIn) -> None:
    receipt_id = receive(stage).receipt_id
    client = as_("chief")
    where = at(stage, receipt_id)
    unknown = client.post(where, {"do": "assign", "post": "どこにもない職", "remark": "お願いします"})
    assert unknown.status_code == 409 and "お願いします" in unknown.content.decode()
    assert client.post(where, {"do": "assign", "post": "会計課長", "act_id": str(uuid4())}).status_code == 302
    keeper = as_("budget")
    home = keeper.get("/").content.decode()
    assert "収受した文書：処理するもの" in home and "政振収第1号" in home
    assert client.post(where, {"do": "handle", "reason": ""}).status_code == 409
    assert keeper.post(where, {"do": "handle", "reason": "電話で回答した"}).status_code == 302
    shown = client.get(where).content.decode()
    assert "処理済み" in shown and "電話で回答した" in shown
    assert client.post(where, {"do": "dance"}).status_code == 409
    assert as_("personnel").get(where).status_code == 404
    assert as_("personnel").post(where, {"do": "handle", "reason": "x"}).status_code == 404


def test_a_reply_is_begun_and_shows_what_it_answers(stage: Stage, as_: SignIn) -> None:
    receipt_id = receive(stage).receipt_id
    client = as_("chief")
    answer = client.post(at(stage, receipt_id), {"do": "begin", "matter": "notice"}, follow=True)
    shown = answer.content.decode()
    assert "回答する収受文書" in shown and "政振収第1号" in shown and "照会.pdf" in shown
    draft = ReceiptLink.objects.get(receipt_id=receipt_id).draft_id
    assert str(draft) in client.get(at(stage, receipt_id)).content.decode()
    assert client.post(at(stage, receipt_id), {"do": "begin", "matter": "none"}).status_code == 409


def test_it_is_added_to_a_case_by_number_title_or_address(stage: Stage, as_: SignIn) -> None:
    receipt_id, other = receive(stage).receipt_id, receive(stage).receipt_id
    case_id = stage.submitted("r1", title="地方交付の件")
    client = as_("chief")
    join = {"do": "join", "act_id": str(uuid4())}
    missing = client.post(at(stage, receipt_id), {**join, "case": "どこにもない件"})
    assert missing.status_code == 409 and "どこにもない件" in missing.content.decode()
    assert client.post(at(stage, receipt_id), {**join, "case": "地方交付"}).status_code == 302
    address = f"http://testserver/cases/{stage.tenant_id}-{case_id}/"
    join["act_id"] = str(uuid4())
    assert client.post(at(stage, other), {**join, "case": address}).status_code == 302
    shown = client.get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()
    assert "加えられた収受文書" in shown and "政振収第2号" in shown
    assert "地方交付の件" in client.get(at(stage, receipt_id)).content.decode()
    stage.submitted("r1", title="地方交付の別の件")
    join["act_id"] = str(uuid4())
    several = client.post(at(stage, receive(stage).receipt_id), {**join, "case": "地方交付"})
    assert several.status_code == 409 and "一つに決まりません" in several.content.decode()


def test_a_registration_is_corrected_on_the_screen(stage: Stage, as_: SignIn) -> None:
    receipt_id = receive(stage).receipt_id
    client = as_("chief")
    shown = client.get(at(stage, receipt_id) + "correct/").content.decode()
    token = shown.split('name="kept" value="')[1].split('"')[0]
    sent = form(stage, sender="乙県知事", kept=[token], files=[letter("差替.pdf")], remark="")
    assert client.post(at(stage, receipt_id) + "correct/", sent).status_code == 409
    assert (
        client.post(
            at(stage, receipt_id) + "correct/",
            {**sent, "files": [letter("差替.pdf")], "remark": "差出人の誤り"},
        ).status_code
        == 302
    )
    found = page(stage, receipt_id)
    assert (found.particulars.sender, found.history[-1].remark) == ("乙県知事", "差出人の誤り")


def test_the_register_is_saved_as_csv(stage: Stage, as_: SignIn) -> None:
    receive(stage)
    done = receive(stage, title="二件目")
    act(stage, "handle", done.receipt_id, reason="参考")
    answer = as_("chief").get("/receipts/register.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("収受番号,届いた日,件名") and len(lines) == 3
    first = "政振収第1号,2026-10-05,要件の解釈について（照会）,甲県知事,甲地第45号,2026-10-01,郵送,機密性2,受付のみ"
    assert lines[1].startswith(first)
    assert "処理済み" in lines[2]
    assert as_("budget").get(f"/receipts/?unit={unit(stage, 'pp')}").status_code == 404
    assert as_("budget").get(f"/receipts/register.csv?unit={unit(stage, 'pp')}").status_code == 404


def test_the_search_finds_it_and_its_file_opens(stage: Stage, as_: SignIn) -> None:
    receipt_id = receive(stage).receipt_id
    found = as_("chief").get("/search/", {"q": "甲地第４５号"}).content.decode()
    assert "収受した文書" in found and "要件の解釈について" in found
    assert "要件の解釈について" not in as_("budget").get("/search/", {"q": "甲地"}).content.decode()
    answer = as_("chief").get(at(stage, receipt_id) + "files/1/")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    put_away(answer)
    assert as_("budget").get(at(stage, receipt_id) + "files/1/").status_code == 404


def test_longer_registers_are_read_page_by_page(stage: Stage, as_: SignIn, monkeypatch: Any) -> None:
    from kessai.decisions.receiving import queries

    monkeypatch.setattr(queries, "PAGE", 2)
    for n in range(3):
        receive(stage, title=f"件{n}", files=())
    client = as_("chief")
    first, second = (client.get(f"/receipts/?page={n}").content.decode() for n in (1, 2))
    assert "件2" in first and "件0" not in first and "古いほうへ" in first
    assert "件0" in second and "新しいほうへ" in second


def test_the_page_says_what_was_found_in_the_files_and_shows_their_first_pages(
    stage: Stage, as_: SignIn
) -> None:
    files = (
        ("照会.pdf", documents.pdf("letter", "second")),
        ("積算.xlsm", documents.with_macros(documents.xlsx(["1"]), "xl")),
        ("秘.pdf", documents.locked_pdf()),
    )
    receipt_id = receive(stage, files=files).receipt_id
    where = at(stage, receipt_id)
    assert as_("chief").get(where).content.decode().count("いま中身を調べています") == 3
    for file in page(stage, receipt_id).files:
        inspecting.inspect(tenant_id=stage.tenant_id, sha256=file.sha256, at=stage.now)
    shown = as_("chief").get(where).content.decode()
    assert "マクロが入っています" in shown and "パスワードがかかっています" in shown
    assert "発信者にパスワードを確かめ" in shown and "差し替えてください" not in shown
    assert f"{where}files/1/pages/1/960/" in shown and "2頁" in shown
    seen = as_("chief").get(f"{where}files/3/view/").content.decode()
    assert "発信者にパスワードを確かめ" in seen


def test_a_file_that_came_with_a_correction_is_looked_into_too(stage: Stage) -> None:
    receipt_id = receive(stage).receipt_id
    kept = operations.keep_file(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        filename="別紙.txt",
        title="",
        stream=io.BytesIO(b"later"),
        at=stage.later(),
    )
    act(stage, "correct", receipt_id, typed=Typed(**TYPED), files=[kept], reason="別紙の追加")
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'sha256' FROM procrastinate_jobs WHERE task_name = 'drafting.inspect'")
        assert [kept.sha256] == [sha256 for (sha256,) in cursor.fetchall()][-1:]
