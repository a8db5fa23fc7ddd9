"""Who may act follows from who holds the post at the moment of the act, in days of Japan."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.decisions import operations as deciding
from kessai.decisions import queries
from kessai.decisions.models import Event, Step
from kessai.decisions.rules import CannotAct
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import JAPAN
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment, Person
from stage import FOREVER, Stage

LAST_MINUTES = datetime(2026, 10, 31, 23, 58, tzinfo=JAPAN)
FIRST_MINUTES = datetime(2026, 11, 1, 0, 1, tzinfo=JAPAN)
CHANGE = date(2026, 11, 1)


def transfer(stage: Stage, code: str, name: str = "後任の人") -> Actor:
    """The holder of a post leaves on the last of October; somebody else comes. One row with a date, and one new."""
    Appointment.objects.filter(post_id=stage.posts[code]).update(period=DateRange(FOREVER.lower, CHANGE))
    person = Person.objects.create(
        tenant_id=stage.tenant_id, staff_no=f"{code}-2", name=name, name_en="Successor"
    )
    Appointment.objects.create(post_id=stage.posts[code], person=person, period=DateRange(CHANGE, None))
    return Actor(person.id)


def approve(stage: Stage, case_id: UUID, actor: Actor, at: datetime) -> deciding.Outcome:
    stage.now = at
    return deciding.approve(
        actor=actor,
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=stage.step(case_id, "deputy_director"),
        seen=stage.seen(case_id),
        act_id=uuid4(),
        at=at,
    )


def test_two_minutes_before_midnight_the_leaving_holder_still_acts(stage: Stage) -> None:
    case_id = stage.submitted()
    transfer(stage, "deputy_director")
    approve(stage, case_id, stage.actor("deputy_director"), LAST_MINUTES)
    assert Event.objects.get(case_id=case_id, seq=2).person_name == "振興課長補佐の人"


def test_a_page_opened_before_midnight_gives_no_authority_after_it(stage: Stage) -> None:
    """The former holder may not even know of the case any more, having never acted on it."""
    case_id = stage.submitted()
    transfer(stage, "deputy_director")
    page = queries.case_page(
        actor=stage.actor("deputy_director"), tenant_id=stage.tenant_id, case_id=case_id, at=LAST_MINUTES
    )
    assert page.my_step is not None
    with pytest.raises(NotFound):
        approve(stage, case_id, stage.actor("deputy_director"), FIRST_MINUTES)
    assert stage.open_posts(case_id) == {"deputy_director"}


def test_a_former_holder_who_may_still_see_the_case_is_told_why_the_act_is_refused(stage: Stage) -> None:
    ref = stage.draft()
    case_id = stage.submit(ref).case_id
    stage.send_back(case_id, "deputy_director")
    stage.submit(ref)
    transfer(stage, "deputy_director")
    with pytest.raises(CannotAct, match="いまは持っていません"):
        approve(stage, case_id, stage.actor("deputy_director"), FIRST_MINUTES)


def test_the_successor_finds_the_task_and_acts_though_no_step_was_rewritten(stage: Stage) -> None:
    case_id = stage.submitted()
    before = list(Step.objects.filter(case_id=case_id).order_by("position").values())
    successor = transfer(stage, "deputy_director")
    assert queries.home(actor=successor, at=LAST_MINUTES).inbox == ()
    assert list(Step.objects.filter(case_id=case_id).order_by("position").values()) == before
    (item,) = queries.home(actor=successor, at=FIRST_MINUTES).inbox
    assert item.case_id == case_id
    assert queries.home(actor=stage.actor("deputy_director"), at=FIRST_MINUTES).inbox == ()
    with pytest.raises(NotFound):
        approve(stage, case_id, successor, LAST_MINUTES)
    approve(stage, case_id, successor, FIRST_MINUTES)
    assert Event.objects.get(case_id=case_id, seq=2).person_name == "後任の人"


def test_an_act_keeps_name_title_and_unit_of_its_day_when_the_chart_has_changed(stage: Stage) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    transfer(stage, "deputy_director")
    page = queries.case_page(
        actor=stage.actor("director"), tenant_id=stage.tenant_id, case_id=case_id, at=FIRST_MINUTES
    )
    acted = page.history[1]
    assert (acted.person_name, acted.post_title, acted.unit_name) == (
        "振興課長補佐の人",
        "振興課長補佐",
        "振興課",
    )
    assert page.stages[0].steps[0].name == "振興課長補佐の人"


def test_a_draft_goes_with_the_post_and_the_successor_submits_it(stage: Stage) -> None:
    ref = stage.draft()
    successor = transfer(stage, "chief")
    stage.now = FIRST_MINUTES
    with pytest.raises(NotFound):
        stage.submit(ref)
    deciding.submit(
        actor=successor, tenant_id=ref.tenant_id, draft_id=ref.draft_id, act_id=uuid4(), at=FIRST_MINUTES
    )
    assert Event.objects.get(case_id=ref.draft_id).person_name == "後任の人"


def test_a_task_of_a_vacant_post_waits_and_the_page_says_that_nobody_holds_it(stage: Stage) -> None:
    case_id = stage.submitted()
    Appointment.objects.filter(post_id=stage.posts["deputy_director"]).update(
        period=DateRange(FOREVER.lower, CHANGE)
    )
    (sent,) = queries.home(actor=stage.actor("chief"), at=FIRST_MINUTES).sent
    assert sent.case_id == case_id
    assert [(w.post_title, w.holder_name) for w in sent.waiting] == [("振興課長補佐", None)]


# --- what the drafter's own post does on the route


def test_whose_post_would_decide_the_matter_does_not_submit_it(stage: Stage) -> None:
    ref = stage.draft("reply", by="director")
    with pytest.raises(deciding.CannotSubmit) as refused:
        stage.submit(ref, by="director")
    (problem,) = refused.value.problems
    assert problem.field == "route"
    assert "決裁権者" in str(problem.text)


def test_the_drafters_own_review_is_passed_over_and_shown_as_such(stage: Stage) -> None:
    ref = stage.draft(by="deputy_director")
    case_id = stage.submit(ref, by="deputy_director").case_id
    assert stage.open_posts(case_id) == {"director"}
    page = queries.case_page(
        actor=stage.actor("director"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert page.stages[0].steps[0].state == "own"
    stage.approve(case_id, "director")
    assert stage.decide(case_id).number


# --- delegated decisions


def test_a_delegated_decision_is_recorded_as_delegated(stage: Stage) -> None:
    case_id = stage.submitted("reply")
    stage.approve(case_id, "deputy_director")
    stage.decide(case_id, "director")
    capacities = dict(Event.objects.filter(case_id=case_id).values_list("kind", "capacity"))
    assert capacities == {"submitted": "own", "approved": "own", "decided": "delegated"}


@pytest.mark.parametrize("flag", ["important", "unprecedented", "precedent", "disputed", "diet"])
def test_an_important_matter_is_taken_out_of_the_delegated_decision(stage: Stage, flag: str) -> None:
    case_id = stage.submitted("reply", flags=flag)
    stage.approve(case_id, "deputy_director", "director")
    assert stage.open_posts(case_id) == {"director_general"}
    stage.decide(case_id)
    assert Event.objects.get(case_id=case_id, kind="decided").capacity == "own"


def test_a_delegated_decider_who_returns_does_not_do_so_by_delegation(stage: Stage) -> None:
    case_id = stage.submitted("reply")
    stage.approve(case_id, "deputy_director")
    stage.send_back(case_id, "director")
    assert Event.objects.get(case_id=case_id, kind="returned").capacity == "own"
