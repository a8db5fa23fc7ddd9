"""Marking and restriction on the draft and the case; clearances on the chart; nothing for others."""

from __future__ import annotations

from uuid import uuid4

import pytest

from clearances import ALL, MARKED, RESTRICTED, clear
from stage import Stage
from visitors import SignIn

FORM = {"title": "地域振興の件", "text": "本文。", "do": "submit"}


def test_the_form_raises_the_marking_only_and_says_what_is_missing(stage: Stage, as_: SignIn) -> None:
    ref = stage.draft()
    where = f"/drafts/{stage.tenant_id}-{ref.draft_id}/"
    page = as_("chief").get(where).content.decode()
    assert "いまは機密性2" in page and '<option value="confidentiality3"' in page
    assert '<option value="confidentiality1"' not in page and "関係者限り" in page
    sent = {**FORM, "marking": MARKED, "restriction": RESTRICTED, "act_id": str(uuid4())}
    refused = as_("chief").post(where, sent)
    text = refused.content.decode()
    assert refused.status_code == 409 and "文書課長（文書課長の人）に指定を頼んでください" in text
    assert 'value="confidentiality3" selected' in text and "本文。" in text
    clear(stage, *ALL)
    assert as_("chief").post(where, sent).status_code == 302
    case = f"/cases/{stage.tenant_id}-{ref.draft_id}/"
    shown = as_("deputy_director").get(case).content.decode()
    assert "機密性3" in shown and RESTRICTED in shown
    assert "Confidentiality 3" in as_("deputy_director", "en").get(case).content.decode()
    clear(stage, "deputy_director", covers=())
    assert as_("deputy_director").get(case).status_code == 404
    assert "地域振興" not in as_("deputy_director").get("/").content.decode()
    assert as_("deputy_director").post(case, {"do": "approve", "position": "1"}).status_code == 404


@pytest.mark.parametrize(("by", "sees"), [("director", True), ("document", True), ("budget", False)])
def test_clearances_are_shown_to_those_they_concern_and_those_who_give_them(
    stage: Stage, as_: SignIn, by: str, sees: bool
) -> None:
    clear(stage, "director", covers=(MARKED, "*"))
    clear(stage, "director", covers=(RESTRICTED,), person=True)
    post = f"/chart/{stage.tenant_id}/posts/{stage.posts['director']}/"
    person = f"/chart/{stage.tenant_id}/people/{stage.people['director']}/"
    for where, words in ((post, ("機密性3", "すべて")), (person, (RESTRICTED,))):
        page = as_(by).get(where).content.decode().split("<main")[1]
        assert ("扱いの指定" in page) is sees
        assert all((word in page) is sees for word in words)


def test_why_a_deputy_was_passed_over_is_in_the_history_of_the_case(stage: Stage, as_: SignIn) -> None:
    from decisions.deputies import acts, at_decider, away, with_deputies

    with_deputies(stage)
    clear(stage, *ALL)
    case_id = at_decider(stage, marking=MARKED)
    away(stage, "director_general")
    acts(stage, case_id, "general_affairs")
    page = as_("chief").get(f"/cases/{stage.tenant_id}-{case_id}/").content.decode()
    assert "第1順位 審議官は格付・取扱制限の案件を扱う指定がないため飛ばした" in page
