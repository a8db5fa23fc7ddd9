"""Which questions and 回付 are open after an event, and who may ask, answer, drop and pass on: every branch."""

from __future__ import annotations

from typing import Any

import pytest

from kessai.decisions import machine
from kessai.decisions.replay import Step
from kessai.decisions.rules import CannotAct
from kessai.decisions.talking import rules
from kessai.decisions.talking.rules import Request, Said

OPEN_STEP = Step(3, 3, machine.CONSENT, 7, machine.OPEN)
DONE_STEP = Step(3, 3, machine.CONSENT, 7, machine.DONE, 9)
QUESTION = Request(5, machine.QUESTION, 40, 1, None)
FORWARD = Request(6, machine.FORWARD, 41, 1, 3)


def said(kind: str, seq: int = 9, *steps: Step, state: str = machine.ROUTED, **more: Any) -> Said:
    return Said(
        kind, seq, more.pop("round", 1), more.pop("position", None), more, state, steps or (OPEN_STEP,)
    )


def test_asking_and_passing_on_make_a_request_to_a_post() -> None:
    assert rules.after((), said(machine.ASKED, 5, asked_post=40)) == (QUESTION,)
    assert rules.after((), said(machine.FORWARDED, 6, asked_post=41, position=3)) == (FORWARD,)


@pytest.mark.parametrize("kind", rules.CLOSED_BY)
def test_an_answer_or_a_drop_closes_the_one_that_it_names(kind: str) -> None:
    question, forward = rules.after((QUESTION, FORWARD), said(kind, request=5))
    assert (question.closed, forward.closed) == (9, None)


def test_an_act_that_leaves_the_step_open_closes_nothing() -> None:
    assert rules.after((QUESTION, FORWARD), said(machine.HELD)) == (QUESTION, FORWARD)


@pytest.mark.parametrize("state", machine.ENDED)
def test_the_end_of_a_case_closes_questions(state: str) -> None:
    question, forward = rules.after((QUESTION, FORWARD), said(machine.DECIDED_EVENT, state=state))
    assert question.closed == 9
    assert forward.closed is None, "the head has it to read still"


@pytest.mark.parametrize("state", [machine.RETURNED, machine.WITHDRAWN])
def test_with_the_drafter_questions_stay_open(state: str) -> None:
    closed = Step(3, 3, machine.CONSENT, 7, machine.CLOSED)
    question, forward = rules.after((QUESTION, FORWARD), said(machine.RETURNED_EVENT, 9, closed, state=state))
    assert (question.closed, forward.closed) == (None, 9)


def test_what_was_passed_on_lapses_with_the_step_and_with_the_round() -> None:
    assert rules.after((FORWARD,), said(machine.CONSENTED, 9, DONE_STEP))[0].closed == 9
    assert rules.after((FORWARD,), said(machine.REVISED, round=2))[0].closed == 9
    elsewhere = Step(4, 3, machine.CONSENT, 7, machine.OPEN)
    assert rules.after((FORWARD,), said(machine.CONSENTED, 9, elsewhere))[0].closed == 9


def test_what_is_over_stays_as_it_was() -> None:
    over = Request(5, machine.QUESTION, 40, 1, None, closed=7)
    assert rules.after((over,), said(machine.DECIDED_EVENT, state=machine.DECIDED)) == (over,)


def refusal(judge: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(CannotAct) as refused:
        judge(*args, **more)
    assert str(refused.value.remedy)
    return str(refused.value.what)


def test_who_may_ask_whom_and_while_what() -> None:
    may = {"askable": True, "own": False, "speaks": True}
    for state in machine.UNDER_WAY:
        rules.judge_ask(state, "なぜ", **may)
    for state in machine.ENDED:
        assert "終わっている" in refusal(rules.judge_ask, state, "なぜ", **may)
    for fault, says in (("askable", "質問できるのは"), ("speaks", "職を持っている人"), ("own", "自分の職")):
        given = {**may, fault: not may[fault]}
        assert says in refusal(rules.judge_ask, machine.ROUTED, "なぜ", **given)
    assert "質問がありません" in refusal(rules.judge_ask, machine.ROUTED, "", **may)


def test_what_is_open_to_be_answered_or_dropped() -> None:
    rules.judge_open(QUESTION, may=True, over="")
    assert "見つかりません" in refusal(rules.judge_open, None, may=True, over="")
    assert "あなたの職のものでは" in refusal(rules.judge_open, QUESTION, may=False, over="")
    over = Request(5, machine.QUESTION, 40, 1, None, closed=7)
    assert "課長 佐藤" in refusal(rules.judge_open, over, may=True, over="課長 佐藤")


def test_a_question_needs_words_and_what_was_passed_on_does_not() -> None:
    rules.judge_answer(QUESTION, machine.ANSWER, "はい")
    rules.judge_answer(FORWARD, machine.REPORT, "")
    assert "回答がありません" in refusal(rules.judge_answer, QUESTION, machine.ANSWER, "")
    assert "できない操作" in refusal(rules.judge_answer, FORWARD, machine.ANSWER, "はい")


def test_passing_on_stays_in_the_own_unit() -> None:
    may = {"inside": True, "own": False, "already": False}
    rules.judge_forward(**may, post="係長")
    for fault, says in (("inside", "その下にもない"), ("own", "自分の職"), ("already", "もう回付しています")):
        assert says in refusal(rules.judge_forward, **{**may, fault: not may[fault]}, post="係長")
