"""A45 to A53: rejected, abandoned, cancelled; revised in flight, with the substance changed or not."""

from __future__ import annotations

import io

import pytest

from kessai.decisions.course import operations as course
from kessai.decisions.rules import CannotAct
from kessai.decisions.telling.queries import unseen
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from scenario import Scenario

R1 = ("deputy_director", "director")
R2 = (*R1, "budget", "document")


@pytest.mark.parametrize(("act", "state"), [("reject", "rejected"), ("abandon", "abandoned")])
def test_A45_A47_the_decider_ends_it_with_a_reason(on_stage: Scenario, act: str, state: str) -> None:
    case_id = on_stage.routed("r2", *R2)
    on_stage.act(act, case_id, "director_general", "時期を改める")
    case = on_stage.case(case_id)
    assert (case.state, case.number, on_stage.asked(case_id)) == (state, "", [])
    assert on_stage.page(case_id).history[-1].remark == "時期を改める"
    for code in ("chief", *R2):
        (last, *_) = unseen(actor=on_stage.stage.actor(code), at=on_stage.stage.now)
        assert (last.event, last.remark) == (state, "時期を改める")
        page = on_stage.page(case_id, code)
        assert (page.state, page.content.text) == (state, "下記のとおりとしてよろしいか伺います。")
    with pytest.raises(CannotAct, match="終わっています"):
        on_stage.course("withdraw", case_id)


@pytest.mark.parametrize("end", ["decide", "reject", "abandon", "cancel"])
def test_A46_no_end_state_leaves_a_request_in_an_inbox(on_stage: Scenario, end: str) -> None:
    case_id = on_stage.routed("r2", "deputy_director")
    on_stage.add(case_id, "director", "personnel", "consult")
    on_stage.add(case_id, "director", "general_affairs", "circulate")
    on_stage.stage.approve(case_id, "director", "budget", "document")
    on_stage.act("hold", case_id, "director_general", "考える")
    if end == "cancel":
        on_stage.course("cancel", case_id, reason="不要になった")
    else:
        on_stage.act(end, case_id, "director_general", "理由")
    assert on_stage.asked(case_id) == []
    assert (on_stage.state(case_id, "general_affairs") == "open") is (end == "decide")
    assert all(step.held_seq is None for step in on_stage.steps(case_id))


def test_A48_the_drafter_cancels_in_flight(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget")
    assert on_stage.inbox("document") == [("consent", case_id)]
    on_stage.course("cancel", case_id, reason="予算がつかなかった")
    assert (on_stage.case(case_id).state, on_stage.asked(case_id)) == ("cancelled", [])
    assert on_stage.inbox("document") == []
    with pytest.raises(CannotAct):
        on_stage.resubmit(case_id, substance=False)


def test_A48_a_returned_case_can_be_cancelled_too(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    on_stage.stage.send_back(case_id, "deputy_director")
    on_stage.course("cancel", case_id, reason="取り下げる")
    assert on_stage.case(case_id).state == "cancelled"


def test_A49_a_change_of_substance_voids_the_consents(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R2)
    on_stage.revise(case_id, substance=True, text="補助率を三分の二とする。")
    assert on_stage.asked(case_id) == ["deputy_director"]
    assert on_stage.standing(case_id) == on_stage.standing(case_id, "consented") == []
    assert on_stage.inbox("director_general") == []
    given = [e.stands for e in on_stage.page(case_id).history if e.kind in ("approved", "consented")]
    assert given == [False] * 4, "lapsed, and still in the history"
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["budget", "document"]
    on_stage.stage.approve(case_id, "budget", "document")
    assert on_stage.stage.decide(case_id).number


def test_A50_a_change_that_leaves_the_substance_keeps_the_consents(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget")
    before = on_stage.stage.seen(case_id)
    on_stage.revise(case_id, substance=False, text="日付を直した。")
    assert on_stage.asked(case_id) == ["document"]
    assert on_stage.inbox("document") == [("consent", case_id)]
    assert on_stage.standing(case_id) == list(R1)
    assert on_stage.standing(case_id, "consented") == ["budget"]
    with pytest.raises(CannotAct, match="内容が変わっています"):
        on_stage.act("approve", case_id, "document", seen=before)
    on_stage.stage.approve(case_id, "document")
    assert on_stage.asked(case_id) == ["director_general"]


def test_A51_a_consenting_unit_objects_to_substance_unchanged(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget")
    on_stage.revise(case_id, substance=False, text="日付を直した。")
    on_stage.stage.approve(case_id, "document")
    with pytest.raises(CannotAct, match="修正はありません"):
        on_stage.act("object_to", case_id, "document", "主旨が変わった")
    on_stage.act("object_to", case_id, "budget", "主旨が変わった")
    assert on_stage.asked(case_id) == ["budget"]
    assert on_stage.standing(case_id, "consented") == ["document"]
    on_stage.stage.approve(case_id, "budget")
    assert on_stage.asked(case_id) == ["director_general"]


def test_A52_an_act_is_bound_to_the_revision_that_was_on_the_screen(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", *R1)
    before = on_stage.stage.seen(case_id)
    on_stage.revise(case_id, substance=False, text="語句を直した。")
    with pytest.raises(CannotAct, match="内容が変わっています") as refused:
        on_stage.act("decide", case_id, "director_general", seen=before)
    assert refused.value.changed
    assert on_stage.case(case_id).number == ""
    assert on_stage.stage.decide(case_id).number
    assert on_stage.case(case_id).revision == 2


def test_A35_S18_a_changed_amount_has_the_route_read_again(on_stage: Scenario) -> None:
    case_id = on_stage.routed("contract", "deputy_director", amount="8000000", counterparty="試験社")
    assert on_stage.asked(case_id) == ["budget"]
    on_stage.revise(case_id, substance=False, amount="12000000")
    kinds = {step.kind: step.post_id for step in on_stage.steps(case_id)}
    assert kinds["decide"] == on_stage.stage.posts["director_general"]
    assert on_stage.standing(case_id) == ["deputy_director"]


def test_a_revision_in_hand_holds_nobody_up_and_ends_with_the_decision(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", *R1)
    on_stage.rework(case_id, begin=True, text="まだ出していない直し。")
    on_stage.stage.decide(case_id)
    with pytest.raises(CannotAct, match="決裁された"):
        on_stage.course("revise", case_id, substance=False)


def test_nobody_else_revises_withdraws_or_cancels(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    for act, more in (("withdraw", {}), ("cancel", {"reason": "x"}), ("revise", {"substance": True})):
        with pytest.raises(CannotAct, match="起案した職"):
            on_stage.course(act, case_id, "deputy_director", **more)


def test_a_revision_that_was_not_put_in_leaves_none_of_its_files_behind_at_the_end(
    on_stage: Scenario,
) -> None:
    stage = on_stage.stage
    case_id = stage.submit(stage.draft("r1", files=[("見積.txt", b"1"), ("図面.txt", b"2")])).case_id
    stage.approve(case_id, "deputy_director", "director")
    where = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id}
    course.begin_revision(case_id=case_id, at=stage.later(), **where)
    drafting.attach(
        draft_id=case_id,
        filename="新しい見積.txt",
        title="",
        stream=io.BytesIO(b"3"),
        at=stage.later(),
        **where,
    )
    stage.decide(case_id)
    files = drafts.attachments(tenant_id=stage.tenant_id, draft_id=case_id)
    assert [file.filename for file in files] == ["見積.txt", "図面.txt"]
