"""Who is told of an act: A08, A14, A19, A23, A45, A47, A48, A50, A51; once, and never who did it."""

from __future__ import annotations

from uuid import UUID

import pytest

from kessai.decisions.models import Notice
from kessai.decisions.telling import operations, queries
from scenario import Scenario

R1 = ("deputy_director", "director")
R2 = (*R1, "budget", "document")


def told(scenario: Scenario, case_id: UUID) -> list[str]:
    """Codes of those who were told of the last event, each as often as they were."""
    names = {person: code for code, person in scenario.stage.people.items()}
    case = scenario.case(case_id)
    return sorted(
        names[notice.person_id] for notice in Notice.objects.filter(case_id=case_id, seq=case.last_seq)
    )


def test_A08_a_refusal_is_told_to_the_drafter_and_the_reviewers(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1)
    on_stage.act("refuse_consent", case_id, "budget", "積算の根拠がありません")
    assert told(on_stage, case_id) == ["chief", "deputy_director", "director"]


def test_A14_a_return_is_told_to_all_who_acted_and_not_to_who_returned(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", *R1)
    on_stage.stage.send_back(case_id, "director_general")
    assert told(on_stage, case_id) == ["chief", "deputy_director", "director"]


def test_A19_a_withdrawal_is_told_to_whose_task_is_gone(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    on_stage.course("withdraw", case_id)
    assert told(on_stage, case_id) == ["deputy_director"]


def test_A23_who_is_skipped_is_told(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r3", "deputy_director")
    on_stage.act("approve", case_id, "councillor", ahead=True)
    assert told(on_stage, case_id) == ["director"]


@pytest.mark.parametrize("end", ["reject", "abandon"])
def test_A45_A47_an_end_is_told_to_the_drafter_and_all_who_acted(on_stage: Scenario, end: str) -> None:
    case_id = on_stage.routed("r2", *R2)
    on_stage.act(end, case_id, "director_general", "時期を改める")
    assert told(on_stage, case_id) == ["budget", "chief", "deputy_director", "director", "document"]


def test_A48_a_cancellation_is_told_to_units_asked_and_all_who_acted(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget")
    on_stage.course("cancel", case_id, reason="不要になった")
    assert told(on_stage, case_id) == ["budget", "deputy_director", "director", "document"]


def test_A50_A51_a_revision_and_an_objection_are_told(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget")
    on_stage.revise(case_id, substance=False, text="日付を直した。")
    assert told(on_stage, case_id) == ["budget", "deputy_director", "director"]
    on_stage.stage.approve(case_id, "document")
    on_stage.act("object_to", case_id, "budget", "主旨が変わった")
    assert told(on_stage, case_id) == ["chief", "director_general"]


def test_a_notice_is_read_in_the_inbox_and_marked_as_seen_once(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    on_stage.stage.send_back(case_id, "deputy_director", "根拠を足す")
    chief, at = on_stage.stage.actor("chief"), on_stage.stage.now
    assert [(one.event, one.remark) for one in queries.unseen(actor=chief, at=at)] == [
        ("returned", "根拠を足す")
    ]
    assert operations.mark_seen(actor=chief, until=at, at=at) == 1
    assert queries.unseen(actor=chief, at=at) == ()
    assert operations.mark_seen(actor=chief, until=at, at=at) == 0
