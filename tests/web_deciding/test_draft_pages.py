"""Choosing a kind of matter and writing a draft: nothing typed or sent is ever lost."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kessai.decisions.models import Step
from kessai.drafting import queries as drafts
from kessai.drafting.operations import DraftRef
from kessai.drafting.queries import DraftPage
from stage import Stage
from visitors import SignIn
from web_deciding.responses import put_away

LIVE = {"HX-Request": "true"}


def page_of(stage: Stage, ref: DraftRef) -> DraftPage:
    return drafts.draft(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    )


def at(ref: DraftRef) -> str:
    return f"/drafts/{ref.tenant_id}-{ref.draft_id}/"


def send(client: Client, ref: DraftRef, do: str = "save", live: bool = False, **typed: Any) -> Any:
    return client.post(at(ref), {"do": do, "act_id": str(uuid4()), **typed}, headers=LIVE if live else {})


def test_ordinary_words_find_a_kind_of_matter_and_one_press_opens_its_form(stage: Stage, as_: SignIn) -> None:
    chief = as_("chief")
    found = chief.get("/drafts/new/", {"want": "contract"}).content.decode()
    assert 'value="contract"' in found
    opened = chief.post("/drafts/new/", {"post": stage.posts["chief"], "matter": "contract"})
    assert opened.status_code == 302
    assert "f-counterparty" in chief.get(opened["Location"]).content.decode()


def test_words_that_find_nothing_offer_the_whole_list(stage: Stage, as_: SignIn) -> None:
    found = as_("chief").get("/drafts/new/", {"want": "zzzz"}).content.decode()
    assert "「zzzz」に合う種類が見つかりません" in found and f"?post={stage.posts['chief']}" in found


def test_a_search_while_typing_answers_with_the_list_only(as_: SignIn) -> None:
    part = as_("chief").get("/drafts/new/", {"want": "contract"}, headers=LIVE).content.decode()
    assert 'id="kinds"' in part and "<html" not in part


def test_a_post_that_is_not_held_starts_nothing_for_it(stage: Stage, as_: SignIn) -> None:
    refused = as_("chief").post("/drafts/new/", {"post": stage.posts["director"], "matter": "r1"})
    assert refused.status_code == 409 and "この職をきょうは持っていない" in refused.content.decode()
    begun = as_("chief").post("/drafts/new/", {"matter": "r1"})
    page = as_("chief").get(begun["Location"]).content.decode()
    assert "振興係長として起案" in page and "振興課長として起案" not in page


def test_an_unknown_kind_of_matter_is_not_found(stage: Stage, as_: SignIn) -> None:
    answer = as_("chief").post("/drafts/new/", {"post": stage.posts["chief"], "matter": "nothing"})
    assert answer.status_code in (404, 409)


def test_the_route_stands_beside_the_draft_with_post_holder_and_reason(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("contract", amount="1,200万円", counterparty="青葉総合調査")
    page = as_("chief").get(at(ref)).content.decode()
    for text in (
        "振興課長補佐の人",
        "会計課長の人",
        "政策局長の人",
        "別表第1 6行",
        "1,000万円以上の契約: 局長が決裁",
    ):
        assert text in page
    assert "12,000,000円" in page
    assert "提出すると、<b>振興課長補佐 振興課長補佐の人</b>に届きます" in page
    english = as_("chief", "en").get(at(ref)).content.decode()
    assert "contract of 10 million yen or more: decided by the Director-General" in english


def test_typing_saves_and_answers_with_state_route_and_problems(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("contract", amount="500万円", counterparty="青葉")
    version = page_of(stage, ref).version
    answer = send(as_("chief"), ref, live=True, version=version, amount="２千万円", title="新しい件名")
    text = answer.content.decode()
    assert answer.status_code == 200 and "<html" not in text
    assert f"第{version + 1}版" in text and 'id="answer" hx-swap-oob="true"' in text
    assert "20,000,000円" in text and "政策局長" in text
    assert page_of(stage, ref).typed["title"] == "新しい件名"


def test_what_cannot_be_read_is_kept_as_typed_and_named_beside_its_field(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("contract", counterparty="青葉")
    text = send(
        as_("chief"), ref, live=True, version=page_of(stage, ref).version, amount="たくさん"
    ).content.decode()
    assert "金額「たくさん」が読み取れません" in text
    page = as_("chief").get(at(ref)).content.decode().split("<main")[1]
    assert 'value="たくさん"' in page and 'id="f-amount"' in page and 'aria-invalid="true"' in page


def test_an_empty_required_field_is_not_called_wrong_before_a_submission_was_tried(
    stage: Stage, as_: SignIn
) -> None:
    ref = stage.draft("contract", counterparty="青葉")
    page = as_("chief").get(at(ref)).content.decode().split("<main")[1]
    assert 'aria-invalid="true"' not in page and 'href="#f-amount"' in page
    refused = send(as_("chief"), ref, "submit", version=page_of(stage, ref).version, amount="")
    assert refused.status_code == 409
    text = refused.content.decode().split("<main")[1]
    assert 'id="summary"' in text and 'aria-invalid="true"' in text and "まだ提出していません" in text


def test_a_submission_saves_what_was_typed_last_and_opens_the_case(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("r1")
    sent = send(
        as_("chief"),
        ref,
        "submit",
        version=page_of(stage, ref).version,
        title="最後に直した件名",
        text="伺います。",
    )
    assert sent.status_code == 302
    assert "最後に直した件名" in as_("chief").get(sent["Location"]).content.decode()


def test_another_screen_that_was_faster_loses_nothing_of_this_one(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("r1")
    chief, old = as_("chief"), page_of(stage, ref).version
    send(chief, ref, version=old, title="先に保存した件名")
    late = send(chief, ref, version=old, title="後から書いた件名")
    text = late.content.decode()
    assert late.status_code == 409
    mine = re.search(r'value="(mine:title:[0-9a-f]+)"', text)
    assert 'value="後から書いた件名"' in text and "先に保存した件名" in text and mine
    assert page_of(stage, ref).typed["title"] == "先に保存した件名"
    assert send(chief, ref, mine[1], version=old, title="後から書いた件名").status_code == 302
    assert page_of(stage, ref).typed["title"] == "後から書いた件名"


def test_several_files_are_attached_at_once_each_with_its_title(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("r1")
    files = [SimpleUploadedFile("仕様書.pdf", b"%PDF-1.4"), SimpleUploadedFile("積算.xlsx", b"PK")]
    sent = send(
        as_("chief"),
        ref,
        "attach",
        version=page_of(stage, ref).version,
        title="同時に直した件名",
        files=files,
        attach_title="契約の仕様書\n",
    )
    assert sent.status_code == 302
    page = page_of(stage, ref)
    assert [file.title for file in page.attachments] == ["契約の仕様書", "積算"]
    assert page.typed["title"] == "同時に直した件名"


def test_a_refused_file_is_named_and_the_others_stay(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("r1")
    files = [SimpleUploadedFile("空.txt", b""), SimpleUploadedFile("良い.txt", b"x")]
    sent = send(
        as_("chief"), ref, "attach", version=page_of(stage, ref).version, title="書いた件名", files=files
    )
    assert sent.status_code == 409
    assert "「空.txt」は空のファイルです" in sent.content.decode() and "書いた件名" in sent.content.decode()
    assert [file.filename for file in page_of(stage, ref).attachments] == ["良い.txt"]


def test_a_file_too_large_is_refused_by_name_and_nothing_typed_is_lost(
    stage: Stage, as_: SignIn, settings: Any
) -> None:
    settings.KESSAI_UPLOAD_LIMIT_BYTES = 1 << 20
    ref = stage.draft("r1")
    sent = send(
        as_("chief"),
        ref,
        "submit",
        version=page_of(stage, ref).version,
        title="書いた件名",
        text="伺う",
        files=[SimpleUploadedFile("大.bin", b"x" * ((1 << 20) + 1))],
    )
    text = sent.content.decode()
    assert sent.status_code == 409 and "大.bin" in text and "ファイルが大きすぎます" in text
    page = page_of(stage, ref)
    assert page.open and page.typed["title"] == "書いた件名"


def test_a_file_is_opened_and_taken_off_again_by_its_drafter_only(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("r1", files=[("a.txt", b"hello")])
    file = page_of(stage, ref).attachments[0]
    chief = as_("chief")
    opened = chief.get(f"{at(ref)}attachments/{file.id}/")
    assert opened.getvalue() == b"hello"
    put_away(opened)
    assert as_("budget").get(f"{at(ref)}attachments/{file.id}/").status_code == 404
    assert chief.get(f"{at(ref)}attachments/{uuid4()}/").status_code == 404
    assert send(chief, ref, f"detach:{file.id}", version=page_of(stage, ref).version).status_code == 302
    assert page_of(stage, ref).attachments == ()
    assert send(chief, ref, "detach:nothing").status_code == 404


def test_a_session_that_ended_gives_back_every_line_and_sends_it_again(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("r1")
    gone = Client()
    files = [SimpleUploadedFile("仕様書.pdf", b"%PDF")]
    lost = send(
        gone, ref, "submit", version="1", title="消えては困る件名", text="一行目\n二行目", files=files
    )
    text = lost.content.decode()
    assert lost.status_code == 401
    for kept in (
        "消えては困る件名",
        "一行目\n二行目",
        "仕様書.pdf",
        'name="do" value="submit"',
        "サインイン",
    ):
        assert kept in text
    live = send(gone, ref, live=True, title="消えては困る件名")
    assert live.status_code == 401 and 'id="saved"' in live.content.decode()


def test_an_outdated_token_of_our_own_page_gives_back_what_was_typed(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("r1")
    chief = as_("chief", enforce_csrf_checks=True)
    own = chief.post(at(ref), {"title": "残る件名"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 403 and "残る件名" in own.content.decode()
    strange = chief.post(at(ref), {"title": "よその件名"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert strange.status_code == 403 and "よその件名" not in strange.content.decode()


def test_a_draft_never_submitted_can_be_thrown_away(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("r1")
    assert send(as_("chief"), ref, "discard").status_code == 302
    assert as_("chief").get(at(ref)).status_code == 404


def test_a_submitted_draft_leads_to_its_case_and_keeps_what_is_sent_late(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("r1")
    stage.submit(ref)
    chief = as_("chief")
    assert chief.get(at(ref))["Location"].startswith("/cases/")
    late = send(chief, ref, version="1", title="遅れて届いた件名")
    assert late.status_code == 409 and "遅れて届いた件名" in late.content.decode()


def test_a_returned_draft_says_first_by_whom_and_why(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted("r1")
    stage.send_back(case_id, "deputy_director", "条件を書いてください")
    page = as_("chief").get(f"/drafts/{stage.tenant_id}-{case_id}/").content.decode()
    assert "振興課長補佐の人から差し戻されています" in page and "条件を書いてください" in page
    assert "もう一度提出する" in page and 'value="discard"' not in page


def test_flags_are_ticked_and_unticked(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("reply")
    chief = as_("chief")
    send(chief, ref, version=page_of(stage, ref).version, flags=["important", "diet"])
    assert page_of(stage, ref).typed["flags"] == "important diet"
    assert "上位の職が決裁します" in chief.get(at(ref)).content.decode()
    send(chief, ref, version=page_of(stage, ref).version)
    assert page_of(stage, ref).typed["flags"] == ""


@pytest.mark.parametrize("code", ["budget", "director"])
def test_nobody_else_sees_a_draft(stage: Stage, as_: SignIn, code: str) -> None:
    ref = stage.draft("r1")
    assert as_(code).get(at(ref)).status_code == 404
    assert send(as_(code), ref, title="横取り").status_code == 404


def test_the_drafter_adds_a_step_on_the_page_sees_it_on_the_route_and_takes_it_off(
    stage: Stage, as_: SignIn
) -> None:
    ref = stage.draft("r3")
    here, client = at(ref), as_("chief")
    page = client.get(here).content.decode()
    assert "段階を加える" in page and "振興課長補佐の後" in page and "政策局長の後" not in page
    typed = {"title": "新しい題", "add_kind": "consent", "add_after": str(stage.posts["director"])}
    refused = client.post(here, {**typed, "do": "addstep", "add_post": "人事課長", "add_reason": " "})
    shown = refused.content.decode()
    assert refused.status_code == 409 and "理由がありません" in shown
    assert 'value="人事課長"' in shown and 'value="新しい題"' in shown
    sent = {**typed, "do": "addstep", "add_post": "人事課長", "add_reason": "定員に関わるため"}
    assert client.post(here, sent)["Location"] == f"{here}#h-byhand"
    page = client.get(here).content.decode()
    assert "任意" in page and "振興係長が加えました：定員に関わるため" in page
    assert page.index("振興課長の人") < page.index("人事課長の人") < page.index("審議官の人")
    key = re.search(r'value="(unadd:[0-9a-f-]+)"', page)
    assert key is not None
    client.post(here, {"do": key.group(1)})
    assert "定員に関わるため" not in client.get(here).content.decode()
    client.post(here, sent)
    client.post(here, {"do": "submit", "title": "新しい題"})
    step = Step.objects.get(case_id=ref.draft_id, post_id=stage.posts["personnel"])
    assert (step.kind, step.added_by, step.stage) == ("consent", stage.posts["chief"], 3)


def test_a_day_for_the_answer_is_typed_by_era_and_kept_through_a_refusal(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft(deadline="2026-10-23")
    here, client = at(ref), as_("chief")
    typed = {"add_kind": "consult", "add_post": "人事課長", "add_reason": "定員", "do": "addstep"}
    for day, says in (("来週", "読み取れません"), ("2026-10-26", "2026/10/23）より後です")):
        refused = client.post(here, {**typed, "add_answer_by": day})
        shown = refused.content.decode()
        assert refused.status_code == 409 and says in shown and f'value="{day}"' in shown
    assert client.post(here, {**typed, "add_answer_by": "令和8年10月16日"})["Location"] == f"{here}#h-byhand"
    page = client.get(here).content.decode()
    assert page.count("回答の期限 10月16日（金）") == 1
    client.post(here, {"do": "submit"})
    step = Step.objects.get(case_id=ref.draft_id, post_id=stage.posts["personnel"])
    assert str(step.answer_by) == "2026-10-16"


def test_a_route_changed_under_the_readers_eyes_comes_back_with_what_was_done_to_it(
    stage: Stage, as_: SignIn
) -> None:
    ref = stage.draft("r2")
    here, client = at(ref), as_("chief")
    typed = {"add_kind": "review", "add_post_id": str(stage.posts["personnel"]), "add_after": "0"}
    refused = client.post(here, {**typed, "do": "addstep", "add_post": "人事"}, headers=LIVE)
    shown = refused.content.decode()
    assert refused.status_code == 409 and "理由がありません" in shown and 'value="人事"' in shown
    assert "保存していません" not in shown
    added = client.post(here, {**typed, "do": "addstep", "add_reason": "定員"}, headers=LIVE).content.decode()
    assert "段階を加えました" in added and "人事課長の人" in added and 'name="add_reason"' in added
    down = re.search(r'value="(move:[0-9a-f-]+:\d+:)" id="down-', added)
    assert down is not None
    moved = client.post(here, {"do": down.group(1)}, headers=LIVE).content.decode()
    assert "人事課長を動かしました。いま5段階の2番目です。" in moved
    assert moved.index("振興課長補佐の人") < moved.index("人事課長の人") < moved.index("振興課長の人")
    up = re.search(r'value="(move:[0-9a-f-]+:0:)" id="up-', moved)
    assert up is not None
    assert client.post(here, {"do": up.group(1)})["Location"] == f"{here}#f-route"
    page = client.get(here).content.decode()
    assert page.count("段階を動かしました") == 1 and "段階を加えました" not in page
    assert client.post(here, {"do": "move:x:0:"}).status_code == 404
    key = re.search(r'value="(unadd:[0-9a-f-]+)"', page)
    assert key is not None
    assert "加えた段階を外しました" in client.post(here, {"do": key.group(1)}, headers=LIVE).content.decode()
    gone = client.post(here, {"do": up.group(1)}, headers=LIVE)
    assert gone.status_code == 409 and "もう外されています" in gone.content.decode()


def test_what_the_table_demands_says_so_at_its_place_with_its_row(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft("contract", amount="20000000", counterparty="甲社")
    page = as_("chief").get(at(ref)).content.decode()
    assert page.count("外せません") == 4
    rule = re.search(r'href="/rules/(\d+)/tables/(\d+)/\?matter=contract#row-(\d+)"', page)
    assert rule is not None and int(rule.group(1)) == stage.tenant_id
    assert as_("chief").get(rule.group(0).split('"')[1]).status_code == 200


def test_the_posts_that_fit_what_is_typed_are_shown_to_choose_from(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft()
    for part in ("add", "preview", "hand"):
        asked = {"for": part, f"{part}_post": "課長"}
        found = as_("chief").get(f"{at(ref)}posts/", asked).content.decode()
        mine = f'name="{part}_post_id" value="{stage.posts["personnel"]}"'
        assert mine in found and "人事課長の人" in found
    assert as_("chief").get(f"{at(ref)}posts/", {"for": "else"}).status_code == 404
    assert "当てはまる職がありません" in as_("chief").get(f"{at(ref)}posts/?add_post=無い").content.decode()
    assert as_("director").get(f"{at(ref)}posts/", {"add_post": "課長"}).status_code == 404


def test_what_the_drafter_added_is_taken_out_on_the_page_of_a_returned_case(
    stage: Stage, as_: SignIn
) -> None:
    ref = stage.draft()
    here, client = at(ref), as_("chief")
    typed = {"add_kind": "review", "add_post": "審議官", "add_after": str(stage.posts["director"])}
    client.post(here, {**typed, "do": "addstep", "add_reason": "確認"})
    case_id = stage.submit(ref).case_id
    assert "段階を加える" not in client.get(here).content.decode()
    stage.send_back(case_id, "deputy_director")
    page = client.get(here).content.decode()
    key = re.search(r'value="(takeout:\d+)"', page)
    assert key is not None and "審議官の人" in page
    client.post(here, {"do": key.group(1)})
    assert "審議官の人" not in client.get(here).content.decode()
    assert client.post(here, {"do": "unadd:nothing"}).status_code == 302
    assert client.post(here, {"do": "takeout:x"}).status_code == 409
