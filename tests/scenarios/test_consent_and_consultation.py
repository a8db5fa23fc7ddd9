"""A08 to A12: consents refused and settled, consultations, circulation."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from kessai.decisions import queries
from kessai.decisions.models import DecidedOriginal, Event
from kessai.decisions.rules import CannotAct
from kessai.decisions.sheet import sheet
from kessai.decisions.telling.queries import unseen
from scenario import Scenario

BEFORE = ("deputy_director", "director")
ASKED_BY = date(2026, 10, 16)


def test_A08_a_refused_consent_stops_the_decision_not_the_other_units(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *BEFORE)
    on_stage.act("refuse_consent", case_id, "budget", "積算の根拠がありません")
    assert on_stage.asked(case_id) == ["document"]
    on_stage.stage.approve(case_id, "document")
    assert on_stage.asked(case_id) == []
    assert on_stage.inbox("director_general") == []
    with pytest.raises(CannotAct, match="まだ"):
        on_stage.stage.decide(case_id)
    for code in ("chief", *BEFORE):
        (notice,) = unseen(actor=on_stage.stage.actor(code), at=on_stage.stage.now)
        assert (notice.event, notice.post_title, notice.person_name, notice.remark) == (
            "refused",
            "会計課長",
            "会計課長の人",
            "積算の根拠がありません",
        )


def test_A09_a_refusing_unit_can_turn_to_agree(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *BEFORE)
    on_stage.act("refuse_consent", case_id, "budget", "積算の根拠がありません")
    on_stage.stage.approve(case_id, "document", "budget")
    assert on_stage.asked(case_id) == ["director_general"]
    assert on_stage.standing(case_id, "consented") == ["document", "budget"]
    refused = next(e for e in on_stage.page(case_id).history if e.kind == "refused")
    assert (refused.remark, refused.stands) == ("積算の根拠がありません", False)


def test_A10_an_unsettled_refusal_goes_up_to_the_common_superior(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *BEFORE)
    on_stage.act("refuse_consent", case_id, "budget", "反対です")
    on_stage.stage.approve(case_id, "document")
    on_stage.course("escalate", case_id, reason="三回協議したが折り合わない")
    assert on_stage.asked(case_id) == ["vice_minister"]
    assert on_stage.inbox("vice_minister") == [("settle", case_id)]
    both = {(e.kind, e.remark) for e in on_stage.page(case_id, "vice_minister").history}
    assert both >= {("refused", "反対です"), ("escalated", "三回協議したが折り合わない")}
    with pytest.raises(CannotAct, match="もう裁定に出されて"):
        on_stage.course("escalate", case_id, reason="もう一度")
    with pytest.raises(CannotAct):
        on_stage.stage.decide(case_id)
    decider = on_stage.page(case_id).decider
    assert decider is not None and decider.post_title == "政策局長"
    on_stage.act("settle", case_id, "vice_minister", "このまま進める")
    assert on_stage.asked(case_id) == ["director_general"]
    assert on_stage.state(case_id, "budget") == "overruled"
    assert on_stage.stage.decide(case_id).number


def test_A10_the_common_superior_may_send_it_to_the_drafter(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *BEFORE)
    on_stage.act("refuse_consent", case_id, "budget", "反対です")
    on_stage.course("escalate", case_id, reason="折り合わない")
    on_stage.act("return_to_drafter", case_id, "vice_minister", "積算を見直すこと")
    assert on_stage.asked(case_id) == []
    assert on_stage.case(case_id).state == "returned"


def test_S22_a_refusal_taken_back_leaves_nothing_to_settle(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *BEFORE)
    on_stage.act("refuse_consent", case_id, "budget", "反対です")
    on_stage.course("escalate", case_id, reason="折り合わない")
    on_stage.act("take_back", case_id, "budget")
    assert on_stage.asked(case_id) == ["budget", "document"]
    on_stage.stage.approve(case_id, "budget", "document")
    assert on_stage.asked(case_id) == ["director_general"]


def test_S22_a_second_refusal_goes_up_with_the_first_to_who_is_above_all(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director")
    on_stage.add(case_id, "director", "general_affairs", "consent")
    on_stage.stage.approve(case_id, "director")
    on_stage.act("refuse_consent", case_id, "general_affairs", "局内で反対です")
    on_stage.course("escalate", case_id, reason="局内で折り合わない")
    assert on_stage.asked(case_id) == ["director_general"]
    on_stage.act("settle", case_id, "director_general", "進める")
    on_stage.act("refuse_consent", case_id, "budget", "反対です")
    on_stage.course("escalate", case_id, reason="折り合わない")
    assert on_stage.asked(case_id) == ["document", "vice_minister"]
    on_stage.act("refuse_consent", case_id, "document", "反対です")
    assert on_stage.asked(case_id) == []
    with pytest.raises(CannotAct):
        on_stage.act("settle", case_id, "vice_minister", "進める")
    assert on_stage.state(case_id, "document") == "refused"
    on_stage.course("escalate", case_id, reason="二課とも折り合わない")
    on_stage.act("settle", case_id, "vice_minister", "進める")
    assert on_stage.asked(case_id) == ["director_general"]


def test_S07_who_settles_and_returns_it_to_a_reviewer_is_asked_again_when_the_route_comes_back(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r2", *BEFORE, "document")
    on_stage.act("refuse_consent", case_id, "budget", "反対です")
    on_stage.course("escalate", case_id, reason="折り合わない")
    on_stage.act(
        "return_to", case_id, "vice_minister", "数字を確かめること", to=on_stage.position(case_id, "director")
    )
    assert on_stage.asked(case_id) == ["director"]
    with pytest.raises(CannotAct, match="もう裁定に出されて"):
        on_stage.course("escalate", case_id, reason="もう一度")
    on_stage.stage.approve(case_id, "director")
    assert on_stage.asked(case_id) == ["vice_minister"]


def test_nobody_takes_back_or_objects_while_the_drafter_has_the_case(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *BEFORE, "budget")
    on_stage.revise(case_id, substance=False, text="日付を直した。")
    on_stage.act("refuse_consent", case_id, "document", "反対です")
    on_stage.course("escalate", case_id, reason="折り合わない")
    on_stage.act("return_to_drafter", case_id, "vice_minister", "積算を見直すこと")
    for act, words in (("take_back", None), ("object_to", "主旨が変わった")):
        with pytest.raises(CannotAct, match="起案者に差し戻されて"):
            on_stage.act(act, case_id, "budget", words)
    assert on_stage.standing(case_id, "consented") == ["budget"]


def test_A11_a_consultation_without_an_answer_does_not_hold_up_the_decision(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "personnel", "consult", "定員への影響")
    assert on_stage.asked(case_id) == ["director", "personnel"]
    assert on_stage.inbox("personnel") == [("consult", case_id)]
    on_stage.stage.approve(case_id, "director")
    assert on_stage.stage.decide(case_id).number
    assert on_stage.asked(case_id) == on_stage.inbox("personnel") == []
    assert on_stage.state(case_id, "personnel") == "closed"
    original = DecidedOriginal.objects.get(case_id=case_id)
    made = sheet(json.loads(original.body), sha256=bytes(original.sha256).hex(), ministry="試験省")
    assert made["consulted"] == ["人事課長：決裁の日までに意見なし"]
    assert [stage.state for stage in on_stage.page(case_id).stages] == ["done"] * 3


def test_A11_until_the_day_asked_for_it_waits_in_their_inbox_and_the_decision_waits_for_nobody(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "personnel", "consult", "定員への影響", answer_by=ASKED_BY)
    [task] = queries.home(actor=on_stage.stage.actor("personnel"), at=on_stage.stage.now).inbox
    assert (task.kind, task.deadline, task.answer_by) == ("consult", ASKED_BY, ASKED_BY)
    [asked] = (s for stage in on_stage.page(case_id).stages for s in stage.steps if s.kind == "consult")
    assert (asked.post_title, asked.state, asked.answer_by) == ("人事課長", "open", ASKED_BY)
    assert (
        Event.objects.get(case_id=case_id, kind="step_added").payload["added"][0]["answer_by"] == "2026-10-16"
    )
    on_stage.stage.approve(case_id, "director")
    on_stage.stage.now = datetime(2026, 10, 14, 3, tzinfo=UTC)
    assert on_stage.stage.decide(case_id).number
    assert on_stage.inbox("personnel") == []
    assert on_stage.told(case_id) == ["chief", "personnel"]
    original = DecidedOriginal.objects.get(case_id=case_id)
    made = sheet(json.loads(original.body), sha256=bytes(original.sha256).hex(), ministry="試験省")
    assert made["consulted"] == [
        "人事課長：決裁の日までに意見なし（回答の期限 令和8年10月16日（金）（2026年））"
    ]


@pytest.mark.parametrize(
    ("kind", "day", "says"),
    [
        ("consult", date(2026, 10, 5), "回答の期限（2026/10/5）は、もう過ぎています"),
        ("consent", date(2026, 10, 24), "決裁の期限（2026/10/23）より後"),
        ("review", ASKED_BY, "合議と協議だけ"),
        ("circulate", ASKED_BY, "合議と協議だけ"),
    ],
)
def test_A11_a_day_that_cannot_be_asked_for_is_refused_in_the_users_words(
    on_stage: Scenario, kind: str, day: date, says: str
) -> None:
    case_id = on_stage.routed("r1", "deputy_director", deadline="2026-10-23")
    with pytest.raises(CannotAct, match=says):
        on_stage.add(case_id, "director", "personnel", kind, answer_by=day)


def test_A11_an_answer_may_come_after_the_deadline_where_that_is_said(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director", deadline="2026-10-23")
    late = date(2026, 10, 30)
    on_stage.add(case_id, "director", "personnel", "consent", answer_by=late, later=True)
    on_stage.add(case_id, "director", "budget", "consult", answer_by=date(2026, 10, 6))
    assert on_stage.step(case_id, "personnel").answer_by == late


def test_A11_who_is_asked_instead_is_asked_by_the_same_day_unless_it_has_passed(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "personnel", "consult", answer_by=ASKED_BY)
    to = on_stage.stage.posts
    on_stage.course(
        "move_consent",
        case_id,
        "personnel",
        position=on_stage.position(case_id, "personnel"),
        post_id=to["budget"],
        reason="所掌外",
    )
    assert on_stage.step(case_id, "budget").answer_by == ASKED_BY
    on_stage.stage.now = datetime(2026, 10, 19, 3, tzinfo=UTC)
    on_stage.course(
        "move_consent",
        case_id,
        "budget",
        position=on_stage.position(case_id, "budget"),
        post_id=to["document"],
        reason="所掌外",
    )
    assert on_stage.step(case_id, "document").answer_by is None


def test_A11_asked_again_after_a_return_it_is_by_the_same_day_unless_it_has_passed(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "personnel", "consult", answer_by=ASKED_BY)
    on_stage.add(case_id, "director", "budget", "consult", answer_by=date(2026, 10, 9))
    on_stage.stage.send_back(case_id, "director")
    on_stage.stage.now = datetime(2026, 10, 13, 3, tzinfo=UTC)
    shown = queries.preview(
        actor=on_stage.stage.actor("chief"),
        tenant_id=on_stage.stage.tenant_id,
        draft_id=case_id,
        at=on_stage.stage.now,
    )
    by_hand = [s for stage in shown.stages for s in stage.steps if s.by_hand]
    assert [(s.post_title, s.answer_by) for s in by_hand] == [("人事課長", ASKED_BY), ("会計課長", None)]
    on_stage.resubmit(case_id, substance=False, text="直した。")
    assert on_stage.step(case_id, "personnel").answer_by == ASKED_BY
    assert on_stage.step(case_id, "budget").answer_by is None


def test_A11_a_revision_in_flight_leaves_the_day_as_it_was_asked_for(on_stage: Scenario) -> None:
    case_id = on_stage.routed("contract", amount="1000000", counterparty="甲社")
    on_stage.add(case_id, "deputy_director", "personnel", "consult", answer_by=date(2026, 10, 7))
    on_stage.stage.now = datetime(2026, 10, 8, 3, tzinfo=UTC)
    on_stage.revise(case_id, substance=False, amount="20000000")
    assert on_stage.step(case_id, "personnel").answer_by == date(2026, 10, 7)


def test_A11_an_opinion_that_is_given_stays_with_the_case(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "personnel", "consult", "定員への影響")
    with pytest.raises(CannotAct, match="意見がありません"):
        on_stage.act("opine", case_id, "personnel", " ")
    on_stage.act("opine", case_id, "personnel", "影響はない")
    assert on_stage.asked(case_id) == ["director"]
    assert on_stage.step(case_id, "personnel").state == "done"


def test_A12_circulation_neither_blocks_nor_gives_a_say(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "general_affairs", "circulate")
    on_stage.add(case_id, "director", "personnel", "circulate")
    _only_reads(on_stage, case_id, "general_affairs", "personnel")
    on_stage.act("mark_read", case_id, "general_affairs")
    on_stage.stage.approve(case_id, "director")
    assert on_stage.stage.decide(case_id).number
    assert on_stage.inbox("personnel") == [("circulate", case_id)]
    _only_reads(on_stage, case_id, "personnel")
    on_stage.stage.later(days=3)
    on_stage.act("mark_read", case_id, "personnel")
    assert on_stage.inbox("personnel") == []
    (late,) = (step for step in on_stage.page(case_id).readers if step.post_title == "人事課長")
    assert (late.state, late.acted_at) == ("done", on_stage.stage.now)


def _only_reads(on_stage: Scenario, case_id: UUID, *posts: str) -> None:
    for code in posts:
        assert set(on_stage.page(case_id, code).acts) <= {"read", "forward"}
        for act in ("approve", "return_to_drafter", "reject"):
            with pytest.raises(CannotAct):
                on_stage.act(act, case_id, code, "だめです")


def test_A30_no_acting_decision_over_a_refused_consent(on_stage: Scenario) -> None:
    from decisions.deputies import away, back, with_deputies

    stage = with_deputies(on_stage.stage)
    case_id = on_stage.routed("r2", *BEFORE, "document")
    on_stage.act("refuse_consent", case_id, "budget", "反対です")
    on_stage.course("escalate", case_id, reason="折り合わない")
    on_stage.act("settle", case_id, "vice_minister", "このまま進める")
    absence = away(stage, "director_general")
    with pytest.raises(CannotAct, match="会計課長"):
        on_stage.act("decide", case_id, "councillor", position=on_stage.position(case_id, "director_general"))
    back(stage, "director_general", absence)
    assert stage.decide(case_id).number
