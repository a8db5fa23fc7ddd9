"""Who is told of an act: once, in its transaction, never who did it, and as the page said beforehand."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from decisions.deputies import with_deputies
from kessai.decisions import replay
from kessai.decisions.deputising.operations import instruct
from kessai.decisions.models import Notice
from kessai.decisions.replay import Step
from kessai.decisions.telling import operations, queries, rules
from kessai.kernel.calendar import day_in_japan
from kessai.organisation.models import Appointment, Person
from scenario import Scenario
from stage import FOREVER

R1 = ("deputy_director", "director")
R2 = (*R1, "budget", "document")


def told(scenario: Scenario, case_id: UUID) -> list[str]:
    return scenario.told(case_id)


def tasks(scenario: Scenario, case_id: UUID) -> list[str]:
    return scenario.told(case_id, "task")


def test_A01_who_gets_a_task_is_told_of_it_once(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == ([], ["deputy_director"])
    on_stage.stage.approve(case_id, "deputy_director")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == ([], ["director"])


def test_A07_the_last_of_the_consents_gives_the_decider_one_task_and_one_notice(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1)
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == ([], ["budget", "document"])
    on_stage.stage.approve(case_id, "budget")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == ([], [])
    on_stage.stage.approve(case_id, "document")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == ([], ["director_general"])
    decider = on_stage.stage.people["director_general"]
    assert Notice.objects.filter(person_id=decider).count() == 1


@pytest.mark.parametrize("consented", [(), ("document",)])
def test_A08_a_refusal_is_told_to_the_drafter_and_the_reviewers(
    on_stage: Scenario, consented: tuple[str, ...]
) -> None:
    case_id = on_stage.routed("r2", *R1, *consented)
    on_stage.act("refuse_consent", case_id, "budget", "積算の根拠がありません")
    assert told(on_stage, case_id) == ["chief", "deputy_director", "director"]


def test_A09_the_drafter_is_told_that_a_refusing_unit_agrees(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "document")
    on_stage.act("refuse_consent", case_id, "budget", "積算の根拠がありません")
    on_stage.stage.approve(case_id, "budget")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (["chief"], ["director_general"])


def test_A10_a_unit_whose_refusal_goes_up_is_told_and_so_is_the_superior_who_need_not_settle_it(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r2", *R1, "document")
    on_stage.act("refuse_consent", case_id, "budget", "積算の根拠がありません")
    on_stage.course("escalate", case_id, reason="三度協議した")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (["budget"], ["vice_minister"])
    on_stage.stage.approve(case_id, "budget")
    assert told(on_stage, case_id) == ["chief", "vice_minister"]


def test_A11_a_consultation_that_the_decision_closes_is_told(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "budget", "consult")
    assert tasks(on_stage, case_id) == ["budget"]
    on_stage.stage.approve(case_id, "director")
    on_stage.stage.decide(case_id)
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (["budget", "chief"], [])


def test_A14_a_return_is_told_to_all_who_acted_and_not_to_who_returned(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", *R1)
    on_stage.stage.send_back(case_id, "director_general")
    assert told(on_stage, case_id) == ["chief", "deputy_director", "director"]


def test_A15_units_whose_consents_stand_are_told_of_the_resubmission(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R2)
    on_stage.stage.send_back(case_id, "director_general")
    on_stage.resubmit(case_id, substance=False, text="誤字を直した。")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (
        ["budget", "document"],
        ["deputy_director"],
    )


def test_A16_who_is_asked_nothing_after_a_return_to_an_earlier_step_is_told(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r3", *R1, "councillor")
    on_stage.act(
        "return_to", case_id, "director_general", "直して", to=on_stage.position(case_id, "director")
    )
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (
        ["chief", "councillor", "deputy_director"],
        ["director"],
    )


def test_A17_who_has_an_open_task_beside_the_one_that_returns_is_told() -> None:
    route = (
        Step(1, 1, "review", 101, "done", acted=2),
        Step(2, 2, "review", 102, "done", acted=3),
        Step(3, 3, "review", 103, "done", acted=4),
        Step(4, 3, "review", 104, "open"),
        Step(5, 3, "review", 105, "open"),
        Step(6, 4, "decide", 106, "waiting"),
    )
    event = replay.Happened("returned", 1, 4, seq=5, to=2)
    after = replay.happen("routed", {1: route}, event)[1][1]
    assert rules.told("returned", route, after) == (True, {1, 2, 3, 4, 5})
    assert [step.position for step in rules.asked(route, after)] == [2]


def test_A19_a_withdrawal_is_told_to_whose_task_is_gone(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    on_stage.act("hold", case_id, "deputy_director", "確認中")
    on_stage.course("withdraw", case_id)
    assert told(on_stage, case_id) == ["deputy_director"]


def test_A21_whose_task_is_taken_away_by_an_approval_taken_back_is_told(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", *R1)
    on_stage.act("take_back", case_id, "director")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (["director_general"], [])


@pytest.mark.parametrize(
    ("approved", "skipped"), [(("deputy_director",), ["director"]), ((), ["deputy_director", "director"])]
)
def test_A23_who_is_skipped_is_told_be_it_before_their_turn(
    on_stage: Scenario, approved: tuple[str, ...], skipped: list[str]
) -> None:
    case_id = on_stage.routed("r3", *approved)
    on_stage.act("approve", case_id, "councillor", ahead=True)
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (skipped, ["director_general"])
    on_stage.stage.decide(case_id)
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (["chief"], skipped)


def test_A29_a_deputy_who_is_told_beforehand_to_decide_hears_of_it(on_stage: Scenario) -> None:
    stage = with_deputies(on_stage.stage)
    case_id = stage.submitted()
    instruct(
        actor=stage.actor("director_general"),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        deputy_post_id=stage.posts["councillor"],
        seen=stage.seen(case_id),
        act_id=uuid4(),
        at=stage.later(),
    )
    assert told(on_stage, case_id) == ["councillor"]


def test_A41_who_had_the_task_of_a_step_that_is_removed_is_told(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "councillor")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == ([], [])
    on_stage.add(case_id, "director", "general_affairs")
    on_stage.stage.approve(case_id, "director")
    on_stage.course("remove_step", case_id, "director", target=on_stage.position(case_id, "councillor"))
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (["councillor"], ["general_affairs"])


def test_A43_the_drafter_is_told_that_a_consent_moved(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "budget", "consent")
    on_stage.stage.approve(case_id, "director")
    on_stage.course(
        "move_consent",
        case_id,
        "budget",
        position=on_stage.position(case_id, "budget"),
        post_id=on_stage.stage.posts["personnel"],
        reason="所掌外",
    )
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (["chief"], ["personnel"])


def test_A44_the_drafter_is_told_of_a_hold(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.act("hold", case_id, "director", "10月20日に数字が出る")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (["chief"], [])


@pytest.mark.parametrize("end", ["reject", "abandon"])
def test_A45_A47_an_end_is_told_to_the_drafter_and_all_who_acted(on_stage: Scenario, end: str) -> None:
    case_id = on_stage.routed("r2", *R2)
    on_stage.act(end, case_id, "director_general", "時期を改める")
    assert told(on_stage, case_id) == ["budget", "chief", "deputy_director", "director", "document"]


def test_A48_a_cancellation_is_told_to_units_asked_and_all_who_acted(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget")
    on_stage.course("cancel", case_id, reason="不要になった")
    assert told(on_stage, case_id) == ["budget", "deputy_director", "director", "document"]


def test_S32_an_end_is_told_to_those_too_whose_answers_lapsed_before(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r3", *R1, "councillor")
    on_stage.act(
        "return_to", case_id, "director_general", "直して", to=on_stage.position(case_id, "deputy_director")
    )
    on_stage.stage.send_back(case_id, "deputy_director")
    on_stage.course("cancel", case_id, reason="不要になった")
    assert told(on_stage, case_id) == ["councillor", "deputy_director", "director", "director_general"]


def test_S32_the_person_wherever_seated_today_and_the_holder_of_the_post_are_told(on_stage: Scenario) -> None:
    stage = on_stage.stage
    case_id = on_stage.routed("r1", *R1)
    today = day_in_japan(stage.later(days=1))
    Appointment.objects.filter(person_id=stage.people["director"]).update(
        period=DateRange(FOREVER.lower, today)
    )
    new = Person.objects.create(tenant_id=stage.tenant_id, staff_no="new", name="後任", name_en="new")
    Appointment.objects.create(post_id=stage.posts["director"], person=new, period=DateRange(today, None))
    stage.people["successor"] = new.id
    on_stage.act("reject", case_id, "director_general", "時期を改める")
    assert told(on_stage, case_id) == ["chief", "deputy_director", "director", "successor"]


def test_A50_A51_a_revision_and_an_objection_are_told(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget")
    on_stage.revise(case_id, substance=False, text="日付を直した。")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (
        ["budget", "deputy_director", "director"],
        [],
    )
    on_stage.stage.approve(case_id, "document")
    on_stage.act("object_to", case_id, "budget", "主旨が変わった")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (["chief", "director_general"], [])


def test_A49_a_revision_that_changes_the_substance_is_told_to_all_but_who_is_asked_first(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r2", *R2)
    on_stage.revise(case_id, substance=True, text="補助率を変えた。")
    assert (told(on_stage, case_id), tasks(on_stage, case_id)) == (
        ["budget", "director", "director_general", "document"],
        ["deputy_director"],
    )


SAID: list[tuple[str, str, tuple[str, ...], str, dict[str, str]]] = [
    ("r2", "director", ("deputy_director",), "approve", {}),
    ("r2", "budget", R1, "refuse", {"reason": "根拠がない"}),
    ("r2", "director_general", R2, "decide", {}),
    ("r2", "director_general", R2, "return", {"reason": "直して"}),
    ("r2", "director_general", R2, "reject", {"reason": "時期を改める"}),
    ("r2", "director_general", R2, "abandon", {"reason": "時期を改める"}),
    ("r2", "director_general", R2, "hold", {"reason": "数字を待つ"}),
    ("r2", "chief", (*R1, "budget"), "cancel", {"reason": "不要になった"}),
    ("r1", "chief", (), "withdraw", {}),
    ("r1", "director", R1, "take_back", {}),
    ("r1", "director", R1, "remind", {}),
    ("r3", "councillor", (), "ahead", {}),
    ("r3", "director_general", (), "ahead", {}),
]


@pytest.mark.parametrize(("matter", "by", "approved", "act", "words"), SAID)
def test_the_page_says_beforehand_who_is_told(
    on_stage: Scenario, matter: str, by: str, approved: tuple[str, ...], act: str, words: dict[str, str]
) -> None:
    case_id = on_stage.routed(matter, *approved)
    names = {person: code for code, person in on_stage.stage.people.items()}
    page = on_stage.page(case_id, by)
    options = {option.name: option.told for option in page.options}
    said = page.told[act] if act in page.told else options[act]
    press(on_stage, case_id, by, act, words)
    assert sorted(names[one.person_id] for one in said) == told(on_stage, case_id)


def press(scenario: Scenario, case_id: UUID, by: str, act: str, words: dict[str, str]) -> None:
    """Do what a button of the page does."""
    stage = scenario.stage
    if act == "ahead":
        kind = "decide" if scenario.step(case_id, by).kind == "decide" else "approve"
        scenario.act(kind, case_id, by, ahead=True)
    elif act in ("approve", "decide"):
        scenario.act(act, case_id, by)
    elif act == "return":
        stage.send_back(case_id, by, **words)
    elif act == "remind":
        scenario.remind(case_id, by)
    elif act in ("cancel", "withdraw"):
        scenario.course(act, case_id, by, **words)
    else:
        scenario.act({"refuse": "refuse_consent"}.get(act, act), case_id, by, words.get("reason"))


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
