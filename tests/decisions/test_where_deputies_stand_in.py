"""What being a deputy opens, and what it does not: other kinds of matter, abolished posts, other ministries."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from decisions.deputies import acts, at_decider, away, inbox, leaves, page, setting, with_deputies
from kessai.decisions import queries
from kessai.decisions.rules import CannotAct
from kessai.kernel.calendar import JAPAN
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment, Person, PostSuccession, PostVersion, Setting, Tenant
from stage import FOREVER, Stage

EVE = datetime(2026, 10, 5, 12, 0, tzinfo=JAPAN)
THAT_DAY = datetime(2026, 10, 6, 9, 0, tzinfo=JAPAN)


def folded(stage: Stage, old: str, into: str) -> None:
    """A post ends on the day, and another one has its tasks from then on."""
    day = THAT_DAY.date()
    until = DateRange(FOREVER.lower, day)
    PostVersion.objects.filter(post_id=stage.posts[old]).update(period=until)
    Appointment.objects.filter(post_id=stage.posts[old]).update(period=until)
    PostSuccession.objects.create(
        post_id=stage.posts[old], successor_id=stage.posts[into], period=DateRange(day, None)
    )


def of_another_ministry(stage: Stage, who: str) -> int:
    """Somebody on loan from another ministry."""
    other = Tenant.objects.create(id=stage.tenant_id + 1, code="other", name="他省", name_en="Other")
    Person.objects.filter(id=stage.people[who]).update(tenant=other)
    return other.id


def test_the_deputies_of_an_abolished_post_do_not_see_what_its_successor_has(stage: Stage) -> None:
    stage.now = EVE
    with_deputies(stage, by=("councillor",))
    case_id = at_decider(stage)
    folded(stage, "director_general", "vice_minister")
    stage.now = THAT_DAY
    assert page(stage, case_id, "vice_minister").my_step
    with pytest.raises(NotFound):
        page(stage, case_id, "councillor")


def test_a_deputy_for_one_kind_of_matter_finds_no_other(stage: Stage) -> None:
    with_deputies(stage, by=("councillor",), matters=("r2",))
    other, mine = at_decider(stage), at_decider(stage, "r2")
    away(stage, "director_general")
    assert page(stage, mine, "councillor").stand_in
    with pytest.raises(NotFound):
        page(stage, other, "councillor")
    found = queries.search(actor=stage.actor("councillor"), words="振興", at=stage.later())
    assert [each.case_id for each in found] == [mine]


def test_the_settings_that_count_are_those_of_the_ministry_of_the_post(stage: Stage) -> None:
    of_another_ministry(stage, "councillor")
    with_deputies(stage, by=("councillor",))
    setting(stage, "acting_while_vacant", "yes")
    case_id = at_decider(stage)
    leaves(stage, "director_general")
    assert inbox(stage, "councillor") == [("decide", "acting")]
    acts(stage, case_id, "councillor")


def test_the_settings_of_the_own_ministry_open_nothing_in_another_one(stage: Stage) -> None:
    other = of_another_ministry(stage, "budget")
    Setting.objects.create(tenant_id=other, key="acting_for", period=FOREVER, value="every_step")
    with_deputies(stage, of="director", by=("budget",))
    away(stage, "director")
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    with pytest.raises(NotFound):
        page(stage, case_id, "budget")


def test_a_vacant_post_is_stuck_in_the_list_too_where_deputies_do_not_answer_such_steps(stage: Stage) -> None:
    setting(stage, "acting_while_vacant", "yes")
    with_deputies(stage, of="director", by=("general_affairs",))
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    leaves(stage, "director")
    (step,) = (s for stage_ in page(stage, case_id, "chief").stages for s in stage_.steps if s.stuck)
    (sent,) = queries.home(actor=stage.actor("chief"), at=stage.later()).sent
    assert [waiting.stuck for waiting in sent.waiting] == [step.stuck]


def test_of_two_open_steps_a_deputy_is_offered_the_one_they_may_answer(stage: Stage) -> None:
    setting(stage, "acting_for", "consents")
    with_deputies(stage, of="budget", by=("general_affairs", "personnel"))
    with_deputies(stage, of="document", by=("personnel",))
    case_id = stage.submitted("r2")
    stage.approve(case_id, "deputy_director", "director")
    away(stage, "budget")
    away(stage, "document")
    shown = page(stage, case_id, "personnel")
    assert shown.my_step and shown.my_step.post_id == stage.posts["document"]
    assert shown.acts == ("approve",)
    stage.approve(case_id, "document")
    shown = page(stage, case_id, "personnel")
    assert shown.stand_in and shown.my_step is None and "総務課長" in str(shown.stand_in.why)


def test_a_deputy_whose_post_took_over_the_drafters_does_not_decide_its_draft(stage: Stage) -> None:
    stage.now = EVE
    with_deputies(stage)
    case_id = at_decider(stage)
    folded(stage, "chief", "councillor")
    stage.now = THAT_DAY
    away(stage, "director_general", start=stage.now - timedelta(hours=1))
    assert inbox(stage, "councillor") == []
    assert inbox(stage, "general_affairs") == [("decide", "acting")]
    with pytest.raises(CannotAct) as refused:
        acts(stage, case_id, "councillor")
    assert refused.value.what.message == "あなたが起案した案件は、代決できません。"


def test_a_step_that_is_open_because_posts_were_merged_waits_for_the_deputy_too(stage: Stage) -> None:
    stage.now = EVE
    with_deputies(stage)
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    folded(stage, "director", "director_general")
    stage.now = THAT_DAY
    assert inbox(stage, "director_general") == [("decide", "own")]
    with pytest.raises(NotFound):
        page(stage, case_id, "councillor")
    away(stage, "director_general", start=stage.now - timedelta(hours=1))
    assert inbox(stage, "councillor") == [("decide", "acting")]
    shown = page(stage, case_id, "councillor")
    assert shown.my_step and shown.my_step.kind == "decide"
    assert acts(stage, case_id, "councillor").number
    assert inbox(stage, "director_general") == [("post_review", "own")]
