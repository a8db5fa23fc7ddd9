"""The same person more than once: A36 to A39; and steps that wait for nobody, explained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

import stage as the_stage
from decisions.deputies import away, with_deputies
from kessai.decisions import queries
from kessai.decisions.models import DecidedOriginal
from kessai.decisions.operations import CannotSubmit
from kessai.decisions.rules import CannotAct
from kessai.decisions.sheet import facts
from kessai.drafting.operations import DraftRef
from kessai.organisation.models import Appointment, Post, PostSuccession, PostVersion
from scenario import Scenario
from scenarios.conftest import assert_record_replays

ROWS = (
    *the_stage.ROWS,
    {
        "number": 11,
        "matter_code": "three",
        "level": "director_general",
        "reviewers": ["post:director"],
        "consents": ["unit:pp"],
    },
    {"number": 12, "matter_code": "project", "level": "office_head", "decider_post": "projects"},
)


@pytest.fixture
def on_stage(db: None) -> Iterator[Scenario]:
    """The stage with the Head of the Projects Office, whose post the Section Chief holds as well."""
    scenario = Scenario(the_stage.build(rows=ROWS, matters=("three", "project")))
    head = Post.objects.create(tenant_id=scenario.stage.tenant_id, code="projects")
    PostVersion.objects.create(
        post=head,
        unit=PostVersion.objects.get(post_id=scenario.stage.posts["director"]).unit,
        period=the_stage.FOREVER,
        title="事業推進室長",
        title_en="projects",
        level="office_head",
        in_line=False,
    )
    scenario.stage.posts["projects"] = head.id
    scenario.stage.people["projects"] = scenario.stage.people["chief"]
    Appointment.objects.create(
        post=head,
        person_id=scenario.stage.people["chief"],
        kind="concurrent",
        period=the_stage.FOREVER,
    )
    yield scenario
    assert_record_replays(scenario)


def concurrently(scenario: Scenario, who: str, post: str) -> None:
    """Somebody holds a second post, in the place of its holder."""
    the_stage.vacate(post_id=scenario.stage.posts[post])
    scenario.stage.people[post] = scenario.stage.people[who]
    Appointment.objects.create(
        post_id=scenario.stage.posts[post],
        person_id=scenario.stage.people[who],
        kind="concurrent",
        period=DateRange(date(2020, 4, 2), None),
    )


def before_submitting(scenario: Scenario, matter: str, by: str = "chief") -> list[str]:
    stage = scenario.stage
    ref = stage.draft(matter, by)
    found = queries.preview(
        actor=stage.actor(by), tenant_id=stage.tenant_id, draft_id=ref.draft_id, at=stage.now
    )
    return [str(said) for said in found.twice]


def on_opening(scenario: Scenario, case_id: UUID, by: str) -> list[str]:
    return [str(said) for said in scenario.page(case_id, by).twice]


def test_A36_a_post_named_at_three_places_acts_once_at_the_last_with_all_three_reasons(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("three", "deputy_director")
    (step,) = [s for s in on_stage.steps(case_id) if s.post_id == on_stage.stage.posts["director"]]
    assert [reason["text"] % reason["params"] for reason in step.reasons] == [
        "起案した部署の上司です。",
        "決裁規程が審査を求めています。",
        "決裁規程が、振興課の合議を求めています。",
    ]
    assert step.kind == "consent", "the last of the three places"
    on_stage.stage.approve(case_id, "director")
    assert on_stage.asked(case_id) == ["director_general"]
    assert on_stage.stage.decide(case_id).number


def test_A37_one_person_in_two_posts_acts_once_per_post_and_is_told(on_stage: Scenario) -> None:
    concurrently(on_stage, "director", "councillor")
    told = "振興課長、審議官の職を持っています。職ごとに一度ずつ"
    assert [told in said for said in before_submitting(on_stage, "r3")] == [True]
    case_id = on_stage.routed("r3", "deputy_director")
    assert [told in said for said in on_opening(on_stage, case_id, "director")] == [True]
    assert on_opening(on_stage, case_id, "deputy_director") == []
    on_stage.stage.approve(case_id, "director")
    assert on_stage.asked(case_id) == ["councillor"]
    assert on_stage.inbox("director") == [("review", case_id)], "with the same person"
    on_stage.stage.approve(case_id, "councillor")
    assert on_stage.asked(case_id) == ["director_general"]
    acts = [(e.post_title, e.person_name) for e in on_stage.page(case_id).history if e.kind == "approved"]
    assert acts[1:] == [("振興課長", "振興課長の人"), ("審議官", "振興課長の人")]


def test_A38_the_drafters_own_review_step_is_passed_over(on_stage: Scenario) -> None:
    case_id = on_stage.stage.submitted("r1", by="deputy_director")
    assert on_stage.asked(case_id) == ["director"]
    assert on_stage.state(case_id, "deputy_director") == "own"
    with pytest.raises(CannotAct):
        on_stage.stage.approve(case_id, "deputy_director")
    on_stage.stage.approve(case_id, "director")
    on_stage.stage.send_back(case_id, "director_general")
    assert on_stage.asked(case_id) == []
    on_stage.stage.submit(DraftRef(on_stage.stage.tenant_id, case_id), "deputy_director")
    assert on_stage.asked(case_id) == ["director"]
    assert on_stage.inbox("deputy_director") == []
    on_stage.stage.approve(case_id, "director")
    on_stage.stage.decide(case_id)
    (own,) = (s for of in on_stage.page(case_id, "director").stages for s in of.steps if s.state == "own")
    assert own.post_title == "振興課長補佐"


@pytest.mark.parametrize("kind", ["review", "consent"])
def test_A38_no_step_added_by_hand_asks_the_post_that_drafted(on_stage: Scenario, kind: str) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    with pytest.raises(CannotAct, match="起案した職"):
        on_stage.add(case_id, "director", "chief", kind)
    on_stage.add(case_id, "director", "chief", "circulate")


def test_A39_the_drafter_who_holds_the_deciders_post_may_decide_and_is_told(on_stage: Scenario) -> None:
    told = ["あなたの起案を、あなたが事業推進室長として決裁することになります。鑑には両方の職名が載ります。"]
    assert before_submitting(on_stage, "project") == told
    case_id = on_stage.routed("project", "deputy_director")
    assert on_opening(on_stage, case_id, "chief") == told
    assert on_opening(on_stage, case_id, "deputy_director") == []
    on_stage.stage.decide(case_id, by="projects")
    body = json.loads(DecidedOriginal.objects.get(case_id=case_id).body)
    lines = {line["label"]: line["value"] for line in facts(body)}
    assert "振興係長　振興係長の人" in lines["起案"]
    assert "事業推進室長　振興係長の人" in lines["決裁"]
    assert "起案者（振興係長）と同じ人" in lines["決裁"]
    assert on_stage.page(case_id).history[-1].drafted_as == "振興係長"


def test_A39_the_drafter_in_a_review_post_is_told_as_well(on_stage: Scenario) -> None:
    concurrently(on_stage, "chief", "deputy_director")
    told = ["あなたの起案を、あなたが振興課長補佐としても処理することになります。"]
    assert before_submitting(on_stage, "r1") == told


def test_A39_a_draft_of_the_decider_as_the_decider_is_refused_with_the_reason(on_stage: Scenario) -> None:
    with pytest.raises(CannotSubmit) as refused:
        on_stage.stage.submitted("project", by="projects")
    (problem,) = refused.value.problems
    assert "事業推進室長" in str(problem.text)
    assert "同じ職で決裁することはできません" in str(problem.text)


def test_where_everyone_is_away_the_step_says_so_and_what_helps(on_stage: Scenario) -> None:
    with_deputies(on_stage.stage)
    for who in ("director_general", "councillor", "general_affairs"):
        away(on_stage.stage, who)
    case_id = on_stage.routed("r1", "deputy_director", "director")
    (step,) = [s for stage in on_stage.page(case_id).stages for s in stage.steps if s.state == "open"]
    assert str(step.no_stand_in) == "代決できる職の者が、みな不在か欠員です。"
    assert str(step.wait_for) == "政策局長の戻りを待ちます。"
    assert step.away_until is not None


def test_a_post_abolished_on_the_way_names_its_successor(on_stage: Scenario) -> None:
    """A58: nothing is submitted again, and the page says whose tasks these were."""
    case_id = on_stage.routed("r1", "deputy_director")
    stage = on_stage.stage
    that_day = date(2026, 10, 16)
    PostVersion.objects.filter(post_id=stage.posts["director"]).update(
        period=DateRange(the_stage.FOREVER.lower, that_day)
    )
    Appointment.objects.filter(post_id=stage.posts["director"]).update(
        period=DateRange(the_stage.FOREVER.lower, that_day)
    )
    PostSuccession.objects.create(
        post_id=stage.posts["director"],
        successor_id=stage.posts["general_affairs"],
        period=DateRange(that_day, None),
    )
    stage.later(days=11)
    (step,) = [s for of in on_stage.page(case_id).stages for s in of.steps if s.state == "open"]
    assert (step.post_title, step.succeeds) == ("総務課長", "振興課長")
