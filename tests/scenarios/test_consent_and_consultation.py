"""A08 to A12: consents refused and settled, consultations, circulation."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from kessai.decisions.models import DecidedOriginal
from kessai.decisions.rules import CannotAct
from kessai.decisions.sheet import sheet
from kessai.decisions.telling.queries import unseen
from scenario import Scenario

BEFORE = ("deputy_director", "director")


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
