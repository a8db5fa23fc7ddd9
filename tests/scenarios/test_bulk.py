"""S25: several cases answered at once (一括), where the row allows it; each is an act of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

import stage as the_stage
from decisions.deputies import away, with_deputies
from kessai.decisions import access, checks, machine, queries, stored
from kessai.decisions.bulk import operations, rules
from kessai.decisions.bulk.operations import Item, Result
from kessai.decisions.bulk.queries import Wanted, asked
from kessai.decisions.models import Event, Notice
from kessai.decisions.rules import CannotAct
from kessai.ledger.models import Entry
from kessai.organisation.models import Appointment, Person
from scenario import Scenario
from scenarios.conftest import assert_record_replays
from stage import vacate

ROUTINE = {"number": 7, "matter_code": "routine", "level": "director_general", "bulk": True}
AGREED = {
    "number": 8,
    "matter_code": "agreed",
    "level": "director",
    "delegated_from": "director_general",
    "consents": ["accounting"],
    "bulk": True,
}
BOTH = {**AGREED, "number": 9, "matter_code": "both", "consents": ["accounting", "documents"]}
IMPORTANT = {"number": 6, "matter_code": "routine", "flags": ["important"], "level": "director_general"}


@pytest.fixture
def routine(db: None) -> Iterator[Scenario]:
    """R1 where cases may be answered at once, not so the important ones; and a row with a consent."""
    rows = (*the_stage.ROWS[:5], IMPORTANT, ROUTINE, AGREED, BOTH)
    scenario = Scenario(the_stage.build(rows=rows, matters=("routine", "agreed", "both")))
    yield scenario
    assert_record_replays(scenario)


def at_director(on: Scenario, matter: str = "routine") -> UUID:
    """Drafted by the Deputy Director, so that the Director is the first to be asked."""
    return on.stage.submitted(matter, by="deputy_director")


def test_S25_who_asks_is_looked_up_once_for_all_the_cases(routine: Scenario) -> None:
    stage = routine.stage
    cases = [at_director(routine) for _ in range(3)]
    wanted = [Wanted(stage.tenant_id, case, routine.position(case, "director")) for case in cases]
    here: dict[str, Any] = {"actor": stage.actor("director"), "at": stage.now}

    def reads(read: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            read()
        return len(captured)

    one_more = reads(lambda: asked(wanted=wanted, **here)) - reads(lambda: asked(wanted=wanted[:2], **here))
    alone = reads(lambda: queries.case_page(tenant_id=stage.tenant_id, case_id=cases[0], **here))
    assert one_more + reads(lambda: access.sight(**here)) == alone


def item(on: Scenario, case_id: UUID, by: str, **more: Any) -> Item:
    position = on.position(case_id, by)
    kind = next((step.kind for step in on.steps(case_id) if step.position == position), "")
    found = Item(on.stage.tenant_id, case_id, position, rules.act_of(kind), on.stage.seen(case_id), uuid4())
    return replace(found, **more)


def many(on: Scenario, by: str, *items: Item, opinion: str = "") -> tuple[Result, ...]:
    return operations.approve_many(
        actor=on.stage.actor(by), items=items, at=on.stage.later(), opinion=opinion
    )


def refusals(results: tuple[Result, ...]) -> list[str]:
    return [str(result.refusal.what) if result.refusal else "" for result in results]


def test_A55_of_five_approved_at_once_four_are_and_the_one_withdrawn_is_refused(routine: Scenario) -> None:
    cases = [at_director(routine) for _ in range(5)]
    items = [item(routine, case_id, "director") for case_id in cases]
    routine.course("withdraw", cases[2], "deputy_director")
    results = many(routine, "director", *items, opinion="異議なし")
    assert [result.item.case_id for result in results] == cases
    assert [result.outcome is not None for result in results] == [True, True, False, True, True]
    assert "引き戻されています" in refusals(results)[2] and results[2].refusal.remedy  # type: ignore[union-attr]
    for case_id in (*cases[:2], *cases[3:]):
        assert routine.asked(case_id) == ["director_general"]
        event = Event.objects.filter(case_id=case_id).latest("seq")
        assert (event.kind, event.capacity, event.remark) == ("approved", "own", "異議なし")
        assert event.payload["bulk"] is True
        assert Entry.objects.filter(case_id=case_id, seq=event.seq).count() == 1
    assert routine.asked(cases[2]) == [] and routine.events(cases[2])[-1] == "withdrawn"
    acts = Event.objects.filter(kind="approved").values_list("act_id", flat=True)
    assert len(set(acts)) == 4


def test_A55_sent_again_the_answer_is_the_same_and_nothing_is_done_twice(routine: Scenario) -> None:
    cases = [at_director(routine) for _ in range(3)]
    items = [item(routine, case_id, "director") for case_id in cases]
    first = many(routine, "director", *items, items[0])
    assert [result.item for result in first] == items
    again = many(routine, "director", *items)
    assert [result.outcome for result in again] == [result.outcome for result in first]
    assert Event.objects.filter(kind="approved").count() == 3
    assert (
        Notice.objects.filter(about="task", person_id=routine.stage.people["director_general"]).count() == 3
    )


def test_S25_review_consent_and_decision_are_each_answered_as_what_they_are(routine: Scenario) -> None:
    agreed = [at_director(routine, "agreed") for _ in range(2)]
    other = at_director(routine)
    reviewed = many(routine, "director", item(routine, other, "director"))
    consented = many(routine, "budget", *(item(routine, case_id, "budget") for case_id in agreed))
    decided = many(routine, "director", *(item(routine, case_id, "director") for case_id in agreed))
    kinds = [
        [result.outcome.kind for result in of if result.outcome] for of in (reviewed, consented, decided)
    ]
    assert kinds == [["approved"], ["consented"] * 2, ["decided"] * 2]
    assert [result.outcome.number for result in decided if result.outcome] == ["政振第1号", "政振第2号"]
    last = routine.page(agreed[0]).history[-1]
    assert (last.kind, last.capacity, last.bulk) == ("decided", "delegated", True)
    body, _, _ = queries.original(tenant_id=routine.stage.tenant_id, case_id=agreed[0])
    assert body.count('"bulk":true') == 2


def test_S25_only_by_the_holder_and_never_as_a_deputy(routine: Scenario) -> None:
    case_id = at_director(routine)
    routine.stage.approve(case_id, "director")
    with_deputies(routine.stage)
    away(routine.stage, "director_general")
    (result,) = many(routine, "councillor", item(routine, case_id, "director_general"))
    assert "代わって（代決）、まとめて" in refusals((result,))[0]
    (held,) = many(routine, "director_general", item(routine, case_id, "director_general"))
    assert held.outcome is not None and held.outcome.number


def test_S25_not_where_the_row_does_not_allow_it_nor_once_a_flag_has_led_to_another_row(
    routine: Scenario,
) -> None:
    plain, flagged = routine.routed("r1", "deputy_director"), at_director(routine)
    before = item(routine, flagged, "director")
    routine.flag(flagged, "deputy_director")
    results = many(
        routine, "director", item(routine, plain, "director"), before, item(routine, flagged, "director")
    )
    assert "認めていません" in refusals(results)[0]
    after = many(routine, "director", item(routine, flagged, "director"))
    assert "認めていません" in refusals(after)[0]
    assert routine.asked(plain) == routine.asked(flagged) == ["director"]
    assert not [event for event in routine.events(plain) if event == "approved"][1:]


def test_S25_what_was_on_the_page_is_what_is_approved(routine: Scenario) -> None:
    case_id = at_director(routine)
    old = item(routine, case_id, "director")
    routine.rework(case_id, begin=True, by="deputy_director", text="書き改めた。")
    routine.course("revise", case_id, "deputy_director", substance=False)
    (result,) = many(routine, "director", old)
    assert "内容が変わっています" in refusals((result,))[0]
    (now,) = many(routine, "director", item(routine, case_id, "director"))
    assert now.outcome is not None


def test_S25_a_refused_consent_is_not_turned_and_nobody_acts_ahead(routine: Scenario) -> None:
    agreed, waiting = at_director(routine, "agreed"), at_director(routine)
    routine.act("refuse_consent", agreed, "budget", "反対")
    results = many(routine, "budget", item(routine, agreed, "budget"))
    assert "順番が来ている" in refusals(results)[0]
    with pytest.raises(CannotAct, match="順番が来ている"):
        routine.act("decide", waiting, "director_general", ahead=True, bulk=True)


def test_none_too_many_and_too_long_are_refused_before_anything_is_done(routine: Scenario) -> None:
    case_id = at_director(routine)
    with pytest.raises(CannotAct, match="一つも選ばれていません"):
        many(routine, "director")
    one = item(routine, case_id, "director")
    with pytest.raises(CannotAct, match="50件まで"):
        many(routine, "director", *(replace(one, case_id=uuid4()) for _ in range(51)))
    with pytest.raises(CannotAct, match="長すぎます"):
        many(routine, "director", one, opinion="あ" * 10_001)
    assert routine.asked(case_id) == ["director"]


def test_a_stranger_is_told_nothing_of_a_case_and_one_who_moved_who_has_it_now(routine: Scenario) -> None:
    case_id = at_director(routine)
    (result,) = many(routine, "personnel", item(routine, case_id, "director"))
    assert refusals((result,)) == ["この案件は見つかりません。"]
    wanted = [Wanted(routine.stage.tenant_id, case_id, routine.position(case_id, "director"))]
    ready, barred = asked(actor=routine.stage.actor("personnel"), wanted=wanted, at=routine.stage.now)
    assert ready == () and barred[0].page is None


def test_before_it_the_page_says_of_each_task_what_the_act_would_be_or_why_not(routine: Scenario) -> None:
    routed = routine.routed("r1", "deputy_director")
    mine, gone = at_director(routine), at_director(routine)
    decision = at_director(routine, "agreed")
    routine.stage.approve(decision, "budget")
    cases = (mine, gone, decision, routed, mine)
    wanted = [Wanted(routine.stage.tenant_id, c, routine.position(c, "director")) for c in cases]
    wanted.append(Wanted(routine.stage.tenant_id, mine, 99))
    routine.course("withdraw", gone, "deputy_director")
    ready, barred = asked(actor=routine.stage.actor("director"), wanted=wanted, at=routine.stage.now)
    assert [(one.wanted.case_id, one.act) for one in ready] == [(mine, "approve"), (decision, "decide")]
    assert [one.wanted.case_id for one in barred] == [gone, routed, mine]
    assert "経路" in str(barred[2].refusal.what)
    home = queries.home(actor=routine.stage.actor("director"), at=routine.stage.now)
    assert {entry.case_id for entry in home.inbox if entry.bulk} == {mine, decision}


def test_a_person_asked_in_two_posts_answers_the_second_on_the_page_of_the_case(routine: Scenario) -> None:
    stage = routine.stage
    person = Person.objects.get(id=stage.people["budget"])
    vacate(post_id=stage.posts["document"])
    Appointment.objects.create(
        post_id=stage.posts["document"], person=person, period=DateRange(date(2020, 5, 1), None)
    )
    case_id = at_director(routine, "both")
    wanted = [
        Wanted(stage.tenant_id, case_id, routine.position(case_id, post)) for post in ("budget", "document")
    ]
    ready, barred = asked(actor=stage.actor("budget"), wanted=wanted, at=stage.now)
    assert [one.step.post_id for one in ready] == [stage.posts["budget"]]
    assert "ほかの職にも" in str(barred[0].refusal.what)


@pytest.mark.parametrize(
    ("field", "forge"),
    [
        ("bulk 2.allowed", lambda c: c.events[0].payload.pop("bulk_allowed")),
        ("bulk 2.said", lambda c: c.events[1].payload.update(bulk="yes")),
        ("bulk 2.capacity", lambda c: setattr(c.events[1], "capacity", "acting")),
        ("bulk 2.event", lambda c: setattr(c.events[1], "kind", "held")),
        ("case.bulk", lambda c: setattr(c.case, "bulk", False)),
    ],
)
def test_a_forged_mark_is_found_by_what_it_says_and_not_by_its_digest_alone(
    routine: Scenario, field: str, forge: Any
) -> None:
    case_id = at_director(routine)
    many(routine, "director", item(routine, case_id, "director"))
    (case,) = stored.stored_cases(tenant_id=routine.stage.tenant_id, case_ids=[case_id])
    assert checks.check_case(case) == []
    forge(case)
    assert field in {finding.field for finding in checks.check_case(case)}


def test_what_may_be_done_at_once_is_declared() -> None:
    assert set(rules.KINDS) == {machine.REVIEW, machine.CONSENT, machine.DECIDE}
    assert set(rules.EVENTS) == {"approved", "consented", "decided"}
