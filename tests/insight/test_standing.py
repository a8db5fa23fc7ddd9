"""Where cases stand, for whoever sent them, for the head of a unit, and for whoever runs the machines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from clearances import MARKED, RESTRICTED, clear
from insight import precedents
from kessai.decisions.standing import queries as stands
from kessai.decisions.standing.queries import OfUnit
from kessai.insight import standing
from kessai.kernel.calendar import day_in_japan
from scenario import Scenario
from stage import vacate


def of_unit(on_stage: Scenario, by: str) -> OfUnit:
    stage = on_stage.stage
    (post,) = stands.headed(actor=stage.actor(by), on=day_in_japan(stage.now))
    return stands.of_unit(actor=stage.actor(by), post=post, at=stage.now)


def stuck(on_stage: Scenario, by: str = "chief") -> list[tuple[UUID, list[str]]]:
    stage = on_stage.stage
    found = standing.stand(stands.mine(actor=stage.actor(by), at=stage.now), at=stage.now)
    return [(each.item.case_id, [t.kind for t in each.troubles]) for each in standing.stuck(found)]


def test_whoever_sent_cases_sees_those_that_do_not_move_the_gravest_first(on_stage: Scenario) -> None:
    stage = on_stage.stage
    returned = on_stage.routed("r1")
    stage.send_back(returned, "deputy_director")
    held = on_stage.routed("r1")
    on_stage.act("hold", held, "deputy_director", "資料を待つ")
    refused = on_stage.routed("r2", "deputy_director", "director")
    on_stage.act("refuse_consent", refused, "budget", "根拠が足りない")
    late = on_stage.routed("r1", deadline="2026-10-09")
    moving = on_stage.routed("r1")
    precedents.quick(stage)
    stage.now = datetime(2026, 10, 8, 3, tzinfo=UTC)
    assert stuck(on_stage) == [(refused, ["refused"]), (held, ["held"]), (returned, ["back"])]
    stage.now = datetime(2026, 10, 13, 3, tzinfo=UTC)
    found = dict(stuck(on_stage))
    assert found[late] == ["overdue", "long"] and found[moving] == ["long"]


def test_a_consultation_whose_day_has_passed_is_told_with_its_unit(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "personnel", "consult", answer_by=date(2026, 10, 7))
    assert stuck(on_stage) == []
    stage = on_stage.stage
    stage.now = datetime(2026, 10, 9, 3, tzinfo=UTC)
    (found,) = standing.stand(stands.mine(actor=stage.actor("chief"), at=stage.now), at=stage.now)
    (trouble,) = found.troubles
    assert (trouble.kind, trouble.ask, trouble.what.params) == (
        "unanswered",
        "人事課長 人事課長の人",
        {"n": 2},
    )
    on_stage.act("opine", case_id, "personnel", "影響はない")
    assert stuck(on_stage) == []


def test_a_hold_says_since_when_and_why(on_stage: Scenario) -> None:
    stage = on_stage.stage
    case_id = on_stage.routed("r1")
    on_stage.act("hold", case_id, "deputy_director", "資料を待つ")
    (found,) = standing.stand(stands.mine(actor=stage.actor("chief"), at=stage.now), at=stage.now)
    (trouble,) = found.troubles
    assert (trouble.said, trouble.since) == ("資料を待つ", stage.now)


def test_where_nobody_can_act_the_reason_names_whom_to_ask(on_stage: Scenario) -> None:
    on_stage.routed("r1")
    vacate(post_id=on_stage.stage.posts["deputy_director"])
    stage = on_stage.stage
    (found,) = standing.stand(stands.mine(actor=stage.actor("chief"), at=stage.now), at=stage.now)
    (trouble,) = found.troubles
    assert trouble.kind == "nobody" and "人事課長" in str(trouble.helps.params["ask"])
    assert found.look.expected is None


def test_only_heads_of_units_have_their_units_cases(on_stage: Scenario) -> None:
    today = day_in_japan(on_stage.stage.now)
    heads = {
        code for code in on_stage.stage.posts if stands.headed(actor=on_stage.stage.actor(code), on=today)
    }
    expected = {"director_general", "director", "general_affairs", "budget", "document", "personnel"}
    assert heads == expected


def test_a_head_sees_what_the_unit_drafted_and_what_waits_in_it(on_stage: Scenario) -> None:
    drafted = on_stage.routed("r1", "deputy_director", "director")
    waits = on_stage.routed("r2", "deputy_director", "director")
    found = of_unit(on_stage, "director")
    assert found.drafted == {drafted, waits}
    assert (found.waiting, found.hidden, found.at_posts) == (frozenset(), 0, ())
    accounts = of_unit(on_stage, "budget")
    assert ([i.case_id for i in accounts.items], accounts.waiting) == ([waits], frozenset({waits}))
    assert [(each.seat.title, each.cases) for each in accounts.at_posts] == [("会計課長", 1)]


def test_a_head_over_several_units_sees_those_below(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    found = of_unit(on_stage, "director_general")
    assert found.drafted == {case_id} == found.waiting
    assert [each.seat.title for each in found.at_posts] == ["振興課長補佐"]


def test_what_the_head_may_not_see_is_only_counted(on_stage: Scenario) -> None:
    clear(on_stage.stage, "chief", "deputy_director", "director_general")
    marked = on_stage.routed("r1", marking=MARKED, restriction=RESTRICTED)
    found = of_unit(on_stage, "director")
    assert (found.items, found.hidden) == ((), 1)
    assert marked not in found.waiting
    assert [(each.seat.title, each.cases) for each in found.at_posts] == [("振興課長補佐", 1)]


def test_the_ministry_s_cases_that_do_not_move_are_there_for_whoever_runs_the_machines(
    on_stage: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = on_stage.stage
    monkeypatch.setattr(stands, "AT_ONCE", 1)
    cases = [on_stage.routed("r1") for _ in range(3)]
    on_stage.act("hold", cases[0], "deputy_director", "資料を待つ")
    stage.send_back(cases[2], "deputy_director")
    found = list(standing.of_ministry(tenant_id=stage.tenant_id, at=stage.now))
    assert {each.item.case_id for each in found} == {cases[0], cases[2]}
