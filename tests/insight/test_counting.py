"""A night's counting: from how cases went to what is usual, and what is expected of a case by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from insight import precedents
from kessai.decisions.standing import queries as stands
from kessai.insight import operations, queries, standing, tasks
from kessai.insight.honesty.rules import Checked, Past, check
from kessai.insight.models import Precedent, Reckoning
from kessai.insight.standing import Standing
from kessai.organisation.models import ClosingDay
from scenario import Scenario

MONDAY = datetime(2026, 10, 5, 3, tzinfo=UTC)


def at_days(on_stage: Scenario, *days: int) -> UUID:
    """A case by R1 from Monday 5 October, its three steps answered on these days of the month."""
    stage = on_stage.stage
    stage.now = MONDAY
    case_id = stage.submitted()
    for code, day in zip(("deputy_director", "director"), days, strict=False):
        stage.now = MONDAY.replace(day=day)
        stage.approve(case_id, code)
    if len(days) == 3:
        stage.now = MONDAY.replace(day=days[2])
        stage.decide(case_id)
    return case_id


def counted(on_stage: Scenario) -> dict[tuple[str, int, str], list[int]]:
    operations.count(tenant_id=on_stage.stage.tenant_id, at=on_stage.stage.now)
    return {(row.what, row.post_id, row.matter_code): row.days for row in Precedent.objects.all()}


def look(on_stage: Scenario, case_id: UUID, by: str = "chief") -> Standing:
    stage = on_stage.stage
    items = stands.mine(actor=stage.actor(by), at=stage.now)
    (found,) = (s for s in standing.stand(items, at=stage.now) if s.item.case_id == case_id)
    return found


def test_days_are_the_working_days_between_the_day_it_came_and_the_day_of_the_answer(
    on_stage: Scenario,
) -> None:
    # 12 October 2026 is a holiday, 8 October one of the ministry's own.
    ClosingDay.objects.create(tenant_id=on_stage.stage.tenant_id, day=date(2026, 10, 8), name="記念日")
    at_days(on_stage, 5, 9, 13)
    found = counted(on_stage)
    post = on_stage.stage.posts
    assert found["review", post["deputy_director"], "r1"] == [1]
    assert found["review", post["director"], ""] == [0, 0, 0, 1]
    assert found["decide", 0, ""] == [0, 1]
    assert found["review", 0, ""] == [1, 0, 0, 1]


def test_a_return_is_a_detour_and_its_stays_count_too(on_stage: Scenario) -> None:
    stage = on_stage.stage
    stage.now = MONDAY
    case_id = stage.submitted()
    stage.now = MONDAY.replace(day=6)
    stage.send_back(case_id, "deputy_director")
    stage.now = MONDAY.replace(day=8)
    on_stage.resubmit(case_id, substance=False)
    stage.approve(case_id, "deputy_director", "director")
    stage.decide(case_id)
    found = counted(on_stage)
    assert found["review", stage.posts["deputy_director"], ""] == [1, 1]
    assert found["detour3", 0, ""] == [0, 0, 0, 1]
    assert ("detour1", 0, "") not in found


def test_counting_again_comes_to_the_same_and_what_is_older_than_a_year_is_left_out(
    on_stage: Scenario,
) -> None:
    at_days(on_stage, 6, 7, 8)
    first = counted(on_stage)
    assert first and counted(on_stage) == first
    assert Reckoning.objects.count() == 1
    on_stage.stage.now = datetime(2028, 10, 8, 3, tzinfo=UTC)
    assert counted(on_stage) == {}


def test_of_very_many_cases_all_are_counted_and_some_are_kept_for_the_check(
    on_stage: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(operations, "KEPT_AT_MOST", 2)
    monkeypatch.setattr(operations.honesty, "check", lambda cases: _noted(seen, cases))
    for _ in range(5):
        on_stage.stage.decided()
    found = operations.count(tenant_id=on_stage.stage.tenant_id, at=on_stage.stage.now)
    assert (found.cases, found.decided, seen) == (5, 5, [2])
    assert sum(Precedent.objects.get(what="decide", post_id=0, matter_code="").days) == 5


def _noted(seen: list[int], cases: Sequence[Past]) -> Checked:
    seen.append(len(cases))
    return check(cases)


def test_the_counts_name_posts_and_no_person(on_stage: Scenario) -> None:
    at_days(on_stage, 6, 7, 8)
    counted(on_stage)
    columns = {field.name for model in (Precedent, Reckoning) for field in model._meta.fields}
    assert not [name for name in columns if "person" in name or "name" in name]


def test_the_worker_counts_every_ministry_in_a_job_of_its_own(
    on_stage: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_days(on_stage, 6, 7, 8)
    tasks.night(tenant_id=on_stage.stage.tenant_id)
    assert queries.reckoning(tenant_id=on_stage.stage.tenant_id) is not None
    tasks.nights(timestamp=0)


def test_with_few_precedents_that_is_said_and_no_day(on_stage: Scenario) -> None:
    at_days(on_stage, 6, 7, 8)
    counted(on_stage)
    case_id = on_stage.routed("r1")
    found = look(on_stage, case_id).look
    assert found.expected is None and found.why_not
    assert found.why_not.params == {"n": 1, "enough": 20}
    (stay,) = found.stays.values()
    assert (stay.usual, stay.long, stay.known) == (None, False, 2)


def test_the_day_of_decision_adds_up_what_is_left_in_working_days(on_stage: Scenario) -> None:
    precedents.quick(on_stage.stage)
    case_id = on_stage.routed("r1")
    found = look(on_stage, case_id).look.expected
    assert found
    # Tuesday 6 October and three working days, for each of which one in five takes a day longer.
    assert (found.day, found.most) == (date(2026, 10, 9), (date(2026, 10, 9), date(2026, 10, 14)))
    assert len(found.dots) == 20 and found.in_time is None
    on_stage.stage.approve(case_id, "deputy_director", "director")
    found = look(on_stage, case_id).look.expected
    assert found and found.day == date(2026, 10, 7)


def test_a_deadline_is_made_by_so_many_of_twenty(on_stage: Scenario) -> None:
    precedents.quick(on_stage.stage)
    case_id = on_stage.routed("r1", deadline="2026-10-09")
    found = look(on_stage, case_id).look.expected
    assert found and found.in_time == sum(day <= date(2026, 10, 9) for day in found.dots)
    assert 0 < found.in_time < 20


def test_on_a_day_that_is_closed_it_is_the_next_one(on_stage: Scenario) -> None:
    precedents.usual(on_stage.stage, review=[30, 0, 0, 0, 9], decide=[30], detour3=[30])
    case_id = on_stage.routed("r1")
    on_stage.stage.now = datetime(2026, 10, 10, 3, tzinfo=UTC)
    found = look(on_stage, case_id).look.expected
    # Saturday, the third working day since Tuesday is over; the one after Monday's holiday is the fourth.
    assert found and found.day == date(2026, 10, 13)


def test_longer_than_nine_of_ten_is_marked_and_beyond_all_no_day_is_named(on_stage: Scenario) -> None:
    precedents.quick(on_stage.stage)
    case_id = on_stage.routed("r1")
    on_stage.stage.now = datetime(2026, 10, 7, 3, tzinfo=UTC)
    assert not look(on_stage, case_id).look.long
    on_stage.stage.now = datetime(2026, 10, 9, 3, tzinfo=UTC)
    found = look(on_stage, case_id)
    assert found.look.long and found.look.expected is None
    assert found.look.why_not and "長くかかっている" in found.look.why_not.message
    assert [trouble.kind for trouble in found.troubles] == ["long"]


def test_while_a_consent_is_refused_or_nobody_can_act_no_day_is_named(on_stage: Scenario) -> None:
    precedents.quick(on_stage.stage)
    case_id = on_stage.routed("r2", "deputy_director", "director")
    on_stage.act("refuse_consent", case_id, "budget", "根拠が足りない")
    found = look(on_stage, case_id)
    assert found.look.expected is None and found.look.why_not and "不同意" in found.look.why_not.message
    assert [trouble.kind for trouble in found.troubles] == ["refused"]


def test_how_the_forecast_held_is_told_with_it(on_stage: Scenario) -> None:
    precedents.quick(on_stage.stage)
    case_id = on_stage.routed("r1")
    assert look(on_stage, case_id).look.honesty is None
    precedents.reckoned(on_stage.stage)
    assert look(on_stage, case_id).look.honesty == queries.Honesty(100, 60, 93)
