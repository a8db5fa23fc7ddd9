"""事前確認: whoever is asked to look at a draft gets a mail, and the drafter hears of the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from clearances import MARKED, clear
from decisions.deputies import secretary, setting
from kessai.decisions.models import Notice
from kessai.decisions.previewing import operations
from kessai.decisions.telling import queries as telling
from kessai.drafting import operations as drafting
from kessai.drafting.operations import DraftRef
from notifications.conftest import Post
from scenario import Scenario

NOTE, SAID = "単価の根拠を見てください", "別紙にしてください"


def here(on: Scenario, ref: DraftRef, by: str) -> dict[str, Any]:
    stage = on.stage
    return {
        "actor": stage.actor(by),
        "tenant_id": stage.tenant_id,
        "draft_id": ref.draft_id,
        "at": stage.later(),
    }


def ask(on: Scenario, ref: DraftRef, to: str, by: str = "chief", act_id: UUID | None = None) -> UUID:
    post_id = on.stage.posts[to]
    return operations.ask(**here(on, ref, by), post_id=post_id, act_id=act_id or uuid4(), note=NOTE)


def answer(on: Scenario, ref: DraftRef, preview: UUID, by: str, text: str = SAID) -> None:
    operations.remark(**here(on, ref, by), preview_id=preview, version=1, text=text)


def told(on: Scenario, by: str) -> list[tuple[str, str, str]]:
    found = telling.unseen(actor=on.stage.actor(by), at=on.stage.now)
    return [(one.about, f"{one.post_title} {one.person_name}", one.remark) for one in found]


def test_who_is_asked_gets_a_mail_at_once_and_the_drafter_hears_of_the_answer(
    on_stage: Scenario, post: Post
) -> None:
    ref = on_stage.stage.draft("r1")
    act_id = uuid4()
    preview = ask(on_stage, ref, "document", act_id=act_id)
    assert ask(on_stage, ref, "document", act_id=act_id) == preview
    assert post.run() == [("document", "【決裁】案件が待っています")]
    assert f"/drafts/{on_stage.stage.tenant_id}-{ref.draft_id}/preview/" in post.text()
    assert NOTE not in post.text() and told(on_stage, "document") == [], "it is in the inbox by itself"
    answer(on_stage, ref, preview, "document")
    answer(on_stage, ref, preview, "document")
    assert told(on_stage, "chief") == [("previewed", "文書課長 文書課長の人", SAID)]
    post.run()
    assert Notice.objects.filter(about="previewed").count() == 1


def test_a_title_that_is_not_hidden_stands_in_the_mail_with_what_it_is(
    on_stage: Scenario, post: Post
) -> None:
    setting(on_stage.stage, "mail_hides_title_from", "never")
    ref = on_stage.stage.draft("r1")
    ask(on_stage, ref, "document")
    assert post.run() == [("document", "【決裁】事前確認の依頼：地域振興の件")]
    assert "振興係長 振興係長の人" in post.text()


def test_what_was_withdrawn_or_submitted_by_then_is_not_mailed(on_stage: Scenario, post: Post) -> None:
    first, second = on_stage.stage.draft("r1"), on_stage.stage.draft("r1")
    preview = ask(on_stage, first, "document")
    operations.withdraw(**here(on_stage, first, "chief"), preview_id=preview)
    answered = ask(on_stage, second, "document")
    answer(on_stage, second, answered, "document")
    on_stage.stage.submit(second)
    assert [to for to, _ in post.run()] == ["deputy_director"]
    assert told(on_stage, "chief") == []


def test_a_draft_that_was_thrown_away_takes_its_notices_along(on_stage: Scenario, post: Post) -> None:
    ref = on_stage.stage.draft("r1")
    ask(on_stage, ref, "document")
    drafting.discard(**here(on_stage, ref, "chief"))
    assert post.run() == [] and not Notice.objects.exists()


def test_a_secretary_who_asked_hears_of_the_answer_and_so_does_the_drafter(
    on_stage: Scenario, post: Post
) -> None:
    secretary(on_stage.stage, "personnel", of="chief")
    ref = on_stage.stage.draft("r1")
    preview = ask(on_stage, ref, "document", by="personnel")
    answer(on_stage, ref, preview, "document", "")
    heard = [("previewed", "文書課長 文書課長の人", "")]
    assert told(on_stage, "personnel") == told(on_stage, "chief") == heard
    assert told(on_stage, "director") == []
    assert post.run() == [], "it was answered by then, and notices come in the morning"


@pytest.mark.parametrize("cleared", [True, False])
def test_only_those_cleared_for_it_are_told(on_stage: Scenario, post: Post, cleared: bool) -> None:
    stage = on_stage.stage
    clear(stage, "chief", "document")
    ref = stage.draft("r1", marking=MARKED)
    ask(on_stage, ref, "document")
    if not cleared:
        clear(stage, "document", covers=())
    assert [to for to, _ in post.run()] == (["document"] if cleared else [])
