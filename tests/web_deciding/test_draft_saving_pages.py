"""A draft that is saved from several screens, and its versions, on the pages; nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kessai.drafting import queries as drafts
from kessai.drafting.operations import DraftRef
from stage import Stage
from visitors import SignIn

LIVE = {"HX-Request": "true"}


@pytest.fixture
def ref(stage: Stage) -> DraftRef:
    return stage.draft("r1", reason="理由")


def at(ref: DraftRef, rest: str = "") -> str:
    return f"/drafts/{ref.tenant_id}-{ref.draft_id}/{rest}"


class Tab:
    """A page of the draft as it was opened: what stands in its fields and what it says of its screen."""

    def __init__(self, client: Client, ref: DraftRef) -> None:
        self.client, self.ref = client, ref
        self.form: dict[str, Any] = {"act_id": str(uuid4())}
        self.take(client.get(at(ref)).content.decode())

    def take(self, page: str) -> None:
        """Take over what a whole page, or an answer to a save, says of the screen."""
        self.form["stood"] = re.findall(r'name="stood" value="([^"]*)"', page)
        for name in ("screen", "version"):
            if found := re.search(rf'name="{name}" id="{name}" value="([^"]*)"', page):
                self.form[name] = found[1]
        for name in ("title", "reason"):
            pattern = rf'name="{name}" value="([^"]*)"|name="{name}" rows[^>]*>\n([^<]*)</textarea>'
            if found := re.search(pattern, page):
                self.form[name] = found[1] or found[2] or ""

    def send(self, do: str = "save", live: bool = False, **typed: str) -> Any:
        self.form |= typed
        answer = self.client.post(at(self.ref), {**self.form, "do": do}, headers=LIVE if live else {})
        if answer.status_code != 302:
            self.take(answer.content.decode())
            self.form |= typed
        return answer


def stored(stage: Stage, ref: DraftRef) -> dict[str, str]:
    return drafts.draft(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    ).typed


def test_without_scripts_different_fields_of_two_screens_are_merged_and_that_is_said(
    stage: Stage, as_: SignIn, ref: DraftRef
) -> None:
    chief = as_("chief")
    one, other = Tab(chief, ref), Tab(chief, ref)
    assert one.send(title="一枚目の件名").status_code == 302
    sent = other.send(reason="二枚目の理由")
    assert sent.status_code == 302
    page = chief.get(sent["Location"]).content.decode()
    assert "ほかの画面で変更された項目を合わせました：件名" in page
    assert 'value="一枚目の件名"' in page and "二枚目の理由" in page


def test_without_scripts_the_same_field_is_shown_with_both_texts_until_one_is_chosen(
    stage: Stage, as_: SignIn, ref: DraftRef
) -> None:
    chief = as_("chief")
    one, other = Tab(chief, ref), Tab(chief, ref)
    one.send(title="一枚目の件名")
    late = other.send(title="二枚目の件名", reason="二枚目の理由")
    page = late.content.decode()
    assert late.status_code == 409
    assert "「件名」は、あなたのほかの画面でも変更されています" in page
    assert "一枚目の件名" in page and 'value="二枚目の件名"' in page
    assert (stored(stage, ref)["title"], stored(stage, ref)["reason"]) == ("一枚目の件名", "二枚目の理由")
    assert other.send(title="二枚目の件名").status_code == 409, "saving again chooses nothing"
    mine = re.search(r'value="(mine:title:[0-9a-f]+)"', page)
    assert mine and other.send(mine[1]).status_code == 302
    assert stored(stage, ref)["title"] == "二枚目の件名"


def test_a_page_that_answers_a_refused_save_says_which_of_its_fields_are_not_stored(
    stage: Stage, as_: SignIn, ref: DraftRef
) -> None:
    chief = as_("chief")
    one, other = Tab(chief, ref), Tab(chief, ref)
    one.send(title="一枚目の件名")
    assert 'data-unsaved="title"' in other.send(title="二枚目の件名", reason="二枚目の理由").content.decode()
    too_long = other.send(title="二枚目の件名", reason="あ" * 200_001)
    assert too_long.status_code == 409 and 'data-unsaved="title reason"' in too_long.content.decode()
    assert "data-unsaved" not in chief.get(at(ref)).content.decode()


def test_what_is_stored_can_be_chosen_too(stage: Stage, as_: SignIn, ref: DraftRef) -> None:
    chief = as_("chief")
    one, other = Tab(chief, ref), Tab(chief, ref)
    one.send(title="一枚目の件名")
    other.send(title="二枚目の件名")
    assert other.send("theirs:title").status_code == 302
    assert stored(stage, ref)["title"] == "一枚目の件名"


def test_a_choice_made_of_what_is_no_longer_stored_is_asked_again(
    stage: Stage, as_: SignIn, ref: DraftRef
) -> None:
    chief = as_("chief")
    one, other = Tab(chief, ref), Tab(chief, ref)
    one.send(title="一枚目の件名")
    page = other.send(title="二枚目の件名").content.decode()
    mine = re.search(r'value="(mine:title:[0-9a-f]+)"', page)
    Tab(chief, ref).send(title="三枚目の件名")
    assert mine
    again = other.send(mine[1])
    assert again.status_code == 409 and "三枚目の件名" in again.content.decode()


def test_as_you_type_the_screen_is_told_what_another_one_changed(
    stage: Stage, as_: SignIn, ref: DraftRef
) -> None:
    chief = as_("chief")
    one, other = Tab(chief, ref), Tab(chief, ref)
    one.send(live=True, title="一枚目の件名")
    answer = other.send(live=True, reason="二枚目の理由").content.decode()
    assert re.search(r'data-taken="title" data-mark="[0-9a-f]+">\n一枚目の件名<', answer)
    clash = other.send(live=True, title="二枚目の件名")
    assert clash.status_code == 409 and "「件名」は保存していません。" in clash.content.decode()


def test_a_submission_from_a_screen_that_another_one_overtook_is_not_made_unseen(
    stage: Stage, as_: SignIn, ref: DraftRef
) -> None:
    chief = as_("chief")
    one, other = Tab(chief, ref), Tab(chief, ref)
    one.send(reason="一枚目の理由")
    late = other.send("submit")
    page = late.content.decode()
    assert late.status_code == 409 and "ほかの画面の変更を合わせました。まだ提出していません。" in page
    assert "一枚目の理由" in page
    assert other.send("submit").status_code == 302
    assert not drafts.draft(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    ).open


def test_the_versions_are_listed_compared_and_restored(stage: Stage, as_: SignIn, ref: DraftRef) -> None:
    chief = as_("chief")
    Tab(chief, ref).send(title="地域活性化の件")
    listed = chief.get(at(ref, "versions/")).content.decode()
    assert "いまの内容" in listed and "変わった項目：件名" in listed and "振興係長の人" in listed
    oldest = re.findall(r"/versions/(\d+)/", listed)[-1]
    page = chief.get(at(ref, f"versions/{oldest}/")).content.decode()
    assert "活性化" in page and "の内容に戻す" in page
    restored = chief.post(at(ref, f"versions/{oldest}/"))
    assert restored.status_code == 302 and stored(stage, ref)["title"] == "地域振興の件"
    assert "前の版に戻す直前" in chief.get(at(ref, "versions/")).content.decode()
    assert chief.get(at(ref, "versions/999/")).status_code == 404
    assert as_("budget").get(at(ref, "versions/")).status_code == 404


def test_after_the_submission_versions_are_read_and_not_restored(
    stage: Stage, as_: SignIn, ref: DraftRef
) -> None:
    chief = as_("chief")
    Tab(chief, ref).send(title="地域活性化の件")
    stage.submit(ref)
    listed = chief.get(at(ref, "versions/")).content.decode()
    oldest = re.findall(r"/versions/(\d+)/", listed)[-1]
    assert "の内容に戻す" not in chief.get(at(ref, f"versions/{oldest}/")).content.decode()
    assert chief.post(at(ref, f"versions/{oldest}/")).status_code == 409


def test_a_crafted_version_or_name_of_a_screen_breaks_nothing(
    stage: Stage, as_: SignIn, ref: DraftRef
) -> None:
    tab = Tab(as_("chief"), ref)
    assert tab.send(title="件名", screen="a\x00b").status_code == 302
    assert stored(stage, ref)["title"] == "件名"
    stage.submit(ref)
    assert tab.send(title="提出の後の件名", version="9" * 5000).status_code == 409
