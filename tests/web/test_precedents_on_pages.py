"""Beginning from a precedent in the browser: found while typing, copied by one press, what is new each time marked."""

from __future__ import annotations

from uuid import UUID

from kessai.decisions.precedents import queries as precedents
from kessai.drafting import queries as drafts
from stage import Stage
from visitors import SignIn

TITLE = "令和7年度 定員管理に関する意識調査の委託について"


def decided(stage: Stage) -> UUID:
    case_id = stage.submitted("contract", title=TITLE, amount="5500000", counterparty="青葉総合調査株式会社")
    stage.approve(case_id, "deputy_director", "budget")
    stage.decide(case_id, "director")
    return case_id


def test_it_is_offered_while_one_types_and_copied_by_one_press(stage: Stage, as_: SignIn) -> None:
    case_id = decided(stage)
    ref = f"{stage.tenant_id}-{case_id}"
    client = as_("chief")
    assert "最近の決裁から始める" in client.get("/drafts/new/").content.decode()
    live = client.get(
        "/drafts/new/?want=意識調査を委託したい", headers={"hx-request": "true"}
    ).content.decode()
    assert "似た決裁から始める" in live and TITLE in live and f'value="{ref}"' in live and "<html" not in live
    assert (
        "Start from a similar decision"
        in as_("chief", "en").get("/drafts/new/?want=意識調査").content.decode()
    )
    begun = client.post("/drafts/new/", {"post": stage.posts["chief"], "follow": ref})
    page = client.get(begun.headers["Location"]).content.decode()
    assert 'name="as_carried" value="title"' in page and 'name="as_carried" value="amount"' in page
    assert 'name="as_carried" value="counterparty"' not in page
    assert "「金額（税込）」が前の案件のままです" in page and ref in page
    assert page.count("前の案件のままです") == 2, (
        "said in the check, and beside the field without calling it wrong"
    )


def test_a_precedent_is_shown_in_english_where_its_kind_of_matter_and_its_unit_have_english_names(
    stage: Stage, as_: SignIn
) -> None:
    decided(stage)
    [offered] = precedents.similar(
        actor=stage.actor("chief"),
        post=drafts.posts_to_begin_as(actor=stage.actor("chief"), at=stage.now)[stage.posts["chief"]],
        at=stage.now,
    )
    page = as_("chief", "en").get("/drafts/new/?want=意識調査").content.decode()
    listed = page[page.index('class="alike-l"') : page.index('class="kind-l"')]
    assert offered.matter_name_en and offered.matter_name_en in listed and offered.matter_name not in listed
    assert offered.unit_name_en and offered.unit_name_en in listed and offered.unit_name not in listed


def test_what_stays_is_ticked_and_the_draft_is_submitted(stage: Stage, as_: SignIn) -> None:
    ref = f"{stage.tenant_id}-{decided(stage)}"
    client = as_("chief")
    where = client.post("/drafts/new/", {"post": stage.posts["chief"], "follow": ref}).headers["Location"]
    refused = client.post(where, {"do": "submit"})
    assert refused.status_code == 409 and "このままでよい" in refused.content.decode()
    live = {"hx-request": "true"}
    changed = client.post(where, {"do": "save", "title": "令和8年度の調査"}, headers=live).content.decode()
    assert 'id="c-title" hx-swap-oob="true"></div>' in changed and 'id="keep-amount"' in changed
    sent = {"do": "submit", "title": "令和8年度の調査", "as_carried": ["amount"]}
    case = client.post(where, sent).headers["Location"]
    assert "/cases/" in case and "この案件の先例" in client.get(case).content.decode()


def test_a_precedent_one_may_not_see_or_that_is_none_begins_nothing(stage: Stage, as_: SignIn) -> None:
    ref = f"{stage.tenant_id}-{decided(stage)}"
    for follow in (ref, f"{stage.tenant_id}-00000000-0000-0000-0000-000000000000", "nothing"):
        answer = as_("personnel").post("/drafts/new/", {"post": stage.posts["personnel"], "follow": follow})
        assert answer.status_code in (404, 409), follow


def test_a_text_of_several_lines_sent_by_a_browser_is_still_as_it_was(stage: Stage, as_: SignIn) -> None:
    text = "令和7年度の調査について伺います。\n\n記\n1　内容"
    case_id = stage.submitted(
        "contract", title="調査の委託", amount="5500000", counterparty="青葉", text=text
    )
    stage.approve(case_id, "deputy_director", "budget")
    stage.decide(case_id, "director")
    follow = {"post": stage.posts["chief"], "follow": f"{stage.tenant_id}-{case_id}"}
    client = as_("chief")
    where = client.post("/drafts/new/", follow).headers["Location"]
    sent = {"do": "submit", "amount": "600万円", "text": text.replace("\n", "\r\n")}
    refused = client.post(where, sent)
    assert refused.status_code == 409 and 'name="as_carried" value="text"' in refused.content.decode()


def test_the_post_that_was_on_the_page_is_the_one_that_drafts(stage: Stage, as_: SignIn) -> None:
    follow = {"post": stage.posts["budget"], "follow": f"{stage.tenant_id}-{decided(stage)}"}
    answer = as_("chief").post("/drafts/new/", follow)
    assert answer.status_code == 409 and "この職をきょうは持っていない" in answer.content.decode()
