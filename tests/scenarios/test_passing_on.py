"""回付: a head has the own staff look first. The step stays the head's, and nothing waits for the staff."""

from __future__ import annotations

from uuid import uuid4

import pytest

from kessai.decisions import queries
from kessai.decisions.models import Event
from kessai.decisions.rules import CannotAct
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment, Person, Post, PostVersion
from scenario import Scenario
from stage import FOREVER

R1 = ("deputy_director", "director")
NOTE = "積算を見てください"


@pytest.fixture
def staffed(on_stage: Scenario) -> Scenario:
    """The stage, with a section chief in the Budget Division."""
    stage = on_stage.stage
    unit = PostVersion.objects.get(post_id=stage.posts["budget"]).unit
    post = Post.objects.create(tenant_id=stage.tenant_id, code="clerk")
    PostVersion.objects.create(
        post=post,
        unit=unit,
        period=FOREVER,
        title="予算係長",
        title_en="clerk",
        level="section_chief",
        in_line=False,
    )
    person = Person.objects.create(
        tenant_id=stage.tenant_id, staff_no="clerk", name="予算係長の人", name_en="clerk"
    )
    Appointment.objects.create(post=post, person=person, period=FOREVER)
    stage.posts["clerk"], stage.people["clerk"] = post.id, person.id
    return on_stage


def test_the_staff_looks_and_reports_and_the_head_acts(staffed: Scenario) -> None:
    case_id = staffed.routed("r2", *R1)
    with pytest.raises(NotFound):
        staffed.page(case_id, "clerk")
    staffed.talk("forward", case_id, "budget", to="clerk", note=NOTE)
    assert staffed.inbox("clerk") == [("forward", case_id)]
    assert staffed.asked(case_id) == ["budget", "document"]
    assert staffed.page(case_id, "clerk").my_step is None
    staffed.talk("report", case_id, "clerk", text="単価が高すぎます")
    assert staffed.told(case_id) == ["budget"]
    (said,) = staffed.talk_of(case_id, "budget").requests
    assert said.answer is not None and (said.state, said.answer.text) == ("answered", "単価が高すぎます")
    assert staffed.inbox("budget") == [("consent", case_id)]
    staffed.stage.approve(case_id, "budget", "document")
    assert staffed.stage.decide(case_id).number
    assert staffed.page(case_id, "clerk").state == "decided"


def test_the_inner_route_is_in_the_history_with_names_and_beside_the_text_for_its_own_people(
    staffed: Scenario,
) -> None:
    case_id = staffed.routed("r2", *R1)
    staffed.talk("forward", case_id, "budget", to="clerk")
    staffed.talk("report", case_id, "clerk")
    forwarded, reported = staffed.page(case_id, "chief").history[-2:]
    assert (forwarded.kind, forwarded.post_title, forwarded.to) == (
        "forwarded",
        "会計課長",
        "予算係長 予算係長の人",
    )
    assert (reported.kind, reported.person_name, reported.remark) == ("reported", "予算係長の人", "")
    assert staffed.talk_of(case_id, "chief").requests == ()
    assert len(staffed.talk_of(case_id, "budget").requests) == 1


def test_the_head_may_act_without_waiting_and_the_request_lapses(staffed: Scenario) -> None:
    case_id = staffed.routed("r2", *R1)
    staffed.talk("forward", case_id, "budget", to="clerk", note=NOTE)
    staffed.stage.approve(case_id, "budget")
    assert staffed.inbox("clerk") == [] and staffed.told(case_id) == ["clerk"]
    with pytest.raises(CannotAct, match="もう済んでいます：会計課長"):
        staffed.talk("report", case_id, "clerk", text="遅い意見")


@pytest.mark.parametrize(
    ("how", "told"),
    [("return", True), ("decide", True), ("move", True), ("withdraw", False), ("revise", False)],
)
def test_whatever_takes_the_step_away_takes_the_request_with_it(
    staffed: Scenario, how: str, told: bool
) -> None:
    """``told``: that it is over; not who took it away themselves."""
    case_id = staffed.routed("r1")
    if how == "move":
        staffed.add(case_id, "deputy_director", "budget", "consent")
        staffed.stage.approve(case_id, "deputy_director")
    by, to = ("budget", "clerk") if how == "move" else ("deputy_director", "chief")
    staffed.talk("forward", case_id, by, to=to)
    if how == "return":
        staffed.stage.send_back(case_id, by)
    elif how == "withdraw":
        staffed.course("withdraw", case_id)
    elif how == "decide":
        staffed.act("decide", case_id, "director_general", "急ぐため", ahead=True)
    elif how == "revise":
        staffed.revise(case_id, substance=True, text="率を改める。")
    else:
        staffed.course(
            "move_consent", case_id, by, position=staffed.position(case_id, by),
            post_id=staffed.stage.posts["document"], reason="所掌外",
        )  # fmt: skip
    assert staffed.asked_beside(case_id) == []
    assert staffed.told(case_id).count(to) == told


