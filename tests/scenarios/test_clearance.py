"""A61 and S28: who is cleared for which marking, and what nobody else finds."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from clearances import ALL, MARKED, RESTRICTED, clear
from decisions.deputies import acts as decide_instead
from decisions.deputies import away, inbox, leaves, page, told, with_deputies
from kessai.decisions import handed_over, queries
from kessai.decisions.models import Event, Notice
from kessai.decisions.operations import CannotSubmit
from kessai.decisions.reminding import operations as reminder
from kessai.decisions.reminding import queries as reminding
from kessai.decisions.rules import CannotAct
from kessai.decisions.telling import queries as telling
from kessai.drafting import queries as drafts
from kessai.kernel.errors import NotFound
from scenario import Scenario
from stage import Stage, vacate

R1 = ("deputy_director", "director")


def marked(scene: Scenario, *approved: str, matter: str = "r1") -> UUID:
    return scene.routed(matter, *approved, marking=MARKED, restriction=RESTRICTED)


def finds(stage: Stage, case_id: UUID, by: str) -> list[str]:
    """Every way by which somebody finds a case: its page, the search, the inbox, the count, what was sent, notices."""
    actor, at = stage.actor(by), stage.later()
    home = queries.home(actor=actor, at=at)
    found = []
    try:
        page(stage, case_id, by)
        found.append("address")
    except NotFound:
        pass
    if queries.search(actor=actor, words="地域振興", at=at):
        found.append("search")
    if home.inbox:
        found.append("inbox")
    if queries.waiting(actor=actor, at=at):
        found.append("count")
    if home.sent or home.decided or home.drafts:
        found.append("sent")
    if telling.unseen(actor=actor, at=at):
        found.append("notices")
    return found


def test_A61_no_acting_decision_by_a_deputy_without_clearance(on_stage: Scenario) -> None:
    stage = with_deputies(on_stage.stage)
    clear(stage, *ALL)
    case_id = marked(on_stage, *R1)
    away(stage, "director_general")
    assert finds(stage, case_id, "councillor") == []
    assert inbox(stage, "general_affairs") == [("decide", "acting")]
    with pytest.raises(NotFound):
        decide_instead(stage, case_id, "councillor")
    assert decide_instead(stage, case_id, "general_affairs").number
    decision = Event.objects.get(case_id=case_id, kind="decided")
    assert (decision.capacity, decision.post_title) == ("acting", "総務課長")
    passed = [{"order": 1, "title": "審議官", "why": "uncleared"}]
    assert (decision.payload["order"], decision.payload["passed_over"]) == (2, passed)
    assert page(stage, case_id, "chief").history[-1].passed_over == ((1, "審議官", "uncleared"),)
    assert finds(stage, case_id, "councillor") == []


def test_A61_with_clearance_the_first_deputy_comes_first(on_stage: Scenario) -> None:
    stage = with_deputies(on_stage.stage)
    clear(stage, *ALL, "councillor")
    case_id = marked(on_stage, *R1)
    away(stage, "director_general")
    with pytest.raises(CannotAct, match="審議官"):
        decide_instead(stage, case_id, "general_affairs")
    assert decide_instead(stage, case_id, "councillor").number


@pytest.mark.parametrize("covers", [(MARKED,), (RESTRICTED,), ()])
def test_S28_half_a_clearance_is_none_even_on_the_own_post(
    on_stage: Scenario, covers: tuple[str, ...]
) -> None:
    stage = on_stage.stage
    clear(stage, *ALL)
    case_id = marked(on_stage, "deputy_director")
    assert finds(stage, case_id, "director") == ["address", "search", "inbox", "count"]
    clear(stage, "director", covers=covers)
    assert finds(stage, case_id, "director") == []
    with pytest.raises(NotFound):
        on_stage.stage.approve(case_id, "director")


def test_S28_a_step_that_nobody_may_see_is_stuck_and_says_whom_to_ask(on_stage: Scenario) -> None:
    stage = on_stage.stage
    clear(stage, "chief", "deputy_director", "director")
    case_id = marked(on_stage, *R1)
    (now,) = (step for stage_ in page(stage, case_id, "chief").stages for step in stage_.steps if step.stuck)
    assert now.post_title == "政策局長" and now.stuck is not None
    assert "文書課長（文書課長の人）" in str(now.stuck)
    (sent,) = queries.home(actor=stage.actor("chief"), at=stage.later()).sent
    assert sent.waiting[0].stuck is not None
    clear(stage, "director_general", covers=("*",))
    assert inbox(stage, "director_general") == [("decide", "own")]
    assert stage.decide(case_id).number


def stuck_at(stage: Stage) -> list[str]:
    """Titles of the posts at which operators see a step stuck."""
    return [step.post_title for step in reminding.stuck_steps(tenant_id=stage.tenant_id, at=stage.now)]


def test_S28_operators_and_the_drafter_hear_of_a_step_that_nobody_may_see(on_stage: Scenario) -> None:
    stage = on_stage.stage
    clear(stage, "chief", "deputy_director", "director")
    case_id = marked(on_stage, *R1)
    stage.submitted("r1")
    (step,) = reminding.stuck_steps(tenant_id=stage.tenant_id, at=stage.now)
    assert (step.case_id, step.post_title, step.kind) == (case_id, "政策局長", "decide")
    assert step.since == date(2026, 10, 6) and "文書課長（文書課長の人）" in str(step.why)
    assert reminder.day(tenant_id=stage.tenant_id, at=stage.later(days=1)).stuck == 1
    told = telling.unseen(actor=stage.actor("chief"), at=stage.now)
    assert [(one.about, one.post_title) for one in told] == [("stuck", "政策局長")]
    vacate(post_id=stage.posts["director_general"])
    assert stuck_at(stage) == ["政策局長"], "vacant and unseen: once, and first of all vacant"
    clear(stage, "director_general")
    assert stuck_at(stage) == ["政策局長"]


def test_S28_a_deputy_who_may_see_it_and_act_now_is_somebody(on_stage: Scenario) -> None:
    stage = with_deputies(on_stage.stage)
    clear(stage, "chief", "deputy_director", "director", "councillor")
    case_id = marked(on_stage, *R1)
    assert stuck_at(stage) == ["政策局長"], "the holder is there, and no deputy may act"
    away(stage, "director_general")
    assert stuck_at(stage) == []
    stuck = [s for of in page(stage, case_id, "chief").stages for s in of.steps if s.stuck]
    (sent,) = queries.home(actor=stage.actor("chief"), at=stage.later()).sent
    assert stuck == [] and sent.waiting[0].stuck is None
    assert decide_instead(stage, case_id, "councillor").number


def test_S28_a_post_with_nobody_cleared_is_not_added_and_no_name_is_said(on_stage: Scenario) -> None:
    clear(on_stage.stage, *ALL)
    case_id = marked(on_stage)
    for kind in ("review", "consent", "consult", "circulate"):
        with pytest.raises(CannotAct, match=r"人事課長.*扱える人がいません") as refused:
            on_stage.add(case_id, "deputy_director", "personnel", kind)
        assert "人事課長の人" not in f"{refused.value.what}{refused.value.remedy}"
    on_stage.add(case_id, "deputy_director", "general_affairs")


def test_S28_a_drafter_without_clearance_is_told_whom_to_ask(on_stage: Scenario) -> None:
    stage = on_stage.stage
    clear(stage, *ALL[1:])
    with pytest.raises(CannotSubmit) as refused:
        marked(on_stage)
    (problem,) = refused.value.problems
    assert problem.field == "marking" and "文書課長（文書課長の人）" in str(problem.text)
    clear(stage, "chief", person=True)
    assert marked(on_stage)


def test_S28_the_marking_is_raised_and_never_lowered(on_stage: Scenario) -> None:
    stage = on_stage.stage
    clear(stage, *ALL)
    low = on_stage.routed("r1", marking="confidentiality1")
    assert (page(stage, low, "chief").marking, on_stage.case(low).needs) == ("confidentiality2", [])
    case_id = marked(on_stage)
    assert (page(stage, case_id, "chief").marking, on_stage.case(case_id).needs) == (
        MARKED,
        [MARKED, RESTRICTED],
    )
    on_stage.revise(case_id, substance=False, marking="", restriction="")
    assert on_stage.case(case_id).needs == []
    with pytest.raises(CannotSubmit):
        on_stage.routed("r1", restriction="どこにもない制限")


def test_S28_who_moved_away_keeps_reading_unless_the_marking_forbids(on_stage: Scenario) -> None:
    stage = on_stage.stage
    clear(stage, *ALL)
    plain, secret = on_stage.routed("r1", "deputy_director"), marked(on_stage, "deputy_director")
    leaves(stage, "deputy_director")
    assert page(stage, plain, "deputy_director")
    with pytest.raises(NotFound):
        page(stage, secret, "deputy_director")
    assert (
        handed_over.refusal(
            actor=stage.actor("deputy_director"), tenant_id=stage.tenant_id, case_id=secret, at=stage.later()
        )
        is None
    )
    clear(stage, "deputy_director", person=True)
    assert page(stage, secret, "deputy_director")


def test_S28_a_draft_that_comes_back_is_hidden_from_a_successor_without_clearance(on_stage: Scenario) -> None:
    stage = on_stage.stage
    clear(stage, *ALL)
    case_id = marked(on_stage)
    stage.send_back(case_id, "deputy_director")
    assert finds(stage, case_id, "chief") == ["address", "search", "sent", "notices"]
    clear(stage, "chief", covers=())
    assert finds(stage, case_id, "chief") == []
    assert "振興係長" in str(page(stage, case_id, "deputy_director").stuck)
    with pytest.raises(NotFound):
        drafts.draft(
            actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=case_id, at=stage.later()
        )


def test_S28_whoever_is_not_cleared_is_told_nothing(on_stage: Scenario) -> None:
    stage = on_stage.stage
    clear(stage, *ALL)
    case_id = marked(on_stage, *R1)
    clear(stage, "director", covers=())
    stage.send_back(case_id, "director_general")
    told_of = Notice.objects.filter(case_id=case_id, seq=on_stage.case(case_id).last_seq)
    people = {notice.person_id for notice in told_of}
    assert people == {stage.people["chief"], stage.people["deputy_director"]}


def test_S28_nobody_tells_a_deputy_beforehand_who_may_not_see_it(on_stage: Scenario) -> None:
    stage = with_deputies(on_stage.stage)
    clear(stage, *ALL)
    case_id = marked(on_stage, *R1)
    with pytest.raises(CannotAct, match="扱える人がいません"):
        told(stage, case_id, "councillor")
    assert told(stage, case_id, "general_affairs").seq
