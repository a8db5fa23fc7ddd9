"""S05, S06, S15, S23, S31: what goes on when a case is put on its route anew, and what is only there with it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

import stage as the_stage
from decisions.deputies import away, back, by_rule, setting
from kessai.drafting.operations import DraftRef
from scenario import Scenario
from scenarios.conftest import assert_record_replays
from stage import ROWS

R1 = ("deputy_director", "director")
R2 = (*R1, "budget", "document")


@pytest.fixture
def lifted(db: None) -> Iterator[Scenario]:
    """A ministry in which what is important goes up to the Vice-Minister: a flag begins a round."""
    scene = Scenario(the_stage.build(rows=[{**row, "lifts_to": ["important:vice_minister"]} for row in ROWS]))
    yield scene
    assert_record_replays(scene)


def returned(on: Scenario, matter: str = "r1") -> UUID:
    """Personnel was added as a consent behind the Director, consented, and the Director-General returned the case."""
    case_id = on.routed(matter, "deputy_director")
    on.add(case_id, "director", "personnel", kind="consent")
    on.stage.approve(case_id, "director")
    on.stage.approve(case_id, "personnel")
    if matter == "r2":
        on.stage.approve(case_id, "budget", "document")
    on.stage.send_back(case_id, "director_general")
    return case_id


# --- steps added by hand (S15) at a resubmission


@pytest.mark.parametrize(("substance", "asked"), [(False, "director_general"), (True, "personnel")])
def test_a_consent_added_by_hand_goes_on_and_stands_where_the_substance_does(
    on_stage: Scenario, substance: bool, asked: str
) -> None:
    case_id = returned(on_stage)
    on_stage.resubmit(case_id, substance=substance, text="直した。")
    assert on_stage.asked(case_id) == ["deputy_director"]
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == [asked]
    step = on_stage.step(case_id, "personnel")
    assert (step.kind, step.stage, step.added_by) == ("consent", 3, on_stage.stage.posts["director"])
    assert on_stage.standing(case_id, "consented") == ([] if substance else ["personnel"])


def test_a_resubmission_without_a_word_on_the_substance_asks_it_again(on_stage: Scenario) -> None:
    case_id = returned(on_stage, "r2")
    on_stage.stage.submit(DraftRef(on_stage.stage.tenant_id, case_id))
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["personnel"]
    on_stage.stage.approve(case_id, "personnel")
    assert on_stage.asked(case_id) == ["budget", "document"]


def test_a_refusal_by_a_unit_added_by_hand_is_not_lost_by_a_return(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "personnel", kind="consent")
    on_stage.stage.approve(case_id, "director")
    on_stage.act("refuse_consent", case_id, "personnel", "定員が足りない")
    on_stage.course("escalate", case_id, reason="折り合わない")
    on_stage.stage.send_back(case_id, "vice_minister")
    on_stage.resubmit(case_id, substance=False, text="直した。")
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["personnel"]


def test_every_kind_of_step_by_hand_is_asked_again_in_its_place_and_one_taken_out_is_not(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r3", "deputy_director")
    for post, kind in (("general_affairs", "review"), ("budget", "consult"), ("document", "circulate")):
        on_stage.add(case_id, "director", post, kind=kind)
    on_stage.add(case_id, "director", "personnel")
    on_stage.course("remove_step", case_id, "director", target=on_stage.position(case_id, "personnel"))
    on_stage.stage.approve(case_id, "director", "general_affairs")
    on_stage.act("opine", case_id, "budget", "よい")
    on_stage.stage.send_back(case_id, "councillor")
    on_stage.resubmit(case_id, substance=False, text="直した。")
    assert [(s.kind, s.stage) for s in on_stage.steps(case_id) if s.added_by] == [
        ("consult", 2),
        ("circulate", 2),
        ("review", 3),
    ]
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["budget", "general_affairs"]
    on_stage.stage.approve(case_id, "general_affairs")
    assert on_stage.asked(case_id) == ["budget", "councillor"]
    assert on_stage.position(case_id, "personnel") == -1


def test_a_post_added_twice_is_asked_once_at_the_last_of_its_places(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.add(case_id, "director", "personnel")
    on_stage.stage.approve(case_id, "director", "personnel")
    on_stage.add(case_id, "councillor", "personnel")
    on_stage.stage.approve(case_id, "councillor")
    on_stage.act("return_to_drafter", case_id, "personnel", "直す")
    on_stage.resubmit(case_id, substance=False, text="直した。")
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["councillor"]
    on_stage.stage.approve(case_id, "councillor")
    assert on_stage.asked(case_id) == ["personnel"]


def test_it_may_be_taken_out_by_who_added_it_once_the_case_is_back(on_stage: Scenario) -> None:
    case_id = returned(on_stage)
    on_stage.resubmit(case_id, substance=True, text="直した。")
    on_stage.course("remove_step", case_id, "director", target=on_stage.position(case_id, "personnel"))
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["director_general"]


# --- a post-review is there as long as the acting answer that it is of (S01, S31)


@pytest.fixture
def acting(lifted: Scenario) -> Scenario:
    """Whoever is away may be acted for at every step; Budget may, by Personnel."""
    setting(lifted.stage, "acting_for", "every_step")
    by_rule(lifted.stage, of="budget", by=("personnel",))
    return lifted


def consented_for(on: Scenario, *also: str) -> UUID:
    """A case to which Budget's deputy has consented while Budget was away; by now it is back."""
    case_id = on.routed("r2", *R1)
    absence = away(on.stage, "budget")
    on.act("approve", case_id, "personnel", position=on.position(case_id, "budget"))
    back(on.stage, "budget", absence)
    if also:
        on.stage.approve(case_id, *also)
    return case_id


