"""事前確認 on the pages: asked from the draft, answered at an address of its own, seen in inbox and history."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from kessai.decisions.models import Preview
from kessai.drafting.operations import DraftRef
from stage import Stage
from visitors import SignIn
from web_deciding.responses import put_away

SAID = "単価の根拠を別紙にしてください"


@pytest.fixture
def ref(stage: Stage) -> DraftRef:
    return stage.draft("r1", files=[("案.txt", b"draft")])


def address(ref: DraftRef, rest: str = "") -> str:
    return f"/drafts/{ref.tenant_id}-{ref.draft_id}/{rest}"


def ask(as_: SignIn, ref: DraftRef, post: str, **form: str) -> Any:
    sent = {
        "do": "preview",
        "preview_post": post,
        "preview_act": str(uuid4()),
        "title": "地域振興の件",
        **form,
    }
    return as_("chief").post(address(ref), sent)


def test_a_draft_is_shown_read_and_answered(stage: Stage, as_: SignIn, ref: DraftRef) -> None:
    page = as_("chief").get(address(ref)).content.decode()
    offered = page[page.index('id="candidates-preview"') :].partition("</fieldset>")[0]
    assert f'value="{stage.posts["director"]}"' in offered and "振興課長の人" in offered
    assert " checked" not in offered, "of the planned route, none is taken by itself"
    answer = ask(as_, ref, "会計課長", preview_note="積算を見てください", text="書き直した伺い文")
    assert answer.status_code == 302 and answer["Location"].endswith("#h-previews")
    inbox = as_("budget").get("/").content.decode()
    assert "事前確認を頼まれています" in inbox and "積算を見てください" in inbox
    shown = as_("budget").get(address(ref, "preview/")).content.decode()
    assert "書き直した伺い文" in shown and "政策局長の人" in shown and "案.txt" in shown
    preview = Preview.objects.get()
    file = shown.split(f"/drafts/{ref.tenant_id}-{ref.draft_id}/preview/attachments/")[1].split("/")[0]
    read = as_("budget").get(address(ref, f"preview/attachments/{file}/"))
    assert read.status_code == 200
    put_away(read)
    version = shown.split('name="version" value="')[1].split('"')[0]
    form = {"preview": str(preview.id), "version": version, "remark": SAID}
    assert as_("budget").post(address(ref, "preview/"), form).status_code == 302
    assert "返事済み" in as_("budget").get(address(ref, "preview/")).content.decode()
    assert "事前確認を頼まれています" not in as_("budget").get("/").content.decode()
    mine = as_("chief").get(address(ref)).content.decode()
    assert SAID in mine and "この返事の後に、下書きが変わっています" not in mine
    inbox = as_("chief").get("/").content.decode()
    assert "1件中1件に返事" in inbox and "事前確認の返事" in inbox and f'href="{address(ref)}"' in inbox
    as_("chief").post(address(ref), {"do": "save", "title": "別の件"})
    assert "この返事の後に、下書きが変わっています" in as_("chief").get(address(ref)).content.decode()
    case_id = stage.submit(ref).case_id
    history = as_("director").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()
    assert SAID in history and "（この後に下書きを変更）" in history


def test_a_post_that_is_not_one_is_refused_and_nothing_typed_is_lost(as_: SignIn, ref: DraftRef) -> None:
    answer = ask(as_, ref, "どこにもない職", preview_note="見てほしいところ", reason="急ぐため")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "どこにもない職" in page and "見てほしいところ" in page and "急ぐため" in page


def test_it_is_withdrawn_with_one_press(as_: SignIn, ref: DraftRef) -> None:
    ask(as_, ref, "会計課長")
    asked = Preview.objects.get()
    assert as_("chief").post(address(ref), {"do": f"unpreview:{asked.id}"}).status_code == 302
    assert as_("budget").get(address(ref, "preview/")).status_code == 404
    assert as_("chief").post(address(ref), {"do": "unpreview:x"}).status_code == 404


def test_a_remark_that_comes_after_the_submission_is_given_back(
    stage: Stage, as_: SignIn, ref: DraftRef
) -> None:
    ask(as_, ref, "会計課長")
    client, asked = as_("budget"), Preview.objects.get()
    stage.submit(ref)
    late = client.post(address(ref, "preview/"), {"preview": str(asked.id), "version": "1", "remark": SAID})
    page = late.content.decode()
    assert late.status_code == 409 and SAID in page and "提出されたか" in page


@pytest.mark.parametrize("version", ["", "x", "0", "99999999999"])
def test_a_remark_on_no_version_is_refused_and_given_back(as_: SignIn, ref: DraftRef, version: str) -> None:
    ask(as_, ref, "会計課長")
    asked = Preview.objects.get()
    sent = {"preview": str(asked.id), "version": version, "remark": SAID}
    answer = as_("budget").post(address(ref, "preview/"), sent)
    assert answer.status_code == 409 and SAID in answer.content.decode()
    assert as_("budget").post(address(ref, "preview/"), {**sent, "preview": "x"}).status_code == 404


def test_the_pages_are_in_english_too(as_: SignIn, ref: DraftRef) -> None:
    ask(as_, ref, "会計課長")
    page = as_("budget", "en").get(address(ref, "preview/")).content.decode()
    assert "Preview" in page and "Not submitted yet" in page
