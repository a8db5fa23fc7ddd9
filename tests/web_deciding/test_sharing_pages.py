"""Sharing a draft on the pages: how far, comments beside the text, writing together, handing over."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from kessai.decisions.models import DraftComment, Preview
from kessai.drafting import queries as drafts
from kessai.drafting.operations import DraftRef
from stage import Stage
from visitors import SignIn

LIVE = {"HX-Request": "true"}


@pytest.fixture
def ref(stage: Stage) -> DraftRef:
    return stage.draft("r1", reason="理由", files=[("案.txt", b"draft")])


def at(ref: DraftRef, rest: str = "") -> str:
    return f"/drafts/{ref.tenant_id}-{ref.draft_id}/{rest}"


def share(as_: SignIn, ref: DraftRef, post: str, level: str = "comment") -> None:
    sent = {"do": "preview", "preview_post": post, "preview_act": str(uuid4()), "preview_level": level}
    assert as_("chief").post(at(ref), sent).status_code == 302


def comment(as_: SignIn, ref: DraftRef, text: str, by: str = "budget", **more: str) -> Any:
    sent = {"do": "comment", "comment_act": str(uuid4()), "field": "text", "comment": text, **more}
    return as_(by).post(at(ref, "preview/"), sent)


def typed(stage: Stage, ref: DraftRef) -> dict[str, str]:
    return drafts.draft_unchecked(tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now).typed


def test_a_comment_stands_beside_its_field_is_answered_and_settled(as_: SignIn, ref: DraftRef) -> None:
    share(as_, ref, "会計課長")
    assert comment(as_, ref, "根拠は何ですか", quote="下記のとおり").status_code == 302
    page = as_("chief").get(at(ref)).content.decode()
    beside = page.split('id="f-text"')[1].split("</section>")[0]
    assert "根拠は何ですか" in beside and "下記のとおり" in beside and "未解決 1件" in page
    assert "下書きへのコメント" in as_("chief").get("/").content.decode()
    thread = DraftComment.objects.get().id
    sent = {"do": f"reply:{thread}", f"reply-{thread}": "要綱です", "reason": "直した理由"}
    answer = as_("chief").post(at(ref), sent)
    assert answer.status_code == 302 and answer["Location"].endswith("#h-comments")
    read = as_("budget").get(at(ref, "preview/")).content.decode()
    assert "要綱です" in read and "直した理由" in read
    as_("budget").post(at(ref, "preview/"), {"do": f"settle:{thread}"})
    assert "すべて解決済み" in as_("chief").get(at(ref)).content.decode()


def test_a_comment_that_is_refused_is_still_on_the_page(as_: SignIn, ref: DraftRef) -> None:
    share(as_, ref, "会計課長")
    answer = comment(as_, ref, "どこのことですか", quote="どこにもない一節です")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "どこのことですか" in page and "どこにもない一節です" in page and "見つかりません" in page
    share(as_, ref, "文書課長")
    thread = uuid4()
    refused = as_("chief").post(at(ref), {"do": f"reply:{thread}", f"reply-{thread}": "返事"})
    assert refused.status_code == 404


def test_what_no_field_or_passage_can_be_is_refused_or_left_out(as_: SignIn, ref: DraftRef) -> None:
    share(as_, ref, "会計課長")
    assert comment(as_, ref, "一言", field="no\x00field").status_code == 409
    before = "どこか別の所" * 400 + "下記のとおりとして"
    sent = {"field": "text\x00", "quote": "よろしい\x00か", "prefix": before, "suffix": "\x00"}
    assert comment(as_, ref, "一言", **sent).status_code == 302
    anchor = DraftComment.objects.get().anchor
    assert (anchor["field"], anchor["quote"]) == ("text", "よろしいか")


def test_an_empty_answer_is_refused_beside_what_was_typed(as_: SignIn, ref: DraftRef) -> None:
    share(as_, ref, "会計課長")
    comment(as_, ref, "一言")
    thread = DraftComment.objects.get().id
    refused = as_("chief").post(at(ref), {"do": f"reply:{thread}", f"reply-{thread}": " "})
    assert refused.status_code == 409 and "コメントが空欄です" in refused.content.decode()


def test_who_only_reads_is_offered_neither_comment_nor_answer(as_: SignIn, ref: DraftRef) -> None:
    share(as_, ref, "会計課長", "read")
    page = as_("budget").get(at(ref, "preview/")).content.decode()
    assert 'value="comment"' not in page and 'id="pv-remark"' not in page and "preview/write/" not in page
    assert comment(as_, ref, "一言").status_code == 404
    assert as_("budget").get(at(ref, "preview/write/")).status_code == 404
    assert "見せてもらっている下書き" in as_("budget").get("/").content.decode()
    assert "読むだけ" in as_("chief").get(at(ref)).content.decode()


def test_a_draft_is_written_together_and_merged_by_field(stage: Stage, as_: SignIn, ref: DraftRef) -> None:
    share(as_, ref, "会計課長", "edit")
    assert "preview/write/" in as_("budget").get(at(ref, "preview/")).content.decode()
    address = at(ref, "preview/write/")
    page = as_("budget").get(address).content.decode()
    assert "振興係長の下書き" in page and "案.txt" not in page and "/preview/attachments/" in page
    form: dict[str, Any] = {
        "screen": "budget",
        "version": re.findall(r'name="version" id="version" value="(\d+)"', page)[0],
        "stood": re.findall(r'name="stood" value="([^"]*)"', page),
        "title": "地域振興の件",
        "reason": "理由",
        "text": typed(stage, ref)["text"],
    }
    as_("chief").post(at(ref), {"do": "save", "reason": "起案者の理由"})
    live = as_("budget").post(address, {**form, "title": "二人で書く件名"}, headers=LIVE).content.decode()
    assert 'data-taken="reason"' in live
    assert (typed(stage, ref)["title"], typed(stage, ref)["reason"]) == ("二人で書く件名", "起案者の理由")
    clash = as_("budget").post(address, {**form, "title": "二人で書く件名", "reason": "別の理由"})
    assert clash.status_code == 409 and "「理由」は、振興係長の人も変更しています" in clash.content.decode()
    live = as_("budget").post(
        address, {**form, "title": "二人で書く件名", "reason": "別の理由"}, headers=LIVE
    )
    assert live.status_code == 409 and "「理由」は保存していません" in live.content.decode()
    too_long = as_("budget").post(address, {**form, "title": "長" * 200_001})
    assert too_long.status_code == 409 and "入力が長すぎます" in too_long.content.decode()
    tidied = as_("budget").post(
        address, {"do": "tidy", "text": "伺います。\n記\n1 内容\n3 方法", "marking": "confidentiality3"}
    )
    assert tidied.status_code == 302
    assert typed(stage, ref)["text"].endswith("2　方法") and "marking" not in typed(stage, ref)


def test_comments_are_answered_where_the_draft_is_written_together(as_: SignIn, ref: DraftRef) -> None:
    share(as_, ref, "会計課長", "edit")
    comment(as_, ref, "一言")
    thread = DraftComment.objects.get().id
    address = at(ref, "preview/write/")
    assert "一言" in as_("budget").get(address).content.decode()
    sent = {"do": f"reply:{thread}", f"reply-{thread}": "書き足しました"}
    assert as_("budget").post(address, sent).status_code == 302
    assert as_("budget").post(address, {"do": f"reply:{thread}"}).status_code == 409
    assert as_("budget").post(address, {"do": f"reply:{uuid4()}"}).status_code == 404
    assert "書き足しました" in as_("chief").get(at(ref)).content.decode()


@pytest.mark.parametrize(("do", "part"), [("handover", "hand"), ("preview", "preview")])
def test_words_that_fit_several_posts_are_answered_with_those_to_take_one_of(
    stage: Stage, as_: SignIn, ref: DraftRef, do: str, part: str
) -> None:
    refused = as_("chief").post(at(ref), {"do": do, f"{part}_post": "課長"})
    one = f'name="{part}_post_id" value="{stage.posts["personnel"]}"'
    assert refused.status_code == 409 and one in refused.content.decode()
    taken = {"do": do, f"{part}_post": "課長", f"{part}_post_id": str(stage.posts["personnel"])}
    assert as_("chief").post(at(ref), taken).status_code == 302
    assert "地域振興の件" in as_("personnel").get("/").content.decode()


def test_a_draft_is_handed_over_and_both_find_it(as_: SignIn, ref: DraftRef) -> None:
    refused = as_("chief").post(
        at(ref), {"do": "handover", "hand_post": "どこにもない", "hand_note": "お願い"}
    )
    assert refused.status_code == 409
    assert "どこにもない" in refused.content.decode() and "お願い" in refused.content.decode()
    sent = {
        "do": "handover",
        "hand_post": "人事課長",
        "hand_note": "続きをお願いします",
        "reason": "渡す理由",
    }
    answer = as_("chief").post(at(ref), sent)
    assert answer.status_code == 302 and answer["Location"] == at(ref, "preview/")
    page = as_("chief").get(at(ref, "preview/")).content.decode()
    assert "人事課長の、提出前の下書きです" in page and "渡す理由" in page
    assert as_("chief").get(at(ref)).status_code == 404
    home = as_("personnel").get("/").content.decode()
    assert "下書きの引継ぎ" in home and "続きをお願いします" in home and f'href="{at(ref)}"' in home
    mine = as_("personnel").get(at(ref)).content.decode()
    assert "前の起案者" in mine
    gave = Preview.objects.get(level="gave")
    as_("personnel").post(at(ref), {"do": f"unpreview:{gave.id}"})
    assert as_("chief").get(at(ref, "preview/")).status_code == 404
