"""Holder and deputy at the same instant, an act sent twice, and acts from a page of before: scenario A32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from decisions.deputies import at_decider, away, with_deputies
from decisions.test_acts_at_once import act, split, verified
from kessai.decisions import operations as deciding
from kessai.decisions.events import moment_in_japan
from kessai.decisions.models import Event, Step
from kessai.decisions.operations import Outcome
from kessai.decisions.rules import CannotAct
from kessai.organisation.absence import operations as absence
from kessai.records.models import DocumentNumber
from stage import Stage

AtOnce = Callable[..., list[Any]]


def as_deputy(stage: Stage, case_id: Any, by: str, **more: Any) -> Callable[[], Outcome]:
    """The decision that somebody has on the screen, at the Director-General's step."""
    sent = act(stage, deciding.decide, case_id, "director_general", **more)
    sent.keywords["actor"] = stage.actor(by)  # type: ignore[attr-defined]
    return sent


def test_A32_holder_and_deputy_decide_at_the_same_instant(committed_stage: Stage, at_once: AtOnce) -> None:
    stage = committed_stage
    with_deputies(stage)
    away(stage, "director_general")
    firsts = set()
    for n in range(6):
        case_id = at_decider(stage, title=f"同時の件{n}")
        acts = [as_deputy(stage, case_id, "councillor"), as_deputy(stage, case_id, "director_general")]
        outcomes, refused = split(at_once(acts if n % 2 else acts[::-1]))
        assert len(outcomes) == len(refused) == 1
        assert isinstance(refused[0], CannotAct) and refused[0].changed
        (decision,) = Event.objects.filter(case_id=case_id, kind="decided")
        firsts.add(decision.capacity)
        post_reviews = Step.objects.filter(case_id=case_id, kind="post_review").count()
        said = str(refused[0].what)
        assert f"{decision.post_title} {decision.person_name}" in said
        assert moment_in_japan(decision.at) in said
        assert DocumentNumber.objects.filter(case_id=case_id).count() == 1
        if decision.capacity == "acting":
            assert post_reviews == 1
            assert "政策局長の代決" in said
        else:
            assert (decision.capacity, post_reviews) == ("own", 0)
            assert "代決" not in said
    assert firsts <= {"own", "acting"}
    assert verified(stage) == []


def test_a_deputys_double_click_counts_once(committed_stage: Stage, at_once: AtOnce) -> None:
    stage = committed_stage
    with_deputies(stage)
    case_id = at_decider(stage)
    away(stage, "director_general")
    sent = as_deputy(stage, case_id, "councillor")
    outcomes, refused = split(at_once([sent, sent]))
    assert not refused
    assert len(set(outcomes)) == 1
    assert Step.objects.filter(case_id=case_id, kind="post_review").count() == 1


def test_of_deciding_for_somebody_and_their_coming_back_at_once_either_is_whole(
    committed_stage: Stage, at_once: AtOnce
) -> None:
    stage = committed_stage
    with_deputies(stage)
    for n in range(4):
        case_id = at_decider(stage, title=f"戻る件{n}")
        absent = away(stage, "director_general")

        def comes_back(absent: int = absent) -> None:
            absence.end_absence(actor=stage.actor("director_general"), absence_id=absent, at=stage.now)

        answers = at_once([as_deputy(stage, case_id, "councillor"), comes_back])
        decided = Event.objects.filter(case_id=case_id, kind="decided")
        if isinstance(answers[0], Outcome):
            assert decided.get().capacity == "acting"
        else:
            assert isinstance(answers[0], CannotAct)
            assert "不在ではありません" in str(answers[0].what)
            assert not decided.exists()
    assert verified(stage) == []
