"""An act counts once, however often and from wherever it is sent; what comes too late is told what happened."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from kessai.decisions import operations as deciding
from kessai.decisions.models import Event
from kessai.decisions.rules import CannotAct
from stage import Stage


def approve(stage: Stage, case_id: UUID, act_id: UUID, by: str = "deputy_director") -> deciding.Outcome:
    return deciding.approve(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=1,
        seen=stage.seen(case_id),
        act_id=act_id,
        at=stage.later(),
    )


def test_a_submission_sent_twice_gives_the_first_answer_again(stage: Stage) -> None:
    ref, sent = stage.draft(), uuid4()
    assert stage.submit(ref, act_id=sent) == stage.submit(ref, act_id=sent)
    assert Event.objects.count() == 1


def test_a_decision_sent_twice_gives_the_same_number_and_uses_one(stage: Stage) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director", "director")
    position = stage.step(case_id, "director_general")
    act_id, seen = uuid4(), stage.seen(case_id)
    answers = [
        deciding.decide(
            actor=stage.actor("director_general"),
            tenant_id=stage.tenant_id,
            case_id=case_id,
            position=position,
            seen=seen,
            act_id=each,
            at=stage.later(),
        )
        for each in (act_id, act_id, uuid4())
    ]
    assert len(set(answers)) == 1
    assert answers[0].number == "政振第1号"


def test_an_approval_sent_again_after_the_case_went_back_is_not_taken_for_a_new_one(stage: Stage) -> None:
    ref = stage.draft()
    case_id = stage.submit(ref).case_id
    sent = uuid4()
    first = approve(stage, case_id, sent)
    stage.send_back(case_id, "director")
    stage.submit(ref)
    assert approve(stage, case_id, sent) == first
    assert stage.open_posts(case_id) == {"deputy_director"}


def test_an_act_of_somebody_else_cannot_be_claimed(stage: Stage) -> None:
    case_id, sent = stage.submitted(), uuid4()
    approve(stage, case_id, sent)
    with pytest.raises(CannotAct):
        deciding.approve(
            actor=stage.actor("director"),
            tenant_id=stage.tenant_id,
            case_id=case_id,
            position=2,
            seen=stage.seen(case_id),
            act_id=sent,
            at=stage.later(),
        )
    assert stage.open_posts(case_id) == {"director"}


def test_the_act_of_one_case_is_no_answer_for_another(stage: Stage) -> None:
    one, other, sent = stage.submitted(), stage.submitted(), uuid4()
    approve(stage, one, sent)
    with pytest.raises(CannotAct):
        approve(stage, other, sent)
    assert stage.open_posts(other) == {"deputy_director"}


def test_returning_what_i_have_approved_is_refused_with_my_own_name_and_time(stage: Stage) -> None:
    case_id = stage.submitted()
    position, seen = stage.step(case_id, "deputy_director"), stage.seen(case_id)
    approve(stage, case_id, uuid4())
    with pytest.raises(CannotAct) as refused:
        deciding.return_to_drafter(
            actor=stage.actor("deputy_director"),
            tenant_id=stage.tenant_id,
            case_id=case_id,
            position=position,
            seen=seen,
            act_id=uuid4(),
            at=stage.later(),
            reason="やはり",
        )
    assert "振興課長補佐 振興課長補佐の人（10/6" in str(refused.value.what)
    assert refused.value.changed


@pytest.mark.parametrize("by", ["director", "director_general"])
def test_nobody_acts_before_it_is_their_turn(stage: Stage, by: str) -> None:
    case_id = stage.submitted()
    with pytest.raises(CannotAct, match="まだ"):
        if by == "director_general":
            stage.decide(case_id)
        else:
            stage.approve(case_id, by)


def test_a_step_that_is_not_on_the_route_is_refused(stage: Stage) -> None:
    case_id = stage.submitted()
    with pytest.raises(CannotAct, match="経路"):
        deciding.approve(
            actor=stage.actor("deputy_director"),
            tenant_id=stage.tenant_id,
            case_id=case_id,
            position=99,
            seen=stage.seen(case_id),
            act_id=uuid4(),
            at=stage.later(),
        )


def test_a_reviewer_cannot_decide_and_the_decider_cannot_merely_approve(stage: Stage) -> None:
    case_id = stage.submitted()
    with pytest.raises(CannotAct, match="できない操作"):
        stage.decide(case_id, "deputy_director")
    stage.approve(case_id, "deputy_director", "director")
    with pytest.raises(CannotAct, match="できない操作"):
        stage.approve(case_id, "director_general")


def test_an_opinion_is_kept_as_it_was_written_and_one_too_long_is_refused_whole(stage: Stage) -> None:
    case_id = stage.submitted()
    with pytest.raises(CannotAct, match="長すぎます"):
        stage.approve(case_id, "deputy_director", opinion="あ" * 10_001)
    assert stage.open_posts(case_id) == {"deputy_director"}
    stage.approve(case_id, "deputy_director", opinion="一行目\r\n「二行目」 <b>&amp;</b> 𠮟🈴\x00")
    assert Event.objects.get(case_id=case_id, seq=2).remark == "一行目\n「二行目」 <b>&amp;</b> 𠮟🈴"
