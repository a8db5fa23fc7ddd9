"""What arrives is marked: of confidentiality 3 only those cleared for it find anything, as of cases (S28)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from mail_room import TYPED, act, inbox, page, receive, register

from clearances import MARKED, clear
from kessai.decisions import queries as cases
from kessai.decisions.models import Receipt
from kessai.decisions.operations import CannotSubmit
from kessai.decisions.receiving import queries
from kessai.decisions.receiving.rules import Typed
from kessai.decisions.rules import CannotAct
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.kernel.errors import NotFound
from stage import Stage
from visitors import SignIn


def finds(stage: Stage, receipt_id: UUID, by: str) -> list[str]:
    """Every way by which somebody finds a receipt."""
    actor, at = stage.actor(by), stage.now
    found = []
    try:
        page(stage, receipt_id, by)
        found.append("address")
    except NotFound:
        pass
    if queries.search(actor=actor, words="要件の解釈", at=at):
        found.append("search")
    if inbox(stage, by):
        found.append("inbox")
    if cases.waiting(actor=actor, at=at):
        found.append("count")
    return found


def test_only_those_cleared_find_it_by_address_search_register_inbox_and_count(stage: Stage) -> None:
    clear(stage, "chief", "deputy_director")
    plain, marked = receive(stage), receive(stage, marking=MARKED)
    row = Receipt.objects.get(id=marked.receipt_id)
    assert (row.marking, row.needs) == (MARKED, [MARKED])
    act(stage, "assign", marked.receipt_id, post_id=stage.posts["deputy_director"])
    everywhere = ["address", "search", "inbox", "count"]
    assert finds(stage, marked.receipt_id, "deputy_director") == everywhere
    clear(stage, "deputy_director", covers=())
    assert register(stage, "deputy_director") == [plain.number]
    assert finds(stage, marked.receipt_id, "deputy_director") == ["search"], "the other one"
    assert [line.number for line in found_by(stage, "deputy_director")] == [plain.number]
    assert register(stage) == [marked.number, plain.number]
    with pytest.raises(NotFound):
        queries.file(
            actor=stage.actor("deputy_director"),
            tenant_id=stage.tenant_id,
            receipt_id=marked.receipt_id,
            position=1,
            at=stage.now,
        )
    with pytest.raises(NotFound):
        act(stage, "handle", marked.receipt_id, "deputy_director", reason="見た")


def found_by(stage: Stage, by: str) -> tuple[queries.Line, ...]:
    return queries.search(actor=stage.actor(by), words="要件の解釈", at=stage.now)


def test_nobody_registers_nor_corrects_it_into_what_they_may_not_see(stage: Stage) -> None:
    with pytest.raises(CannotAct, match="指定を、あなたは受けていません"):
        receive(stage, marking=MARKED)
    done = receive(stage)
    assert done.number.endswith("第1号"), "the refused one took no number"
    higher = Typed(**{**TYPED, "marking": MARKED})
    with pytest.raises(CannotAct, match="受けていません"):
        act(
            stage,
            "correct",
            done.receipt_id,
            typed=higher,
            files=page(stage, done.receipt_id).files,
            reason="誤り",
        )
    clear(stage, "chief")
    act(
        stage,
        "correct",
        done.receipt_id,
        typed=higher,
        files=page(stage, done.receipt_id).files,
        reason="誤り",
    )
    assert page(stage, done.receipt_id).particulars.marking == MARKED
    with pytest.raises(NotFound):
        page(stage, done.receipt_id, "deputy_director")


def test_a_marking_that_is_none_is_refused(stage: Stage) -> None:
    with pytest.raises(CannotAct, match="格付がありません"):
        receive(stage, marking="secret")


def test_it_is_given_only_to_a_post_with_somebody_who_may_see_it(stage: Stage) -> None:
    clear(stage, "chief")
    done = receive(stage, marking=MARKED)
    with pytest.raises(CannotAct, match="扱える人がいません"):
        act(stage, "assign", done.receipt_id, post_id=stage.posts["deputy_director"])


def test_it_is_added_only_to_a_case_that_is_marked_as_high(stage: Stage) -> None:
    clear(stage, "chief", "deputy_director", "director")
    done = receive(stage, marking=MARKED)
    plain = stage.submitted("r1")
    with pytest.raises(CannotAct, match="格付のそれより低い案件"):
        act(stage, "join", done.receipt_id, case_id=plain)
    marked = stage.submitted("r1", marking=MARKED)
    act(stage, "join", done.receipt_id, case_id=marked)
    assert len(named(stage, marked, "deputy_director")) == 1


def named(stage: Stage, case_id: UUID, by: str) -> tuple[queries.OfCase, ...]:
    return queries.of_case(actor=stage.actor(by), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now)


def test_a_reply_is_marked_so_and_not_submitted_lower(stage: Stage) -> None:
    clear(stage, "chief", "deputy_director", "director", "director_general")
    done = receive(stage, marking=MARKED)
    ref = act(stage, "begin", done.receipt_id, matter_code="r1")
    where: dict[str, Any] = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id}
    draft = drafts.draft(draft_id=ref.draft_id, at=stage.now, **where)
    assert draft.typed["marking"] == MARKED
    save(stage, ref.draft_id, marking="", text="回答してよろしいか伺います。")
    preview = cases.preview(draft_id=ref.draft_id, at=stage.now, **where)
    assert [problem.field for problem in preview.problems] == ["marking"]
    with pytest.raises(CannotSubmit) as refused:
        stage.submit(ref)
    assert "政振収第1号は機密性3" in str(refused.value.problems[0].text)
    save(stage, ref.draft_id, marking=MARKED)
    case_id = stage.submit(ref).case_id
    assert len(named(stage, case_id, "chief")) == 1


def save(stage: Stage, draft_id: UUID, **typed: str) -> None:
    drafting.save(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        draft_id=draft_id,
        typed=typed,
        version=None,
        at=stage.later(),
    )


def test_where_it_is_marked_higher_later_a_case_names_it_to_those_cleared_only(stage: Stage) -> None:
    clear(stage, "chief")
    done = receive(stage)
    case_id = stage.submitted("r1")
    act(stage, "join", done.receipt_id, case_id=case_id)
    assert len(named(stage, case_id, "deputy_director")) == 1
    higher = Typed(**{**TYPED, "marking": MARKED})
    act(
        stage,
        "correct",
        done.receipt_id,
        typed=higher,
        files=page(stage, done.receipt_id).files,
        reason="誤り",
    )
    assert named(stage, case_id, "deputy_director") == ()
    assert len(named(stage, case_id, "chief")) == 1


def test_the_pages_ask_for_the_marking_and_show_it(stage: Stage, as_: SignIn) -> None:
    form = as_("chief").get("/receipts/new/").content.decode()
    assert '<option value="confidentiality2" selected>機密性2' in form
    clear(stage, "chief")
    done = receive(stage, marking=MARKED)
    client = as_("chief")
    assert "機密性3" in client.get(f"/receipts/{stage.tenant_id}-{done.receipt_id}/").content.decode()
    listed = client.get("/receipts/").content.decode()
    assert "機密性3</span>" in listed and "番号が抜けて見える" in listed
    assert "機密性3" in client.get("/receipts/register.csv").content.decode("utf-8-sig")
    assert as_("director").get(f"/receipts/{stage.tenant_id}-{done.receipt_id}/").status_code == 404
