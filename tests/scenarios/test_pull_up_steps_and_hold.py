"""A05, A17, A23 to A25, A40 to A44: acting ahead, steps by hand, parallel reviewers, holds."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest

from kessai.decisions.models import DecidedOriginal
from kessai.decisions.queries import home
from kessai.decisions.rules import CannotAct
from kessai.decisions.sheet import sheet
from kessai.decisions.telling.queries import unseen
from scenario import Scenario


def test_A23_a_superior_acts_ahead_of_a_lower_step_which_becomes_a_post_reviewer(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.act("approve", case_id, "councillor", "急ぐため", ahead=True)
    assert on_stage.asked(case_id) == ["director_general"] and on_stage.inbox("director") == []
    (notice,) = unseen(actor=on_stage.stage.actor("director"), at=on_stage.stage.now)
    assert (notice.event, notice.post_title, notice.person_name) == ("approved", "審議官", "審議官の人")
    assert on_stage.step(case_id, "director", "review").state == "skipped"
    assert on_stage.standing(case_id) == ["deputy_director", "councillor"]
    on_stage.stage.decide(case_id)
    assert on_stage.step(case_id, "director", "post_review").state == "open"
    assert on_stage.inbox("director") == [("post_review", case_id)]
    original = DecidedOriginal.objects.get(case_id=case_id)
    made = sheet(json.loads(original.body), sha256=bytes(original.sha256).hex(), ministry="試験省")
    assert {line["label"]: line["value"] for row in made["facts"] for line in row}["後閲"] == "振興課長"
    approved = {box["post"] for row in made["seals"] for box in row if box["name"]}
    assert "振興課長" not in approved and {"振興課長補佐", "審議官"} <= approved


def test_A24_a_post_reviewer_marks_it_seen_and_can_undo_nothing(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.act("approve", case_id, "councillor", ahead=True)
    on_stage.stage.decide(case_id)
    number, original = on_stage.case(case_id).number, _original(case_id)
    position = on_stage.step(case_id, "director", "post_review").position
    for act in ("approve", "return_to_drafter", "reject"):
        with pytest.raises(CannotAct, match="決裁された") as refused:
            on_stage.act(act, case_id, "director", "異議", position=position)
        assert "新しい案件" in str(refused.value.remedy)
    on_stage.act("mark_read", case_id, "director", position=position, remark="承知しました")
    assert on_stage.step(case_id, "director", "post_review").state == "done"
    assert on_stage.inbox("director") == []
    seen = on_stage.page(case_id).history[-1]
    assert (seen.kind, seen.step_kind, seen.remark, seen.at) == (
        "read",
        "post_review",
        "承知しました",
        on_stage.stage.now,
    )
    assert (on_stage.case(case_id).state, on_stage.case(case_id).number) == ("decided", number)
    assert _original(case_id) == original


def _original(case_id: UUID) -> tuple[str, bytes]:
    original = DecidedOriginal.objects.get(case_id=case_id)
    return original.body, bytes(original.sha256)


def test_A25_a_pull_up_does_not_jump_a_consent(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director")
    with pytest.raises(CannotAct, match=r"会計課長.*文書課長"):
        on_stage.act("decide", case_id, "director_general", ahead=True)
    assert on_stage.asked(case_id) == ["director"]
    assert on_stage.inbox("director") == [("review", case_id)]


def test_S11_the_decider_may_act_ahead_and_decides(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    assert on_stage.act("decide", case_id, "director_general", ahead=True).number
    assert {
        on_stage.step(case_id, code, "post_review").state for code in ("deputy_director", "director")
    } == {"open"}


def test_a_pull_up_that_is_taken_back_asks_the_skipped_again(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.act("approve", case_id, "councillor", ahead=True)
    on_stage.act("take_back", case_id, "councillor")
    assert on_stage.asked(case_id) == ["director"]
    on_stage.stage.approve(case_id, "director", "councillor")
    on_stage.stage.decide(case_id)
    assert on_stage.step(case_id, "director", "post_review").state == "closed"


def test_A40_an_approver_adds_two_steps_behind_the_own_one(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "councillor")
    on_stage.add(case_id, "director", "general_affairs")
    on_stage.stage.approve(case_id, "director")
    for code in ("councillor", "general_affairs"):
        assert on_stage.asked(case_id) == [code]
        on_stage.stage.approve(case_id, code)
    assert on_stage.asked(case_id) == ["director_general"]
    for code in ("councillor", "general_affairs"):
        (reason,) = on_stage.step(case_id, code).reasons
        assert reason["params"] == {"post": "振興課長", "said": "確認のため"}


def test_A41_removing_the_waiting_added_step_starts_the_next_one(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "councillor")
    on_stage.add(case_id, "director", "general_affairs")
    on_stage.stage.approve(case_id, "director")
    with pytest.raises(CannotAct, match="加えた人だけ"):
        on_stage.course("remove_step", case_id, "chief", target=on_stage.position(case_id, "councillor"))
    on_stage.course("remove_step", case_id, "director", target=on_stage.position(case_id, "councillor"))
    assert on_stage.asked(case_id) == ["general_affairs"]
    assert on_stage.inbox("councillor") == []
    course = [(e.kind, e.about) for e in on_stage.page(case_id).history if e.about]
    assert course == [
        ("step_added", "政策局 審議官"),
        ("step_added", "総務課 総務課長"),
        ("step_removed", "政策局 審議官"),
    ]


def test_A42_a_step_that_the_table_demands_cannot_be_removed(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director")
    route = [(step.post_id, step.kind, step.state) for step in on_stage.steps(case_id)]
    for by in ("director", "chief"):
        with pytest.raises(CannotAct, match=r"別表第1.*2行"):
            on_stage.course("remove_step", case_id, by, target=on_stage.position(case_id, "budget"))
    assert [(step.post_id, step.kind, step.state) for step in on_stage.steps(case_id)] == route
    on_stage.revise(case_id, substance=False, text="会計課長の合議を外す。")
    assert [(step.post_id, step.kind, step.state) for step in on_stage.steps(case_id)] == route


def test_A43_a_consent_moved_to_the_right_unit_is_in_exactly_one_inbox(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "personnel", "consent", "定員に関わる")
    on_stage.stage.approve(case_id, "director")
    assert on_stage.asked(case_id) == ["personnel"]
    on_stage.course(
        "move_consent",
        case_id,
        "personnel",
        position=on_stage.position(case_id, "personnel"),
        post_id=on_stage.stage.posts["budget"],
        reason="所掌外",
    )
    assert on_stage.asked(case_id) == ["budget"]
    assert (on_stage.inbox("personnel"), on_stage.inbox("budget")) == ([], [("consent", case_id)])
    moved = on_stage.page(case_id).history[-1]
    assert (moved.kind, moved.post_title, moved.about, moved.remark) == (
        "moved",
        "人事課長",
        "会計課 会計課長",
        "所掌外",
    )
    on_stage.stage.approve(case_id, "budget")
    assert on_stage.asked(case_id) == ["director_general"]


def test_A43_a_consent_that_the_table_demands_is_not_moved(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director", "director")
    with pytest.raises(CannotAct, match="求めている"):
        on_stage.course(
            "move_consent",
            case_id,
            "budget",
            position=on_stage.position(case_id, "budget"),
            post_id=on_stage.stage.posts["personnel"],
            reason="所掌外",
        )


def test_A44_a_held_task_stays_in_sight_with_its_reason(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.act("hold", case_id, "director", "10月20日に数字がそろう")
    since = on_stage.stage.now
    assert on_stage.asked(case_id) == ["director"]
    (item,) = home(actor=on_stage.stage.actor("director"), at=since).inbox
    assert (item.case_id, item.kind, item.held) == (case_id, "review", True)
    assert on_stage.step(case_id, "director").held_seq == 3
    assert on_stage.page(case_id).history[-1].remark == "10月20日に数字がそろう"
    for code in ("chief", "deputy_director", "director", "director_general"):
        (held,) = (s for of in on_stage.page(case_id, code).stages for s in of.steps if s.held_at)
        assert (held.post_title, held.held_at, held.held_why) == (
            "振興課長",
            since,
            "10月20日に数字がそろう",
        )
    on_stage.act("resume", case_id, "director")
    (item,) = home(actor=on_stage.stage.actor("director"), at=on_stage.stage.now).inbox
    assert not item.held
    with pytest.raises(CannotAct, match="保留されていません"):
        on_stage.act("resume", case_id, "director")
    on_stage.act("hold", case_id, "director", "もう一日")
    on_stage.stage.later(days=1)
    on_stage.stage.approve(case_id, "director")
    assert on_stage.step(case_id, "director").held_seq is None
    history = on_stage.page(case_id).history
    lasted = [(e.at, e.held_until) for e in history if e.kind == "held"]
    ended = [e.at for e in history if e.kind in ("resumed", "approved")][1:]
    assert [until for _, until in lasted] == ended
    assert [until - at > timedelta(days=1) for at, until in lasted if until] == [False, True]
