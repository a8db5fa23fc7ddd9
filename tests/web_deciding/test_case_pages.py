"""The case page: what it says, the acts, what a refused act leaves, the files."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from kessai.decisions.models import Case
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting import operations as inspecting
from scenario import Scenario
from stage import Stage
from visitors import SignIn
from web_deciding.responses import put_away

HTML_THAT_ACTS = b"<script>alert(1)</script>"


def at(stage: Stage, case_id: UUID) -> str:
    return f"/cases/{stage.tenant_id}-{case_id}/"


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return found[1] if found else ""


def act(client: Client, path: str, do: str, **more: str) -> Any:
    """Press a button of the page as it is now."""
    html = client.get(path).content.decode()
    fields = {name: hidden(html, name) for name in ("act_id", "seen", "position", "next")}
    return client.post(path, {**fields, "do": do, **more})


def state(stage: Stage, case_id: UUID) -> str:
    return Case.objects.get(tenant_id=stage.tenant_id, id=case_id).state


def test_the_page_asks_one_question_and_says_what_the_act_will_do(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted(
        "contract", amount="2,310万円", counterparty="青葉総合調査", reason="人が足りない。"
    )
    page = as_("deputy_director").get(at(stage, case_id)).content.decode()
    assert "地域振興の件を、青葉総合調査に23,100,000円で委託してよいか" in page
    assert "振興課長補佐としての承認" in page and "（4段階の1）" in page and "人が足りない。" in page
    assert "<b>第1版</b>を承認し、<b>振興課長 振興課長の人</b>へ進めます。" in page
    assert "23,100,000円" in page and "青葉総合調査" in page and "別表第1 6行" in page


def test_approving_goes_on_to_the_next_case_that_waits(stage: Stage, as_: SignIn) -> None:
    first, second = stage.submitted("r1"), stage.submitted("r1", title="次の件")
    done = act(as_("deputy_director"), at(stage, first), "approve", opinion="よい。")
    assert done["Location"] == at(stage, second)
    page = as_("director").get(at(stage, first)).content.decode()
    assert "よい。" in page and "いま・あなた" in page


def test_after_the_last_case_the_inbox_follows_with_a_word_of_what_was_done(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted("r1")
    client = as_("deputy_director")
    done = act(client, at(stage, case_id), "approve")
    assert done["Location"] == "/"
    inbox = client.get("/").content.decode()
    assert "承認しました。" in inbox and at(stage, case_id) in inbox


def test_the_next_case_named_in_the_form_must_be_one_that_waits(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r1")
    for strange in (f"{stage.tenant_id}-{uuid4()}", "https://example.org/", ""):
        client = as_("deputy_director")
        html = client.get(at(stage, case_id)).content.decode()
        form = {name: hidden(html, name) for name in ("act_id", "seen", "position")}
        if form["position"]:
            sent = client.post(at(stage, case_id), {**form, "do": "approve", "next": strange})
            assert sent["Location"] == "/"


def test_consents_at_the_same_time_name_who_has_still_to_answer(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director")
    page = as_("budget").get(at(stage, case_id)).content.decode()
    assert "会計課長としての同意（合議）" in page and "並行・全員の同意が必要" in page
    assert "<b>文書課長 文書課長の人</b>の返事がそろうと先へ進みます。" in page
    act(as_("budget"), at(stage, case_id), "approve")
    last = as_("document").get(at(stage, case_id)).content.decode()
    assert "に同意し、<b>政策局長 政策局長の人</b>へ進めます。" in last


def test_the_decision_gives_number_seal_filing_and_the_way_to_the_proof(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r1")
    stage.approve(case_id, "deputy_director", "director")
    client = as_("director_general")
    assert "文書番号が付き、原議が確定します。" in client.get(at(stage, case_id)).content.decode()
    act(client, at(stage, case_id), "decide")
    assert "政振第1号" in client.get("/").content.decode()
    page = client.get(at(stage, case_id)).content.decode()
    for text in (
        "政振第1号",
        "令和8年10月6日",
        "政策局長の人",
        "令和14年（2032年）3月31日",
        "廃棄",
        "機密性2",
    ):
        assert text in page
    assert f"{at(stage, case_id)}proof/" in page and "SHA-256" in page and 'id="acts"' not in page


def test_returning_needs_a_reason_and_keeps_the_page_of_its_own(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r1")
    client = as_("deputy_director")
    assert client.get(f"{at(stage, case_id)}return/").status_code == 200
    empty = act(client, at(stage, case_id), "return", reason="  ")
    assert empty.status_code == 409 and "差し戻す理由がありません" in empty.content.decode()
    assert state(stage, case_id) == "routed"
    assert act(client, at(stage, case_id), "return", reason="直してください").status_code == 302
    assert state(stage, case_id) == "returned"
    drafter = as_("chief").get(at(stage, case_id)).content.decode()
    assert "差し戻されています" in drafter and "直してください" in drafter
    assert f"/drafts/{stage.tenant_id}-{case_id}/" in drafter


def test_A02_an_approval_without_an_opinion_stands_in_the_history_without_a_remark(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted("r1")
    act(as_("deputy_director"), at(stage, case_id), "approve", opinion="  ")
    page = as_("director").get(at(stage, case_id)).content.decode()
    (history,) = re.findall(r'<ol class="hist-l">.*?</ol>', page, re.DOTALL)
    assert "<b>承認</b>" in history and 'class="remark"' not in history


def test_A24_a_decided_case_offers_a_new_linked_one(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r3")
    stage.approve(case_id, "deputy_director", "director", "councillor")
    stage.decide(case_id)
    page = as_("director").get(at(stage, case_id)).content.decode()
    assert "この決裁を改める案件を起案する" in page


def test_A14_of_what_came_back_the_route_says_what_lapsed_and_that_a_refusal_was_one(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director")
    act_on = Scenario(stage)
    act_on.act("refuse_consent", case_id, "budget", "積算がない")
    act_on.course("escalate", case_id, reason="折り合わない")
    stage.send_back(case_id, "vice_minister")
    page = as_("chief").get(at(stage, case_id)).content.decode()
    route = page[page.index('id="h-route"') : page.index('class="hist"')]
    assert route.count("承認・失効") == 2 and "不同意" in route and ">同意<" not in route


def test_a_refused_act_says_why_and_keeps_the_opinion(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r1")
    client = as_("deputy_director")
    html = client.get(at(stage, case_id)).content.decode()
    form = {name: hidden(html, name) for name in ("act_id", "position")}
    sent = client.post(
        at(stage, case_id), {**form, "seen": "00" * 32, "do": "approve", "opinion": "長い意見"}
    )
    text = sent.content.decode()
    assert sent.status_code == 409
    assert "内容が変わっています" in text and "長い意見" in text and 'id="acts"' in text
    assert state(stage, case_id) == "routed"


def test_an_act_after_the_case_moved_on_shows_the_words_to_be_copied(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r1")
    client = as_("deputy_director")
    html = client.get(at(stage, case_id)).content.decode()
    form = {name: hidden(html, name) for name in ("act_id", "position", "seen")}
    stage.approve(case_id, "deputy_director")
    sent = client.post(at(stage, case_id), {**form, "do": "return", "reason": "やはり直す"})
    assert sent.status_code == 409
    assert "やはり直す" in sent.content.decode() and "先に処理しています" in sent.content.decode()


@pytest.mark.parametrize("position", ["", "x", "-1", "999999999999"])
def test_a_broken_form_is_refused_in_words(stage: Stage, as_: SignIn, position: str) -> None:
    case_id = stage.submitted("r1")
    sent = as_("deputy_director").post(
        at(stage, case_id), {"do": "approve", "position": position, "act_id": "x", "seen": "zz"}
    )
    assert sent.status_code == 409
    nothing = as_("deputy_director").post(at(stage, case_id), {"position": "1"})
    assert nothing.status_code == 409 and "もう一度ボタンを押してください" in nothing.content.decode()


def test_the_same_press_sent_twice_counts_once(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r1")
    client = as_("deputy_director")
    html = client.get(at(stage, case_id)).content.decode()
    form = {name: hidden(html, name) for name in ("act_id", "position", "seen")} | {"do": "approve"}
    assert client.post(at(stage, case_id), form).status_code == 302
    assert client.post(at(stage, case_id), form).status_code == 302
    assert client.get(at(stage, case_id)).content.decode().count('承認</b> <span lang="ja">振興課') == 1


def test_who_is_not_asked_sees_where_the_case_is_and_no_buttons(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r1")
    page = as_("chief").get(at(stage, case_id)).content.decode()
    assert "進行中" in page and "振興課長補佐の人" in page and 'id="acts"' not in page
    back = as_("chief").get(f"{at(stage, case_id)}return/").content.decode()
    assert "いまあなたの番ではない" in back


def test_strangers_get_nothing(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submit(stage.draft("r1", files=[("a.txt", b"x")])).case_id
    for tail in ("", "return/", "attachments/1/", "cover-sheet.pdf"):
        assert as_("budget").get(at(stage, case_id) + tail).status_code == 404
    assert as_("budget").post(at(stage, case_id), {"do": "approve"}).status_code == 404


def test_files_are_shown_where_harmless_and_saved_otherwise(stage: Stage, as_: SignIn) -> None:
    files = [
        ("契約.pdf", b"%PDF-1.4"),
        ("図.svg", HTML_THAT_ACTS),
        ("頁.html", HTML_THAT_ACTS),
        ("古い.txt", "聴取り".encode("cp932")),
    ]
    case_id = stage.submit(stage.draft("r1", files=files)).case_id
    client = as_("deputy_director")
    paths = [f"{at(stage, case_id)}attachments/{n}/" for n in (1, 2, 3, 4)] + [
        f"{at(stage, case_id)}attachments/1/?save"
    ]
    answers = [client.get(path) for path in paths]
    for answer in answers:
        put_away(answer)
    saved = answers.pop()
    kinds = [answer["Content-Type"] for answer in answers]
    assert kinds == [
        "application/pdf", "application/octet-stream", "application/octet-stream", "text/plain; charset=windows-31j"
    ]  # fmt: skip
    assert [a["Content-Disposition"].split(";")[0] for a in answers] == [
        "inline",
        "attachment",
        "attachment",
        "inline",
    ]
    for answer in answers:
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "script-src" not in answer["Content-Security-Policy"]
    assert answers[3]["Content-Security-Policy"].startswith("sandbox")
    assert saved["Content-Disposition"].startswith("attachment")
    assert client.get(f"{at(stage, case_id)}attachments/9/").status_code == 404
    page = client.get(at(stage, case_id)).content.decode()
    assert page.count("<iframe") == 1 and "調べています" in page
    for file in drafts.attachments(tenant_id=stage.tenant_id, draft_id=case_id):
        inspecting.inspect(tenant_id=stage.tenant_id, sha256=file.sha256, at=stage.later())
    page = client.get(at(stage, case_id)).content.decode()
    assert page.count("<iframe") == 1 and "画面に出せません" in page and "調べています" not in page


def test_a_cover_sheet_that_is_not_made_yet_says_so_on_the_case(stage: Stage, as_: SignIn) -> None:
    case_id = stage.decided("r1")
    client = as_("chief")
    assert client.get(f"{at(stage, case_id)}cover-sheet.pdf")["Location"] == at(stage, case_id)
    assert "鑑はまだできていません" in client.get(at(stage, case_id)).content.decode()


def test_readers_are_asked_to_read_and_nothing_else(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("contract", amount="2,000万円", counterparty="青葉")
    stage.approve(case_id, "deputy_director", "director", "budget")
    stage.decide(case_id)
    client = as_("document")
    page = client.get(at(stage, case_id)).content.decode()
    assert "文書課長としての閲覧（供覧）" in page and 'value="read"' in page and 'value="return"' not in page
    act(client, at(stage, case_id), "read")
    assert "読了" in client.get(at(stage, case_id)).content.decode()


def test_what_is_unlike_other_cases_stands_at_the_top(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted(
        "r1", flags="important diet", urgent_reason="法の期限が近い", deadline="2026-10-07"
    )
    page = as_("deputy_director").get(at(stage, case_id)).content.decode()
    for text in ("いつもと違う点 3", "法の期限が近い", "国会関係", "あと1日"):
        assert text in page


def test_the_neighbours_in_the_inbox_are_one_key_away(stage: Stage, as_: SignIn) -> None:
    cases = [stage.submitted("r1", title=f"件{n}") for n in range(3)]
    page = as_("deputy_director").get(at(stage, cases[1])).content.decode()
    assert "3件中の2件目" in page
    assert re.search(rf'href="{at(stage, cases[0])}" data-key="k"', page)
    assert re.search(rf'href="{at(stage, cases[2])}" data-key="j"', page)


def test_the_page_speaks_english(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r1")
    page = as_("deputy_director", "en").get(at(stage, case_id)).content.decode()
    assert 'lang="en"' in page and "承認する" not in page and "Approve" in page


def test_text_that_looks_like_markup_stays_text(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted(
        "r1", title="<script>x</script>", text="<img src=x onerror=y>", reason="<b>太字</b>"
    )
    page = as_("deputy_director").get(at(stage, case_id)).content.decode()
    assert "<script>x" not in page and "<img src=x" not in page and "<b>太字" not in page
