"""The pages of a case that is only read: the form, the reader's page, the drafter's acts, the end, sheet and proof."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

import stage as the_stage
from kessai.decisions import coversheet
from kessai.decisions.circulating import operations as circulating
from kessai.decisions.reminding import operations as reminding
from kessai.kernel.calendar import JAPAN
from kessai.web import clock
from scenarios.test_circulation_only import ROWS, UNTIL
from stage import Stage
from visitors import SignIn
from web_deciding.test_case_pages import act, at, hidden, state


@pytest.fixture
def stage(db: None, monkeypatch: pytest.MonkeyPatch) -> Stage:
    built = the_stage.build(rows=ROWS, matters=("report", "news"))
    monkeypatch.setattr(clock, "now", lambda: built.now)
    return built


def circulated(stage: Stage, readers: str = "総務課\n会計課長", **typed: str) -> UUID:
    return stage.submitted("report", readers=readers, deadline=UNTIL, **typed)


def do(client: object, stage: Stage, case_id: UUID, name: str, **more: str) -> object:
    """Press a button of 「ほかの操作」."""
    return client.post(at(stage, case_id), {"do": name, "position": "0", **more})  # type: ignore[attr-defined]


def test_the_form_offers_no_joint_units_but_shows_one_that_was_named_already(
    stage: Stage, as_: SignIn
) -> None:
    ref = stage.draft("report", readers="総務課", deadline=UNTIL)
    client, where = as_("chief"), f"/drafts/{stage.tenant_id}-{ref.draft_id}/"
    assert "f-joint" not in client.get(where).content.decode()
    sent = {"do": "save", "title": "供覧"}
    assert "e-joint" not in client.post(where, sent, headers={"HX-Request": "true"}).content.decode()
    client.post(where, {"do": "save", "joint": "会計課"})
    page = client.get(where).content.decode()
    assert 'href="#f-joint"' in page and "だれも決裁しないため、連名にできません" in page


def test_readers_are_found_by_words_and_named_by_a_press(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("report", readers="総務課", deadline=UNTIL)
    client, where = as_("chief"), f"/drafts/{stage.tenant_id}-{ref.draft_id}/"
    part = client.get(f"{where}posts/", {"for": "readers", "readers_find": "会計"}).content.decode()
    assert 'value="name:readers:大臣官房 会計課"' in part
    assert 'value="name:readers:会計課 会計課長"' in part and "会計課長の人" in part
    sent = {"do": "name:readers:会計課 会計課長", "readers": "総務課", "readers_find": "会計"}
    page = client.get(client.post(where, sent)["Location"]).content.decode()
    assert "総務課\n会計課 会計課長</textarea>" in page and 'value="会計"' in page
    assert "会計課長の人" in page.split('id="f-route"')[1]


def test_the_form_asks_for_readers_and_a_date_and_shows_who_will_read(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("report", readers="総務課\n地域課", deadline=UNTIL)
    page = as_("chief").get(f"/drafts/{stage.tenant_id}-{ref.draft_id}/").content.decode()
    assert "だれも決裁しません。" in page and "読む期限" in page and "特別な扱い" not in page
    assert "総務課長の人" in page and "文書課長の人" in page
    assert "「地域課」に当たる職・部署が、いまの組織に見つかりません。" in page
    sent = as_("chief").post(
        f"/drafts/{stage.tenant_id}-{ref.draft_id}/",
        {
            "title": "月次報告",
            "text": "別添のとおり。",
            "readers": "総務課",
            "deadline": UNTIL,
            "do": "submit",
        },
    )
    assert sent["Location"] == at(stage, ref.draft_id)


def test_an_ordinary_form_takes_readers_besides_those_of_the_table(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("r1", readers="人事課")
    page = as_("chief").get(f"/drafts/{stage.tenant_id}-{ref.draft_id}/").content.decode()
    assert "供覧する職・部署" in page and "人事課長" in page and "特別な扱い" in page


def test_a_reader_marks_it_as_read_with_a_remark(stage: Stage, as_: SignIn) -> None:
    case_id = circulated(stage)
    client = as_("budget")
    assert "供覧" in client.get("/").content.decode()
    page = client.get(at(stage, case_id)).content.decode()
    assert "会計課長としての閲覧（供覧）" in page and "<b>第1版</b>を読んだことを記録します。" in page
    act(client, at(stage, case_id), "read", opinion="承知しました。")
    assert "読了にしました。" in client.get("/").content.decode()
    assert at(stage, case_id) not in client.get("/").content.decode()
    drafter = as_("chief").get(at(stage, case_id)).content.decode()
    assert "3職のうち1職が読みました" in drafter and "承知しました。" in drafter
    assert "3職のうち1職が読みました" in as_("chief").get("/").content.decode()


def test_a_page_of_before_a_revision_marks_nothing_as_read(stage: Stage, as_: SignIn) -> None:
    case_id = circulated(stage)
    client = as_("budget")
    html = client.get(at(stage, case_id)).content.decode()
    form = {name: hidden(html, name) for name in ("act_id", "position")}
    refused = client.post(at(stage, case_id), {**form, "seen": "00" * 32, "do": "read", "opinion": "読んだ"})
    assert refused.status_code == 409
    assert "内容が変わっています" in refused.content.decode() and "読んだ" in refused.content.decode()


def test_the_drafter_adds_readers_takes_a_number_and_ends_it(stage: Stage, as_: SignIn) -> None:
    case_id = circulated(stage)
    client = as_("chief")
    refused = do(client, stage, case_id, "add_readers", names="地域課")
    assert refused.status_code == 409 and "地域課" in refused.content.decode()  # type: ignore[attr-defined]
    do(client, stage, case_id, "add_readers", names="人事課")
    assert "0職が読みました" in client.get(at(stage, case_id)).content.decode()
    do(client, stage, case_id, "number")
    do(client, stage, case_id, "end_circulation", reason="会議で説明した")
    assert state(stage, case_id) == "circulated"
    page = client.get(at(stage, case_id)).content.decode()
    assert "政振第1号" in page and "起案者が終えました。" in page and "会議で説明した" in page
    assert "読了なし" in page


def test_a_decided_case_is_given_to_a_reader_from_its_page_and_what_was_typed_is_not_lost(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.decided()
    client = as_("director")
    assert "供覧に回す" in client.get(at(stage, case_id)).content.decode()
    refused = do(client, stage, case_id, "share", names="地域課", reason="参考まで")
    page = refused.content.decode()  # type: ignore[attr-defined]
    assert refused.status_code == 409  # type: ignore[attr-defined]
    assert "見つかりません" in page and "地域課" in page and "参考まで" in page
    assert as_("personnel").get(at(stage, case_id)).status_code == 404
    do(client, stage, case_id, "share", names="人事課", reason="参考まで")
    assert at(stage, case_id) in as_("personnel").get("/").content.decode()
    read = as_("personnel").get(at(stage, case_id)).content.decode()
    assert "参考まで" in read and "人事課長としての閲覧（供覧）" in read
    act(as_("personnel"), at(stage, case_id), "read", opinion="承知しました。")
    assert "承知しました。" in client.get(at(stage, case_id)).content.decode()
    assert state(stage, case_id) == "decided"


def test_when_its_date_has_passed_the_page_says_so_and_by_whose_date_it_ended(
    stage: Stage, as_: SignIn
) -> None:
    case_id = circulated(stage)
    stage.now += timedelta(days=15)
    assert "まもなく供覧済みになります。" in as_("chief").get(at(stage, case_id)).content.decode()
    circulating.end_on_its_date(tenant_id=stage.tenant_id, case_id=case_id, at=stage.now)
    coversheet.make(tenant_id=stage.tenant_id, case_id=case_id, at=stage.now)
    page = as_("chief").get(at(stage, case_id)).content.decode()
    assert "読む期限が過ぎたため終わりました。" in page and "（提出の時に定めた期限）" in page
    assert "文書番号を取る" in page and "供覧票（PDF）" in page
    sheet = as_("chief").get(f"{at(stage, case_id)}cover-sheet.pdf")
    assert sheet["Content-Type"] == "application/pdf"
    assert "会計課長としての閲覧" not in as_("budget").get(at(stage, case_id)).content.decode()


def test_the_proof_speaks_of_a_circulation_and_not_of_a_decision(stage: Stage, as_: SignIn) -> None:
    case_id = circulated(stage, title="月次報告")
    for who in ("document", "general_affairs", "budget"):
        act(as_(who), at(stage, case_id), "read")
    page = as_("chief").get(f"/cases/{stage.tenant_id}-{case_id}/proof/").content.decode()
    assert "月次報告の供覧は終わりました。" in page and "は決裁されました" not in page
    assert "この内容が供覧され、上に示す人が読んだこと" in page


def test_it_reads_in_english(stage: Stage, as_: SignIn) -> None:
    case_id = circulated(stage)
    page = as_("chief", "en").get(at(stage, case_id)).content.decode()
    assert "0 of 3 posts have read it" in page and "End the circulation" in page


def test_a_reminder_names_the_date_by_which_it_is_to_be_read(stage: Stage, as_: SignIn) -> None:
    circulated(stage)
    due = datetime.combine(date.fromisoformat(UNTIL), time(8), JAPAN)
    reminding.day(tenant_id=stage.tenant_id, at=due)
    stage.now = due
    inbox = as_("budget").get("/").content.decode()
    assert "読む期限 10月20日（火）" in inbox and "決裁の期限 10月20日" not in inbox
