"""S19, S23 and S32 where a ministry has it otherwise than the handbook assumes: a setting, from a day on."""

from __future__ import annotations

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from decisions.deputies import away, setting, with_deputies
from kessai.decisions.rules import CannotAct
from kessai.kernel.calendar import day_in_japan
from kessai.organisation.models import Appointment
from scenario import Scenario
from stage import FOREVER

R1 = ("deputy_director", "director")


def test_S19_a_revision_has_all_reviews_act_again_and_asks_no_standing_consent(on_stage: Scenario) -> None:
    setting(on_stage.stage, "reviews_at_revision", "lapse")
    case_id = on_stage.routed("r2", *R1, "budget")
    on_stage.revise(case_id, substance=False, text="日付を直した。")
    assert on_stage.asked(case_id) == ["deputy_director"]
    assert on_stage.standing(case_id) == []
    assert on_stage.standing(case_id, "consented") == ["budget"]
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["document"]
    on_stage.stage.approve(case_id, "document")
    on_stage.act("object_to", case_id, "budget", "主旨が変わった")
    assert on_stage.asked(case_id) == ["budget"]
    on_stage.stage.approve(case_id, "budget")
    assert on_stage.stage.decide(case_id).number


def test_S19_all_but_the_approvals_goes_on(on_stage: Scenario) -> None:
    setting(on_stage.stage, "reviews_at_revision", "lapse")
    case_id = on_stage.routed("r2", "deputy_director")
    on_stage.add(case_id, "director", "personnel", "consult")
    on_stage.stage.approve(case_id, "director")
    on_stage.act("refuse_consent", case_id, "budget", "反対です")
    on_stage.act("opine", case_id, "personnel", "異存ありません")
    on_stage.course("escalate", case_id, reason="折り合わない")
    on_stage.act("settle", case_id, "vice_minister", "進める")
    on_stage.revise(case_id, substance=False, text="日付を直した。")
    assert on_stage.asked(case_id) == ["deputy_director"]
    assert (on_stage.state(case_id, "budget"), on_stage.state(case_id, "personnel")) == ("overruled", "done")
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["document"]


def test_S19_whoever_was_passed_over_is_asked_and_need_not_read_it_afterwards(on_stage: Scenario) -> None:
    setting(on_stage.stage, "reviews_at_revision", "lapse")
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.act("approve", case_id, "councillor", ahead=True)
    on_stage.revise(case_id, substance=False, text="日付を直した。")
    on_stage.stage.approve(case_id, *R1)
    assert on_stage.asked(case_id) == ["councillor"]
    assert "post_review" not in {step.kind for step in on_stage.steps(case_id)}


def test_S23_only_the_drafter_raises_a_flag_where_the_ministry_has_it_so(on_stage: Scenario) -> None:
    setting(on_stage.stage, "raises_flags", "drafter")
    case_id = on_stage.routed("reply", "deputy_director")
    for code in ("director", "deputy_director"):
        assert "flag" not in {option.name for option in on_stage.page(case_id, code).options}
        with pytest.raises(CannotAct, match="起案者だけ"):
            on_stage.flag(case_id, code)
    assert "flag" in {option.name for option in on_stage.page(case_id).options}
    on_stage.flag(case_id, "chief")
    assert on_stage.step(case_id, "director_general").kind == "decide"


@pytest.mark.parametrize(("value", "reached"), [("people", ["director"]), ("posts", [])])
def test_S32_an_end_is_told_to_the_posts_only_where_the_ministry_has_it_so(
    on_stage: Scenario, value: str, reached: list[str]
) -> None:
    stage = on_stage.stage
    setting(stage, "ends_told_to", value)
    case_id = on_stage.routed("r1", *R1)
    today = day_in_japan(stage.later(days=1))
    Appointment.objects.filter(person_id=stage.people["director"]).update(
        period=DateRange(FOREVER.lower, today)
    )
    options = {option.name: option.told for option in on_stage.page(case_id, "director_general").options}
    said = {receiver.person_id for receiver in options["reject"]}
    on_stage.act("reject", case_id, "director_general", "時期を改める")
    assert on_stage.told(case_id) == ["chief", "deputy_director", *reached]
    assert said == {stage.people[code] for code in on_stage.told(case_id)}, "as the page said beforehand"


def test_S05_the_post_review_of_an_approval_that_stands_is_left_to_its_post(on_stage: Scenario) -> None:
    stage = on_stage.stage
    setting(stage, "acting_for", "every_step")
    setting(stage, "resubmission_from", "returned")
    with_deputies(stage, of="director", by=("deputy_director",))
    case_id = on_stage.routed("r3", "deputy_director")
    away(stage, "director")
    on_stage.act("approve", case_id, "deputy_director", position=on_stage.position(case_id, "director"))
    stage.send_back(case_id, "councillor")
    on_stage.resubmit(case_id, substance=False, text="直した。")
    assert on_stage.asked(case_id) == ["councillor"]
    assert on_stage.step(case_id, "director", "post_review").state == "waiting"
    stage.send_back(case_id, "councillor")
    on_stage.resubmit(case_id, substance=True, text="率を変えた。")
    assert "post_review" not in {step.kind for step in on_stage.steps(case_id)}
