"""Consents of which a row of the table says that a number is enough (N-of-M); all others must all be given."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import stage as the_stage
from kessai.decisions import machine, replay
from kessai.decisions.models import DecidedOriginal
from kessai.decisions.rules import CannotAct
from kessai.decisions.sheet import by_number
from scenario import Scenario
from scenarios.conftest import assert_record_replays

BEFORE = ("deputy_director", "director")
THREE = {
    "number": 20,
    "matter_code": "three",
    "level": "director_general",
    "consents": ["accounting", "documents", "personnel"],
    "quorum": 2,
}


IMPORTANT = {**THREE, "number": 19, "flags": ["important"], "quorum": 1}


@pytest.fixture
def raised_by_flag(db: None) -> Iterator[Scenario]:
    """Of what is important, one consent is enough."""
    rows = (*the_stage.ROWS, IMPORTANT, THREE)
    scenario = Scenario(the_stage.build(rows=rows, matters=("three",)))
    yield scenario
    assert_record_replays(scenario)


@pytest.fixture
def on_stage(db: None) -> Iterator[Scenario]:
    scenario = Scenario(the_stage.build(rows=(*the_stage.ROWS, THREE), matters=("three",)))
    yield scenario
    assert_record_replays(scenario)


def states(on_stage: Scenario, case_id: object) -> dict[str, str]:
    return {code: on_stage.state(case_id, code) for code in ("budget", "document", "personnel")}  # type: ignore[arg-type]


def test_the_case_goes_on_with_the_second_of_three_and_nobody_is_asked_in_vain(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE, "budget")
    assert on_stage.asked(case_id) == ["document", "personnel"]
    on_stage.stage.approve(case_id, "document")
    assert on_stage.asked(case_id) == ["director_general"]
    assert states(on_stage, case_id) == {"budget": "done", "document": "done", "personnel": "spared"}
    assert on_stage.inbox("personnel") == []
    assert on_stage.told(case_id) == ["personnel"], "whose task is taken away is told"
    with pytest.raises(CannotAct, match="同意がそろい"):
        on_stage.stage.approve(case_id, "personnel")
    assert on_stage.stage.decide(case_id).number


def test_the_first_consent_is_enough_where_the_row_asks_for_one(raised_by_flag: Scenario) -> None:
    case_id = raised_by_flag.routed("three", *BEFORE, flags="important")
    assert raised_by_flag.asked(case_id) == ["budget", "document", "personnel"]
    raised_by_flag.stage.approve(case_id, "document")
    assert raised_by_flag.asked(case_id) == ["director_general"]
    assert states(raised_by_flag, case_id) == {"budget": "spared", "document": "done", "personnel": "spared"}


def test_the_page_counts_and_the_original_says_by_which_number(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE, "budget")
    [tally] = [stage.tally for stage in on_stage.page(case_id).stages if stage.tally]
    assert (tally.needed, tally.asked, tally.agreed, tally.enough) == (2, 3, 1, False)
    on_stage.stage.approve(case_id, "document")
    on_stage.stage.decide(case_id)
    original = json.loads(DecidedOriginal.objects.get(case_id=case_id).body)
    said = by_number(original["route"])
    assert said.startswith("3者のうち2者の同意で進む定め")
    assert "人事課長" in said


def test_one_refusal_does_not_stop_what_two_others_agree_to(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE)
    on_stage.act("refuse_consent", case_id, "budget", "積算の根拠がありません")
    with pytest.raises(CannotAct, match="まだ裁定に出せません"):
        on_stage.course("escalate", case_id, reason="折り合わない")
    on_stage.stage.approve(case_id, "document", "personnel")
    assert on_stage.state(case_id, "budget") == "outvoted"
    assert on_stage.told(case_id) == ["budget"]
    assert on_stage.asked(case_id) == ["director_general"]
    refused = next(e for e in on_stage.page(case_id).history if e.kind == "refused")
    assert refused.stands, "what a unit said stays said"
    with pytest.raises(CannotAct, match="同意がそろい"):
        on_stage.stage.approve(case_id, "budget")
    assert on_stage.stage.decide(case_id).number


def test_refusals_that_leave_too_few_are_settled_as_any(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE, "personnel")
    on_stage.act("refuse_consent", case_id, "budget", "反対です")
    on_stage.act("refuse_consent", case_id, "document", "反対です")
    with pytest.raises(CannotAct):
        on_stage.stage.decide(case_id)
    on_stage.course("escalate", case_id, reason="三回協議した")
    assert on_stage.asked(case_id) == ["vice_minister"]
    on_stage.stage.approve(case_id, "document")
    assert on_stage.asked(case_id) == ["director_general"], "who settles is asked no more"
    assert states(on_stage, case_id) == {"budget": "outvoted", "document": "done", "personnel": "done"}


def test_what_is_settled_lowers_the_number_but_is_no_consent(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE)
    for unit in ("budget", "document"):
        on_stage.act("refuse_consent", case_id, unit, "反対です")
    on_stage.course("escalate", case_id, reason="三回協議した")
    on_stage.act("settle", case_id, "vice_minister", "進める")
    assert on_stage.asked(case_id) == ["personnel"], "whoever is left is asked all the same"
    on_stage.stage.approve(case_id, "personnel")
    assert states(on_stage, case_id) == {
        "budget": "overruled",
        "document": "overruled",
        "personnel": "done",
    }
    on_stage.act("take_back", case_id, "personnel")
    assert on_stage.asked(case_id) == ["personnel"]


def test_when_all_refuse_and_it_is_settled_nobody_is_left_to_ask(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE)
    for unit in ("budget", "document", "personnel"):
        on_stage.act("refuse_consent", case_id, unit, "反対です")
    on_stage.course("escalate", case_id, reason="三回協議した")
    on_stage.act("settle", case_id, "vice_minister", "進める")
    assert on_stage.asked(case_id) == ["director_general"]


def test_a_refusal_that_stops_nothing_is_not_settled_with_another() -> None:
    steps = (
        replay.Step(1, 1, machine.CONSENT, 101, machine.REFUSED, acted=2, quorum=2),
        replay.Step(2, 1, machine.CONSENT, 102, machine.OPEN, quorum=2),
        replay.Step(3, 1, machine.CONSENT, 103, machine.DONE, acted=3, quorum=2),
        replay.Step(4, 1, machine.CONSENT, 104, machine.REFUSED, acted=4),
        replay.Step(5, 1, machine.SETTLE, 105, machine.OPEN),
        replay.Step(6, 2, machine.DECIDE, 106, machine.WAITING),
    )
    settled = replay.Happened(machine.SETTLED, 1, 5, seq=9)
    _, rounds = replay.happen(machine.ROUTED, {1: steps}, settled)
    assert [step.state for step in rounds[1]] == ["refused", "open", "done", "overruled", "done", "waiting"]


@pytest.mark.parametrize(("asked", "settle"), [(machine.OPEN, "open"), (machine.REFUSED, "closed")])
def test_only_a_new_refusal_that_stops_the_case_closes_what_was_sent_up(asked: str, settle: str) -> None:
    """S22: whoever settles is above the units that stop the case; one more of these may have another superior."""
    steps = (
        replay.Step(1, 1, machine.CONSENT, 101, machine.OPEN, quorum=2),
        replay.Step(2, 1, machine.CONSENT, 102, asked, quorum=2),
        replay.Step(3, 1, machine.CONSENT, 103, machine.DONE, acted=3, quorum=2),
        replay.Step(4, 1, machine.CONSENT, 104, machine.REFUSED, acted=4),
        replay.Step(5, 1, machine.SETTLE, 105, machine.OPEN),
        replay.Step(6, 2, machine.DECIDE, 106, machine.WAITING),
    )
    refused = replay.Happened(machine.REFUSED_EVENT, 1, 1, seq=9)
    _, rounds = replay.happen(machine.ROUTED, {1: steps}, refused)
    assert [step.state for step in rounds[1]] == ["refused", asked, "done", "refused", settle, "waiting"]


def test_a_flag_that_lowers_the_number_tells_whose_refusal_stops_nothing_any_more(
    raised_by_flag: Scenario,
) -> None:
    on_stage = raised_by_flag
    case_id = on_stage.routed("three", *BEFORE)
    on_stage.act("refuse_consent", case_id, "budget", "反対です")
    on_stage.stage.approve(case_id, "document")
    on_stage.flag(case_id, "director")
    assert states(on_stage, case_id) == {"budget": "outvoted", "document": "done", "personnel": "spared"}
    assert on_stage.told(case_id) == ["budget", "chief", "personnel"]


def test_a_revision_that_lowers_the_number_tells_whose_refusal_stops_nothing_any_more(
    raised_by_flag: Scenario,
) -> None:
    on_stage = raised_by_flag
    case_id = on_stage.routed("three", *BEFORE)
    on_stage.act("refuse_consent", case_id, "budget", "反対です")
    on_stage.stage.approve(case_id, "document")
    on_stage.revise(case_id, substance=False, flags="important")
    assert states(on_stage, case_id) == {"budget": "outvoted", "document": "done", "personnel": "spared"}
    assert "budget" in on_stage.told(case_id) and "personnel" in on_stage.told(case_id)


def test_a_refusal_taken_back_leaves_nothing_to_settle(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE)
    for unit in ("budget", "document"):
        on_stage.act("refuse_consent", case_id, unit, "反対です")
    on_stage.course("escalate", case_id, reason="三回協議した")
    on_stage.act("take_back", case_id, "document")
    assert on_stage.asked(case_id) == ["document", "personnel"]


def test_a_consent_taken_back_asks_those_again_whose_answer_was_not_needed(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE)
    on_stage.act("refuse_consent", case_id, "personnel", "反対です")
    on_stage.stage.approve(case_id, "budget", "document")
    on_stage.act("take_back", case_id, "document")
    assert states(on_stage, case_id) == {"budget": "done", "document": "open", "personnel": "refused"}
    assert on_stage.asked(case_id) == ["document"]


def test_consents_that_stand_are_counted_after_a_revision(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE, "budget", "document")
    on_stage.revise(case_id, substance=False, title="字句を直した")
    assert on_stage.asked(case_id) == ["director_general"]
    on_stage.revise(case_id, substance=True, title="別のことをする")
    on_stage.stage.approve(case_id, *BEFORE)
    assert on_stage.asked(case_id) == ["budget", "document", "personnel"]


def test_an_objection_makes_the_number_fall_short_again(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE, "budget", "document")
    on_stage.revise(case_id, substance=False, title="字句を直した")
    on_stage.act("object_to", case_id, "budget", "主旨が変わっています")
    assert on_stage.asked(case_id) == ["budget", "personnel"]
    on_stage.stage.approve(case_id, "personnel")
    assert states(on_stage, case_id)["budget"] == "spared"


def test_a_consent_added_by_hand_is_needed_whatever_the_number(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", "deputy_director")
    on_stage.add(case_id, "director", "general_affairs", "consent")
    on_stage.stage.approve(case_id, "director")
    while on_stage.asked(case_id) != ["general_affairs"]:
        on_stage.stage.approve(case_id, on_stage.asked(case_id)[0])
        assert on_stage.asked(case_id) != ["director_general"]
    on_stage.stage.approve(case_id, "general_affairs")


def test_a_return_to_the_middle_keeps_the_number_that_agreed(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE, "budget", "document")
    on_stage.act(
        "return_to", case_id, "director_general", "もう一度", to=on_stage.position(case_id, "deputy_director")
    )
    on_stage.stage.approve(case_id, *BEFORE)
    assert on_stage.asked(case_id) == ["director_general"]


def test_after_a_return_to_the_drafter_consents_stand_and_count(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE, "budget", "document")
    on_stage.act("return_to_drafter", case_id, "director_general", "題を直すこと")
    on_stage.resubmit(case_id, substance=False)
    on_stage.stage.approve(case_id, *BEFORE)
    assert on_stage.asked(case_id) == ["director_general"]


def test_whoever_decides_for_a_joint_unit_must_agree_whatever_the_number(on_stage: Scenario) -> None:
    case_id = on_stage.routed("three", *BEFORE, "budget", "document", joint="人事課")
    assert on_stage.state(case_id, "personnel") == "spared"
    assert on_stage.asked(case_id) == ["director_general"]
    on_stage.stage.approve(case_id, "director_general")
    on_stage.stage.decide(case_id, "vice_minister")
    assert on_stage.case(case_id).state == "decided"
