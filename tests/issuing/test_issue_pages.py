"""施行 on the screen: not yet issued first, the form, the keeper's page, what is searched for."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import office
import paper
from office import PREFECTURES, act, asked_seal, issue, notice, page, states

from stage import Stage
from visitors import SignIn


def at(stage: Stage, case_id: UUID) -> str:
    return f"/cases/{stage.tenant_id}-{case_id}/"


def form(stage: Stage, **more: Any) -> dict[str, Any]:
    return {
        "act_id": str(uuid4()),
        "do": "issue",
        "issued_on": "令和8年10月6日",
        "method": "email",
        "addressee": PREFECTURES.split(),
        "sender": str(stage.posts["director"]),
        "file": ["1"],
        **more,
    }


def test_a_decided_notice_says_first_that_it_is_not_yet_issued(stage: Stage, as_: SignIn) -> None:
    case_id = notice(stage, issue_on="2026-10-08", issue_notes="親展とする。")
    client = as_("chief")
    shown = client.get(at(stage, case_id)).content.decode()
    assert "まだ施行されていません" in shown and "予定 10月8日" in shown
    assert "施行待ち" in client.get("/").content.decode()
    assert "補助の要件の通知" in client.get("/issuing/").content.decode()
    assert "親展とする。" in client.get(at(stage, case_id) + "issue/").content.decode()
    assert "Not yet issued" in as_("chief", "en").get(at(stage, case_id)).content.decode()
    assert "施行を記録する" not in as_("personnel").get(at(stage, case_id)).content.decode()


def test_the_form_records_an_issue_and_the_page_shows_it(stage: Stage, as_: SignIn) -> None:
    case_id = notice(stage)
    client = as_("chief")
    answer = client.post(at(stage, case_id) + "issue/", form(stage, others="町村会"))
    assert answer.status_code == 302 and states(stage, case_id) == ["out"]
    shown = client.get(at(stage, case_id)).content.decode()
    assert "施行済み" in shown and "町村会" in shown and "電子メール" in shown
    assert "施行待ち" not in client.get("/").content.decode()


def test_a_refused_form_keeps_everything_that_was_typed(stage: Stage, as_: SignIn) -> None:
    case_id = notice(stage)
    sent = form(stage, issued_on="十月", others="町村会", remark="親展", addressee=["乙県知事"])
    answer = as_("chief").post(at(stage, case_id) + "issue/", sent)
    shown = answer.content.decode()
    assert answer.status_code == 409 and "日付「十月」" in shown
    for words in ('value="十月"', "町村会</textarea>", "親展</textarea>", 'value="乙県知事" checked'):
        assert words in shown, words
    assert 'value="甲県知事" checked' not in shown
    missing = as_("chief").post(at(stage, case_id) + "issue/", form(stage, issued_on=""))
    assert "施行の日がありません" in missing.content.decode()


def test_an_enormous_number_of_an_attachment_is_none_and_breaks_nothing(stage: Stage, as_: SignIn) -> None:
    case_id = notice(stage)
    sent = form(stage, issued_on="", file=["1", "9" * 5000])
    assert as_("chief").post(at(stage, case_id) + "issue/", sent).status_code == 409


def test_a_record_is_corrected_and_voided_on_the_page(stage: Stage, as_: SignIn) -> None:
    case_id = notice(stage)
    seq = issue(stage, case_id, "甲県知事", "乙県知事").seq
    client = as_("chief")
    shown = client.get(at(stage, case_id) + f"issue/?replaces={seq}").content.decode()
    assert 'value="乙県知事" checked' in shown and "訂正の理由" in shown
    sent = form(stage, replaces=str(seq), addressee=["甲県知事"], remark="乙県には未送付")
    assert client.post(at(stage, case_id) + "issue/", sent).status_code == 302
    assert states(stage, case_id) == ["void", "out"]
    void = {"do": "void_issue", "seq": str(seq + 1), "act_id": str(uuid4()), "reason": ""}
    refused = client.post(at(stage, case_id), void)
    assert refused.status_code == 409 and "取り消す理由がありません" in refused.content.decode()
    assert client.post(at(stage, case_id), {**void, "reason": "未送付"}).status_code == 302
    assert states(stage, case_id) == ["void", "void"]
    waive = {"do": "waive_issue", "act_id": str(uuid4()), "reason": "対象外"}
    assert client.post(at(stage, case_id) + "issue/", waive).status_code == 302
    assert "対象外" in client.get(at(stage, case_id)).content.decode()


def test_the_keeper_finds_the_task_sees_the_document_and_seals(stage: Stage, as_: SignIn) -> None:
    case_id = notice(stage)
    issue(stage, case_id, *PREFECTURES.split(), method="mail", seal="minister")
    keeper = as_("document")
    assert "押印" in keeper.get("/").content.decode()
    shown = keeper.get(at(stage, case_id)).content.decode()
    asked = asked_seal(stage, case_id)
    assert "公印を押す" in shown and f'value="{asked["seen"]}"' in shown and "押印しない" in shown
    sent = {
        "do": "put_seal",
        "act_id": str(uuid4()),
        "seen": asked["seen"],
        "position": str(asked["position"]),
    }
    assert keeper.post(at(stage, case_id), {**sent, "seen": "00"}).status_code == 409
    assert keeper.post(at(stage, case_id), sent).status_code == 302
    assert page(stage, case_id).state == "complete"


def test_the_keeper_refuses_with_a_reason(stage: Stage, as_: SignIn) -> None:
    case_id = notice(stage)
    issue(stage, case_id, *PREFECTURES.split(), method="mail", seal="minister")
    asked = asked_seal(stage, case_id)
    sent = {
        "do": "refuse_seal",
        "act_id": str(uuid4()),
        "seen": asked["seen"],
        "position": str(asked["position"]),
    }
    assert as_("document").post(at(stage, case_id), {**sent, "reason": "別紙なし"}).status_code == 302
    shown = as_("chief").get(at(stage, case_id)).content.decode()
    assert "別紙なし" in shown and "押印されず" in shown
    assert "別紙なし" in as_("chief").get("/").content.decode()


def test_cases_are_searched_by_the_day_of_issue(stage: Stage, as_: SignIn) -> None:
    case_id = notice(stage)
    issue(stage, case_id, *PREFECTURES.split())
    client = as_("chief")
    found = client.get("/search/", {"from": "令和8年10月6日", "until": "2026-10-06"}).content.decode()
    assert "補助の要件の通知" in found and "10月6日（火） 施行" in found
    assert (
        "その間に施行された案件は見つかりません"
        in client.get("/search/", {"from": "2026-10-07"}).content.decode()
    )
    assert "日付「いつか」" in client.get("/search/", {"from": "いつか"}).content.decode()


def test_the_form_of_a_draft_offers_the_methods(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("notice")
    shown = as_("chief").get(f"/drafts/{stage.tenant_id}-{ref.draft_id}/").content.decode()
    assert '<option lang="ja">郵送</option>' in shown and '<option lang="ja">大臣印</option>' in shown


def test_whoever_may_not_issue_gets_no_form_and_a_stranger_404(stage: Stage, as_: SignIn) -> None:
    case_id = notice(stage)
    assert "起案した部署と" in as_("personnel").get(at(stage, case_id) + "issue/").content.decode()
    assert as_("budget").get(at(stage, case_id) + "issue/").status_code == 404
    assert as_("budget").post(at(stage, case_id) + "issue/", form(stage)).status_code == 404


def test_a_keeper_who_also_reads_the_case_is_asked_for_the_seal_first(stage: Stage, as_: SignIn) -> None:
    office.equip_seals(stage, "reader,供覧先の印,Seal of a reader,personnel,,,\n")
    case_id = notice(stage)
    issue(stage, case_id, *PREFECTURES.split(), seal="reader")
    shown = as_("personnel").get(at(stage, case_id)).content.decode()
    assert "公印を押す" in shown and "読みました" not in shown
    asked = {"do": "put_seal", "act_id": str(uuid4())} | {
        key: str(value) for key, value in asked_seal(stage, case_id).items()
    }
    assert as_("personnel").post(at(stage, case_id), asked).status_code == 302
    assert "読みました" in as_("personnel").get(at(stage, case_id)).content.decode()


def test_where_no_letter_has_room_for_the_seal_everybody_is_told_that_it_is_put_on_paper(
    stage: Stage, as_: SignIn
) -> None:
    case_id = notice(stage)
    assert "公印は紙に押します" in as_("chief").get(at(stage, case_id) + "issue/").content.decode()
    issue(stage, case_id, "甲県知事", seal="director")
    keeper = as_("general_affairs")
    assert "公印は紙に押してください" in keeper.get(at(stage, case_id)).content.decode()
    act(stage, "put_seal", case_id, by="general_affairs", **asked_seal(stage, case_id))
    shown = keeper.get(at(stage, case_id)).content.decode()
    assert "紙に押したものです" in shown and "公印は紙に押してください" not in shown


def test_the_keeper_is_told_how_many_letters_the_seal_signs(stage: Stage, as_: SignIn) -> None:
    paper.lay_out(stage)
    case_id = paper.decided(stage, **{"letter-1-layout": "sealed"})
    assert "紙に押します" not in as_("chief").get(at(stage, case_id) + "issue/").content.decode()
    issue(stage, case_id, "甲県知事", "乙県知事", seal="director")
    keeper = as_("general_affairs")
    assert "施行文2通に印影と電子署名が付きます" in keeper.get(at(stage, case_id)).content.decode()
    act(stage, "put_seal", case_id, by="general_affairs", **asked_seal(stage, case_id))
    shown = keeper.get(at(stage, case_id)).content.decode()
    assert "紙に押したものです" not in shown and "だれでも確かめられるページ" in shown