def test_a_revision_that_keeps_the_step_keeps_the_request(staffed: Scenario) -> None:
    case_id = staffed.routed("r2", *R1)
    staffed.talk("forward", case_id, "budget", to="clerk")
    staffed.revise(case_id, substance=False, text="日付を直した。")
    assert staffed.inbox("clerk") == [("forward", case_id)]


def test_it_goes_to_the_own_unit_or_below_and_nowhere_else(staffed: Scenario) -> None:
    case_id = staffed.routed("r2", "deputy_director")
    with pytest.raises(CannotAct) as refused:
        staffed.talk("forward", case_id, "director", to="budget")
    assert "回付できません" in str(refused.value.what) and "段階を加えるか" in str(refused.value.remedy)
    with pytest.raises(CannotAct, match="自分の職"):
        staffed.talk("forward", case_id, "director", to="director")
    staffed.talk("forward", case_id, "director", to="chief")
    with pytest.raises(CannotAct, match="もう回付しています"):
        staffed.talk("forward", case_id, "director", to="chief")
    assert staffed.events(case_id)[2:] == ["forwarded"]
    below = {seat.title for seat in staffed.talk_of(case_id, "director").staff}
    assert below == {"振興課長補佐", "振興係長"}


def test_only_who_has_the_open_step_passes_it_on_and_the_decider_does_not(staffed: Scenario) -> None:
    case_id = staffed.routed("r2")
    with pytest.raises(CannotAct, match="まだこの段階の番ではありません"):
        staffed.talk("forward", case_id, "director", to="chief")
    staffed.stage.approve(case_id, *R1, "budget", "document")
    with pytest.raises(CannotAct, match="できない操作"):
        staffed.talk("forward", case_id, "director_general", to="director")


def test_a_wrong_addressee_is_taken_back_and_another_one_asked(staffed: Scenario) -> None:
    case_id = staffed.routed("r1", "deputy_director")
    staffed.talk("forward", case_id, "director", to="deputy_director")
    staffed.talk("drop", case_id, "director")
    staffed.talk("forward", case_id, "director", to="chief")
    assert staffed.asked_beside(case_id) == ["chief"]


def test_it_counts_once_and_the_answer_too(staffed: Scenario) -> None:
    case_id = staffed.routed("r1")
    once, twice = uuid4(), uuid4()
    for _ in range(2):
        staffed.talk("forward", case_id, "deputy_director", to="chief", act_id=once)
    for _ in range(2):
        staffed.talk("report", case_id, "chief", act_id=twice)
    assert staffed.events(case_id) == ["submitted", "forwarded", "reported"]


def test_a_consultation_and_a_circulation_are_passed_on_too(staffed: Scenario) -> None:
    case_id = staffed.routed("r1")
    staffed.add(case_id, "deputy_director", "budget", "consult")
    staffed.talk("forward", case_id, "budget", to="clerk")
    staffed.act("opine", case_id, "budget", "異存なし")
    assert staffed.asked_beside(case_id) == []
    staffed.add(case_id, "deputy_director", "budget", "circulate")
    staffed.stage.approve(case_id, *R1)
    staffed.stage.decide(case_id)
    staffed.talk("forward", case_id, "budget", to="clerk", note="参考まで")
    assert staffed.inbox("clerk") == [("forward", case_id)]
    staffed.talk("report", case_id, "clerk")
    staffed.act("mark_read", case_id, "budget")
    assert staffed.asked_beside(case_id) == [] and staffed.inbox("budget") == []


def test_of_a_decided_case_only_the_reading_remains_to_be_passed_on(staffed: Scenario) -> None:
    case_id = staffed.routed("r1")
    staffed.add(case_id, "deputy_director", "budget", "circulate")
    staffed.stage.approve(case_id, *R1)
    staffed.talk("forward", case_id, "budget", to="clerk")
    staffed.stage.decide(case_id)
    assert staffed.inbox("clerk") == [("forward", case_id)]
    assert [option.name for option in staffed.page(case_id, "budget").options] == ["forward", "share"]
    staffed.act("mark_read", case_id, "budget")
    assert staffed.inbox("clerk") == []
    assert queries.home(actor=staffed.stage.actor("budget"), at=staffed.stage.now).inbox == ()
    assert Event.objects.filter(case_id=case_id, kind="reported").count() == 0
