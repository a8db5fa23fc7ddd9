"""S04 to S15 where a ministry has it otherwise than the handbook assumes: a setting, from a day on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

import stage as the_stage
from decisions.deputies import setting
from kessai.decisions import operations as deciding
from kessai.decisions import replay
from kessai.decisions.by_hand import operations as by_hand
from kessai.decisions.by_hand.rules import Spot
from kessai.decisions.models import Notice
from kessai.decisions.persons.rules import in_one_go
from kessai.decisions.rules import CannotAct
from kessai.organisation import operations as organisation
from kessai.organisation.models import Appointment
from scenario import Scenario
from scenarios.conftest import assert_record_replays
from scenarios.test_same_person import before_submitting, concurrently
from stage import ROWS

R1 = ("deputy_director", "director")
R2 = (*R1, "budget", "document")


def returned_to(on: Scenario, case_id: UUID, by: str, to: str) -> None:
    on.act("return_to", case_id, by, "確かめること", to=on.position(case_id, to))


# --- S04: only the target of a return acts again


def test_S04_only_the_target_acts_again_and_then_who_returned_it(on_stage: Scenario) -> None:
    setting(on_stage.stage, "return_asks", "target")
    case_id = on_stage.routed("r3", *R1, "councillor")
    returned_to(on_stage, case_id, "director_general", "deputy_director")
    assert on_stage.asked(case_id) == ["deputy_director"]
    assert on_stage.standing(case_id) == ["director", "councillor"]
    on_stage.stage.approve(case_id, "deputy_director")
    assert on_stage.asked(case_id) == ["director_general"]
    assert on_stage.stage.decide(case_id).number


def test_S04_whoever_was_passed_over_stays_so(on_stage: Scenario) -> None:
    setting(on_stage.stage, "return_asks", "target")
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.act("approve", case_id, "councillor", ahead=True)
    returned_to(on_stage, case_id, "director_general", "deputy_director")
    on_stage.stage.approve(case_id, "deputy_director")
    assert on_stage.asked(case_id) == ["director_general"]
    on_stage.stage.decide(case_id)
    assert on_stage.inbox("director") == [("post_review", case_id)]


# --- S05, S06: what stands at a resubmission


def test_S05_a_resubmission_goes_on_where_it_was_returned(on_stage: Scenario) -> None:
    setting(on_stage.stage, "resubmission_from", "returned")
    case_id = on_stage.routed("r2", *R2)
    on_stage.stage.send_back(case_id, "director_general")
    approvals = [event.stands for event in on_stage.page(case_id).history if event.kind == "approved"]
    assert approvals == [True, True]
    on_stage.resubmit(case_id, substance=False, text="誤字を直した。")
    assert on_stage.asked(case_id) == ["director_general"]
    assert (on_stage.standing(case_id), on_stage.standing(case_id, "consented")) == (
        ["deputy_director", "director"],
        ["budget", "document"],
    )
    assert on_stage.stage.decide(case_id).number


def test_S05_a_changed_substance_starts_from_the_first_all_the_same(on_stage: Scenario) -> None:
    setting(on_stage.stage, "resubmission_from", "returned")
    case_id = on_stage.routed("r2", *R1)
    on_stage.act("refuse_consent", case_id, "budget", "反対です")
    on_stage.course("escalate", case_id, reason="折り合わない")
    on_stage.stage.send_back(case_id, "vice_minister")
    on_stage.resubmit(case_id, substance=True, text="率を変えた。")
    assert on_stage.asked(case_id) == ["deputy_director"]


def test_S05_an_earlier_reviewer_who_returned_it_is_asked_first(on_stage: Scenario) -> None:
    setting(on_stage.stage, "resubmission_from", "returned")
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.stage.send_back(case_id, "director")
    on_stage.resubmit(case_id, substance=False, text="直した。")
    assert on_stage.asked(case_id) == ["director"]
    on_stage.stage.approve(case_id, "director")
    assert on_stage.asked(case_id) == ["councillor"]


def test_S06_consents_are_void_after_a_return(on_stage: Scenario) -> None:
    setting(on_stage.stage, "consents_at_return", "void")
    case_id = on_stage.routed("r2", *R2)
    on_stage.stage.send_back(case_id, "director_general")
    on_stage.resubmit(case_id, substance=False, text="誤字を直した。")
    assert on_stage.standing(case_id, "consented") == []
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["budget", "document"]


def test_S05_whoever_was_passed_over_stays_so_and_those_whose_approval_stands_are_told(
    on_stage: Scenario,
) -> None:
    setting(on_stage.stage, "resubmission_from", "returned")
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.act("approve", case_id, "councillor", ahead=True)
    on_stage.stage.send_back(case_id, "director_general")
    on_stage.resubmit(case_id, substance=False, text="誤字を直した。")
    assert on_stage.asked(case_id) == ["director_general"]
    assert on_stage.told(case_id) == ["councillor", "deputy_director"]
    on_stage.act("take_back", case_id, "councillor")
    assert on_stage.asked(case_id) == ["director"], "whom the approval had passed over"
    on_stage.act("approve", case_id, "councillor", ahead=True)
    on_stage.stage.send_back(case_id, "director_general")
    on_stage.resubmit(case_id, substance=False, text="もう一度直した。")
    on_stage.stage.decide(case_id)
    assert on_stage.inbox("director") == [("post_review", case_id)]


def test_S05_a_withdrawal_after_it_voids_the_approvals_and_tells_the_reviewers(on_stage: Scenario) -> None:
    setting(on_stage.stage, "resubmission_from", "returned")
    case_id = on_stage.routed("r1", *R1)
    on_stage.stage.send_back(case_id, "director_general")
    assert on_stage.page(case_id).reviews_stand
    on_stage.resubmit(case_id, substance=False, text="直した。")
    on_stage.course("withdraw", case_id)
    assert on_stage.told(case_id) == ["deputy_director", "director", "director_general"]
    page = on_stage.page(case_id)
    assert [e.stands for e in page.history if e.kind == "approved"] == [False, False]
    assert not page.reviews_stand
    on_stage.resubmit(case_id, substance=False, text="また直した。")
    assert on_stage.asked(case_id) == ["deputy_director"]


def test_S06_consents_behind_the_target_of_a_return_are_void(on_stage: Scenario) -> None:
    setting(on_stage.stage, "consents_at_return", "void")
    case_id = on_stage.routed("r2", *R2)
    (back,) = (o for o in on_stage.page(case_id, "director_general").options if o.name == "return_to")
    assert "審査と合議は、あらためて" in str(back.effect)
    returned_to(on_stage, case_id, "director_general", "director")
    assert on_stage.standing(case_id, "consented") == []
    on_stage.stage.approve(case_id, "director")
    assert on_stage.asked(case_id) == ["budget", "document"]
    on_stage.stage.approve(case_id, "budget", "document")
    on_stage.stage.send_back(case_id, "director_general")
    consents = [e.stands for e in on_stage.page(case_id).history if e.kind == "consented"]
    assert consents == [False] * 4


# --- S07: parallel tasks stay open


def test_S07_tasks_beside_the_one_that_returns_stay_open(on_stage: Scenario) -> None:
    setting(on_stage.stage, "beside_return", "open")
    setting(on_stage.stage, "may_return", "consents")
    case_id = on_stage.routed("r2", *R1)
    target = on_stage.position(case_id, "director")
    (back,) = (o for o in on_stage.page(case_id, "budget").options if o.name == "return_to")
    said = next(t.told for t in back.targets if t.position == target)
    returned_to(on_stage, case_id, "budget", "director")
    assert on_stage.asked(case_id) == ["director", "document"]
    assert on_stage.told(case_id) == ["chief", "deputy_director"]
    assert {one.person_id for one in said} == {on_stage.stage.people[c] for c in ("chief", "deputy_director")}
    on_stage.stage.approve(case_id, "document")
    assert on_stage.asked(case_id) == ["director"]
    on_stage.stage.approve(case_id, "director")
    assert on_stage.asked(case_id) == ["budget"]
    on_stage.stage.approve(case_id, "budget")
    assert on_stage.asked(case_id) == ["director_general"]


# --- S08: opening counts


def test_S08_nobody_withdraws_what_the_next_has_opened(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    with pytest.raises(CannotAct, match="できない操作"):
        on_stage.act("look", case_id, "deputy_director")
    setting(on_stage.stage, "withdraw_until", "opened")
    assert on_stage.page(case_id, "deputy_director").unopened
    assert not on_stage.page(case_id, "director").unopened
    on_stage.act("look", case_id, "deputy_director")
    assert not on_stage.page(case_id, "deputy_director").unopened
    assert (on_stage.asked(case_id), on_stage.told(case_id)) == (["deputy_director"], [])
    with pytest.raises(CannotAct, match=r"振興課長補佐の人.*もう開いているため"):
        on_stage.course("withdraw", case_id)
    on_stage.stage.approve(case_id, "deputy_director")
    on_stage.act("take_back", case_id, "deputy_director")
    on_stage.stage.approve(case_id, "deputy_director")
    on_stage.act("look", case_id, "director")
    with pytest.raises(CannotAct, match=r"振興課長の人.*もう開いているため"):
        on_stage.act("take_back", case_id, "deputy_director")


def test_S08_each_turn_is_opened_anew_and_each_of_them_once(on_stage: Scenario) -> None:
    setting(on_stage.stage, "withdraw_until", "opened")
    case_id = on_stage.routed("r1", "deputy_director")
    first = on_stage.act("look", case_id, "director")
    assert on_stage.act("look", case_id, "director") == first
    returned_to(on_stage, case_id, "director", "deputy_director")
    on_stage.stage.approve(case_id, "deputy_director")
    assert on_stage.page(case_id, "director").unopened
    assert on_stage.act("look", case_id, "director") != first
    with pytest.raises(CannotAct, match=r"振興課長の人.*もう開いているため"):
        on_stage.act("take_back", case_id, "deputy_director")


def test_S08_to_open_it_oneself_ends_no_withdrawing(on_stage: Scenario) -> None:
    setting(on_stage.stage, "withdraw_until", "opened")
    concurrently(on_stage, "deputy_director", "director")
    Appointment.objects.create(
        post_id=on_stage.stage.posts["director"],
        person_id=on_stage.stage.people["chief"],
        kind="concurrent",
        place=2,
        period=DateRange(date(2020, 4, 2), None),
    )
    case_id = on_stage.routed("r1", "deputy_director")
    where = on_stage.position(case_id, "director")
    on_stage.act("look", case_id, "deputy_director", position=where)
    on_stage.act("take_back", case_id, "deputy_director")
    on_stage.stage.approve(case_id, "deputy_director")
    on_stage.act("look", case_id, "chief", position=where)
    with pytest.raises(CannotAct, match=r"振興係長の人.*もう開いているため"):
        on_stage.act("take_back", case_id, "deputy_director")
    concurrently(on_stage, "chief", "deputy_director")
    case_id = on_stage.routed("r1")
    on_stage.act("look", case_id, "chief", position=on_stage.position(case_id, "deputy_director"))
    on_stage.course("withdraw", case_id)


def test_S08_what_changed_since_one_acted_is_shown_to_whoever_has_opened_it(on_stage: Scenario) -> None:
    setting(on_stage.stage, "withdraw_until", "opened")
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.revise(case_id, substance=True, text="率を変えた。")
    on_stage.act("look", case_id, "deputy_director")
    since = on_stage.page(case_id, "deputy_director").since
    assert since and since.acted and since.acted.event == "approved"


# --- S09, S10: who may return, reject, abandon


def test_S09_a_consenting_unit_returns_only_where_the_ministry_has_it_so(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1)
    assert "return" not in on_stage.page(case_id, "budget").acts
    with pytest.raises(CannotAct, match="できない操作"):
        on_stage.stage.send_back(case_id, "budget")
    setting(on_stage.stage, "may_return", "consents")
    assert "return" in on_stage.page(case_id, "budget").acts
    on_stage.stage.send_back(case_id, "budget", "積算を直すこと")
    assert (on_stage.case(case_id).state, on_stage.asked(case_id)) == ("returned", [])
    assert on_stage.told(case_id) == ["chief", "deputy_director", "director", "document"]
    on_stage.resubmit(case_id, substance=False, text="直した。")
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["budget", "document"]


@pytest.mark.parametrize(("act", "state"), [("reject", "rejected"), ("abandon", "abandoned")])
def test_S10_a_reviewer_ends_a_case_only_where_the_ministry_has_it_so(
    on_stage: Scenario, act: str, state: str
) -> None:
    case_id = on_stage.routed("r2", "deputy_director")
    assert act not in {option.name for option in on_stage.page(case_id, "director").options}
    with pytest.raises(CannotAct, match="できない操作"):
        on_stage.act(act, case_id, "director", "時期を改める")
    setting(on_stage.stage, "may_end", "reviewers")
    assert act in {option.name for option in on_stage.page(case_id, "director").options}
    on_stage.act(act, case_id, "director", "時期を改める")
    assert (on_stage.case(case_id).state, on_stage.asked(case_id)) == (state, [])
    assert on_stage.told(case_id) == ["chief", "deputy_director"]
    (step,) = (s for of in on_stage.page(case_id).stages for s in of.steps if s.post_title == "振興課長")
    assert (step.state, step.answer) == ("done", state)


# --- S12: a post at several places


@pytest.fixture
def at_each_place(db: None) -> Iterator[Scenario]:
    scene = Scenario(
        the_stage.build(rows=[{**ROWS[0], "reviewers": ["post:budget"], "consents": ["accounting"]}])
    )
    setting(scene.stage, "several_places", "each")
    yield scene
    assert_record_replays(scene)


def test_S12_a_post_at_two_places_acts_at_each_and_what_it_gave_at_each_goes_on(
    at_each_place: Scenario,
) -> None:
    on = at_each_place
    case_id = on.routed("r1", *R1)
    asked = [step.kind for step in on.steps(case_id) if step.post_id == on.stage.posts["budget"]]
    assert sorted(asked) == ["consent", "review"]
    kinds = []
    while on.asked(case_id) == ["budget"]:
        (item,) = on.inbox("budget")
        kinds.append(item[0])
        (step,) = (s for s in on.steps(case_id) if s.state == "open")
        on.act("approve", case_id, "budget", position=step.position)
    assert sorted(kinds) == ["consent", "review"]
    assert on.asked(case_id) == ["director_general"]
    on.stage.decide(case_id)


def test_S12_two_reviews_of_one_post_go_on_each_in_its_place(db: None) -> None:
    on = Scenario(the_stage.build(rows=[{**ROWS[0], "reviewers": ["post:director"]}]))
    setting(on.stage, "several_places", "each")
    setting(on.stage, "resubmission_from", "returned")
    case_id = on.routed("r1", "deputy_director")
    for _ in range(2):
        (step,) = (s for s in on.steps(case_id) if s.state == "open")
        on.act("approve", case_id, "director", position=step.position)
    on.stage.send_back(case_id, "director_general")
    on.resubmit(case_id, substance=False, text="直した。")
    assert on.standing(case_id) == ["deputy_director", "director", "director"]
    assert on.asked(case_id) == ["director_general"]
    on.stage.decide(case_id)
    assert_record_replays(on)


# --- S13: a person in several posts


def test_S13_one_confirmation_is_an_act_for_each_post_that_follows(on_stage: Scenario) -> None:
    setting(on_stage.stage, "several_posts", "together")
    concurrently(on_stage, "director", "councillor")
    assert any("一度の確認で職ごとに" in said for said in before_submitting(on_stage, "r3"))
    case_id = on_stage.routed("r3", "deputy_director")
    page = on_stage.page(case_id, "director")
    assert [step.post_title for step in page.goes_on] == ["審議官"]
    assert any("一度の確認で職ごとに" in str(said) for said in page.twice)
    act_id, seen = uuid4(), on_stage.stage.seen(case_id)
    done = [
        deciding.approve(
            actor=on_stage.stage.actor("director"),
            tenant_id=on_stage.stage.tenant_id,
            case_id=case_id,
            position=on_stage.position(case_id, "director"),
            seen=seen,
            act_id=act_id,
            at=on_stage.stage.later(),
            goes_on=[step.position for step in page.goes_on],
        )
        for _ in range(2)
    ]
    assert done[0] == done[1] and done[0].with_it == (done[0].seq - 1,)
    assert on_stage.asked(case_id) == ["director_general"]
    acts = [e for e in on_stage.page(case_id).history if e.kind == "approved"]
    assert [(e.post_title, e.one_go) for e in acts] == [
        ("振興課長補佐", False),
        ("振興課長", False),
        ("審議官", True),
    ]


def test_S13_it_decides_too_and_the_page_says_so(on_stage: Scenario) -> None:
    setting(on_stage.stage, "several_posts", "together")
    concurrently(on_stage, "director", "director_general")
    case_id = on_stage.routed("r1", "deputy_director")
    (further,) = on_stage.page(case_id, "director").goes_on
    assert (further.post_title, further.kind) == ("政策局長", "decide")
    done = on_stage.act("approve", case_id, "director", "よい", goes_on=[further.position])
    assert on_stage.case(case_id).state == "decided"
    assert (done.kind, done.number) == ("decided", on_stage.case(case_id).number)
    decided = on_stage.page(case_id).history[-1]
    assert (decided.post_title, decided.person_name, decided.remark) == ("政策局長", "振興課長の人", "")


def test_S13_not_where_somebody_else_comes_between(on_stage: Scenario) -> None:
    setting(on_stage.stage, "several_posts", "together")
    concurrently(on_stage, "deputy_director", "councillor")
    case_id = on_stage.routed("r3")
    assert on_stage.page(case_id, "deputy_director").goes_on == ()
    on_stage.stage.approve(case_id, "deputy_director")
    assert on_stage.asked(case_id) == ["director"]


def test_S13_a_page_that_named_no_other_post_answers_for_none(on_stage: Scenario) -> None:
    setting(on_stage.stage, "several_posts", "together")
    concurrently(on_stage, "director", "councillor")
    concurrently(on_stage, "director", "director_general")
    case_id = on_stage.routed("r3", "deputy_director")
    done = on_stage.act("approve", case_id, "director", goes_on=[on_stage.position(case_id, "councillor")])
    assert (done.kind, on_stage.asked(case_id)) == ("approved", ["director_general"])
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.act("approve", case_id, "director")
    assert on_stage.asked(case_id) == ["councillor"]


def test_S13_a_page_of_before_the_setting_answers_for_one_post(on_stage: Scenario) -> None:
    concurrently(on_stage, "director", "councillor")
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.act("approve", case_id, "director", goes_on=[on_stage.position(case_id, "councillor")])
    assert on_stage.asked(case_id) == ["councillor"]


def test_S13_it_is_said_before_whom_all_of_it_tells(on_stage: Scenario) -> None:
    setting(on_stage.stage, "several_posts", "together")
    concurrently(on_stage, "director", "director_general")
    case_id = on_stage.routed("r1", "deputy_director")
    page = on_stage.page(case_id, "director")
    said = {one.person_id for one in page.told["together"]}
    assert said > {one.person_id for one in page.told["approve"]}
    done = on_stage.act("approve", case_id, "director", goes_on=[s.position for s in page.goes_on])
    of = {"tenant_id": on_stage.stage.tenant_id, "case_id": case_id, "seq__in": (*done.with_it, done.seq)}
    told = Notice.objects.filter(**of, about=Notice.EVENT).values_list("person_id", flat=True)
    assert said == set(told)


def test_S13_one_confirmation_is_taken_back_from_its_last_post_on(on_stage: Scenario) -> None:
    setting(on_stage.stage, "several_posts", "together")
    concurrently(on_stage, "director", "councillor")
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.act("approve", case_id, "director", goes_on=[on_stage.position(case_id, "councillor")])
    with pytest.raises(CannotAct, match="同じ確認で"):
        on_stage.act("take_back", case_id, "director")
    on_stage.act("take_back", case_id, "councillor")
    on_stage.act("take_back", case_id, "director")
    assert on_stage.asked(case_id) == ["director"]
    on_stage.stage.approve(case_id, "director", "councillor")
    with pytest.raises(CannotAct, match="もう処理しているため"):
        on_stage.act("take_back", case_id, "director")


def step(position: int, post: int, **more: Any) -> replay.Step:
    state = "open" if position == 1 else "waiting"
    return replay.Step(position, more.pop("stage", position), more.pop("kind", "review"), post, state, **more)


def test_S13_neither_what_is_on_hold_nor_a_post_again_is_confirmed_with_another() -> None:
    decision = step(4, 9, kind="decide")

    def found(*steps: replay.Step) -> list[int]:
        return [one.position for one in in_one_go((*steps, decision), 1, {1, 2})]

    assert found(step(1, 1), step(2, 2), step(3, 9)) == [2]
    assert found(step(1, 1), step(2, 2), step(3, 1)) == [2]
    assert found(step(1, 1), step(2, 1)) == []
    held = replay.Step(2, 1, "review", 2, "open", held=7)
    assert found(step(1, 1), held) == []


# --- S14: the drafter's own decision


def own(on: Scenario) -> UUID:
    return on.stage.submitted("r1", by="director_general")


def test_S14_the_drafting_post_decides_where_the_ministry_allows_it(on_stage: Scenario) -> None:
    setting(on_stage.stage, "own_decision", "allowed")
    case_id = own(on_stage)
    assert on_stage.asked(case_id) == ["director_general"]
    assert on_stage.stage.decide(case_id).number


def test_S14_it_goes_up_a_level_where_the_ministry_has_it_so(on_stage: Scenario) -> None:
    setting(on_stage.stage, "own_decision", "goes_up")
    case_id = own(on_stage)
    assert on_stage.asked(case_id) == ["vice_minister"]
    step = on_stage.step(case_id, "vice_minister")
    assert step.kind == "decide" and "一段上の職" in step.reasons[-1]["text"]
    assert on_stage.stage.decide(case_id, "vice_minister").number


# --- S15: who adds steps by hand


def test_S15_only_the_drafter_adds_steps_where_the_ministry_has_it_so(on_stage: Scenario) -> None:
    setting(on_stage.stage, "adds_steps", "drafter")
    case_id = on_stage.routed("r1", "deputy_director")
    (barred,) = (o for o in on_stage.page(case_id, "director").options if o.name == "add_step")
    assert "起案者だけ" in str(barred.why_not)
    with pytest.raises(CannotAct, match="起案者だけ"):
        on_stage.add(case_id, "director", "councillor")
    (drafter,) = (o for o in on_stage.page(case_id).options if o.name == "add_step")
    assert "差し戻して" in str(drafter.remedy)
    with pytest.raises(CannotAct) as refused:
        by_hand.move(
            actor=on_stage.stage.actor("chief"),
            tenant_id=on_stage.stage.tenant_id,
            draft_id=case_id,
            added=uuid4(),
            to=Spot(0),
            at=on_stage.stage.later(),
        )
    assert str(refused.value.remedy) == str(drafter.remedy)


def test_a_setting_counts_from_its_day(on_stage: Scenario) -> None:
    stage = on_stage.stage
    case_id = on_stage.routed("r2", *R1)
    organisation.change_setting(
        tenant_id=stage.tenant_id,
        key="may_return",
        value="consents",
        effective=(stage.now + timedelta(days=1)).date(),
    )
    with pytest.raises(CannotAct, match="できない操作"):
        stage.send_back(case_id, "budget")
    stage.later(days=1)
    stage.send_back(case_id, "budget")