def post_reviews(on: Scenario, case_id: UUID) -> list[str]:
    return [step.state for step in on.steps(case_id) if step.kind == "post_review"]


def test_an_acting_consent_that_stands_at_a_resubmission_is_read_after_the_decision(acting: Scenario) -> None:
    case_id = consented_for(acting, "document")
    acting.stage.send_back(case_id, "director_general")
    for _ in range(2):
        acting.resubmit(case_id, substance=False, text="直した。")
        acting.stage.approve(case_id, *R1)
        assert post_reviews(acting, case_id) == ["waiting"]
        acting.stage.send_back(case_id, "director_general")
    acting.resubmit(case_id, substance=False, text="また直した。")
    acting.stage.approve(case_id, *R1)
    acting.stage.decide(case_id)
    assert acting.inbox("budget") == [("post_review", case_id)]


def test_one_that_lapses_by_a_change_of_substance_leaves_no_post_review(acting: Scenario) -> None:
    case_id = consented_for(acting, "document")
    acting.stage.send_back(case_id, "director_general")
    acting.resubmit(case_id, substance=True, text="率を変えた。")
    assert post_reviews(acting, case_id) == []


def test_a_return_and_then_a_cancellation_leave_nothing_to_read(acting: Scenario) -> None:
    case_id = consented_for(acting, "document")
    acting.stage.send_back(case_id, "director_general")
    acting.course("cancel", case_id, reason="不要になった")
    assert post_reviews(acting, case_id) == ["closed"]
    assert acting.inbox("budget") == []


def test_a_flag_and_a_revision_that_begin_a_round_keep_it(acting: Scenario) -> None:
    case_id = consented_for(acting, "document")
    acting.flag(case_id, "director")
    assert acting.case(case_id).round == 2
    assert post_reviews(acting, case_id) == ["waiting"]
    acting.revise(case_id, substance=False, text="直した。")
    assert post_reviews(acting, case_id) == ["waiting"]
    acting.revise(case_id, substance=True, text="率を変えた。")
    assert post_reviews(acting, case_id) == []


def test_it_goes_with_an_acting_consent_that_is_taken_back_or_objected_to(acting: Scenario) -> None:
    case_id = consented_for(acting)
    acting.act("take_back", case_id, "budget")
    assert post_reviews(acting, case_id) == ["closed"]
    acting.stage.approve(case_id, "budget", "document")
    acting.stage.decide(case_id)
    assert post_reviews(acting, case_id) == ["closed"]


def test_it_goes_with_an_acting_consent_that_the_unit_objects_to(acting: Scenario) -> None:
    case_id = consented_for(acting)
    acting.revise(case_id, substance=False, text="直した。")
    assert post_reviews(acting, case_id) == ["waiting"]
    acting.act("object_to", case_id, "budget", "主旨が変わっている")
    assert post_reviews(acting, case_id) == ["closed"]


def test_an_acting_review_that_lapses_by_a_return_to_its_step_leaves_none(on_stage: Scenario) -> None:
    setting(on_stage.stage, "acting_for", "every_step")
    by_rule(on_stage.stage, of="director", by=("general_affairs",))
    case_id = on_stage.routed("r3", "deputy_director")
    away(on_stage.stage, "director")
    director = on_stage.position(case_id, "director")
    on_stage.act("approve", case_id, "general_affairs", position=director)
    assert post_reviews(on_stage, case_id) == ["waiting"]
    on_stage.act("return_to", case_id, "councillor", "確認を", to=director)
    assert post_reviews(on_stage, case_id) == ["closed"]
    on_stage.act("approve", case_id, "general_affairs", position=director)
    assert post_reviews(on_stage, case_id) == ["closed", "waiting"]


# --- what was passed on goes on with its step


def test_what_was_passed_on_stays_open_when_a_flag_begins_a_round(lifted: Scenario) -> None:
    case_id = lifted.routed("r2", "deputy_director")
    lifted.talk("forward", case_id, "director", to="deputy_director", note="先に見てください")
    lifted.flag(case_id, "chief")
    assert lifted.case(case_id).round == 2
    assert lifted.asked_beside(case_id) == ["deputy_director"]
    lifted.talk("report", case_id, "deputy_director", text="よい")
    assert lifted.told(case_id) == ["director"]
    lifted.stage.approve(case_id, "director")
    assert lifted.asked_beside(case_id) == []


def test_what_was_passed_on_and_is_over_stays_in_the_round_that_it_was_of(lifted: Scenario) -> None:
    """The record replays to it, which is checked after every scenario."""
    case_id = lifted.routed("r2", "deputy_director")
    lifted.talk("forward", case_id, "director", to="deputy_director")
    lifted.talk("report", case_id, "deputy_director", text="よい")
    lifted.flag(case_id, "chief")
    assert lifted.case(case_id).round == 2
    assert [row.round for row in lifted.requests(case_id)] == [1]


def test_it_ends_where_its_step_is_answered_after_the_flag_or_asked_anew(lifted: Scenario) -> None:
    case_id = lifted.routed("r2", "deputy_director")
    lifted.talk("forward", case_id, "director", to="deputy_director")
    lifted.flag(case_id, "chief")
    lifted.stage.approve(case_id, "director")
    assert lifted.asked_beside(case_id) == []
    other = lifted.routed("r2", "deputy_director")
    lifted.talk("forward", other, "director", to="deputy_director")
    lifted.revise(other, substance=True, text="率を変えた。")
    assert lifted.asked_beside(other) == []
