"""A62, A46, A59: a deadline reminds and decides nothing; an end leaves no request; what is stuck is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.decisions import queries
from kessai.decisions.models import Event, Notice
from kessai.decisions.reminding import operations as reminding
from kessai.decisions.reminding import queries as days
from kessai.decisions.rules import CannotAct
from kessai.decisions.telling import queries as telling
from kessai.kernel.calendar import JAPAN
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment, Person
from scenario import Scenario
from stage import FOREVER

R1 = ("deputy_director", "director")
R2 = (*R1, "budget", "document")
FRIDAY = date(2026, 10, 23)


def morning(day: date) -> datetime:
    return datetime.combine(day, time(8), JAPAN)


def day(scenario: Scenario, of: date) -> list[tuple[str, str]]:
    """Do a day's work, twice, as two workers would; what it told whom of."""
    scenario.stage.now = morning(of)
    done = reminding.day(tenant_id=scenario.stage.tenant_id, at=morning(of))
    again = reminding.day(tenant_id=scenario.stage.tenant_id, at=morning(of) + timedelta(hours=1))
    assert (again.reminded, again.stuck, again.held) == (0, 0, 0)
    names = {person: code for code, person in scenario.stage.people.items()}
    told = Notice.objects.filter(seq=None, told_at=morning(of))
    found = sorted((notice.about, names[notice.person_id]) for notice in told)
    assert len(found) == done.reminded + done.stuck + done.held
    return found


def whole(scenario: Scenario, first: date, last: date) -> Iterator[tuple[date, list[tuple[str, str]]]]:
    """The days on which somebody was told, one after the other."""
    for n in range((last - first).days + 1):
        if told := day(scenario, first + timedelta(days=n)):
            yield first + timedelta(days=n), told


def test_A62_reminders_go_to_whom_it_waits_for_and_a_deadline_decides_nothing(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director", deadline=FRIDAY.isoformat())
    before = (on_stage.case(case_id).last_seq, on_stage.asked(case_id), on_stage.events(case_id))
    reminded = dict(whole(on_stage, date(2026, 10, 19), date(2026, 10, 27)))
    to_director = [("reminder", "director")]
    assert reminded == {date(2026, 10, n): to_director for n in (21, 23, 26, 27)}
    assert (on_stage.case(case_id).last_seq, on_stage.asked(case_id), on_stage.events(case_id)) == before
    director, chief = on_stage.stage.actor("director"), on_stage.stage.actor("chief")
    [task] = queries.home(actor=director, at=on_stage.stage.now).inbox
    [sent] = queries.home(actor=chief, at=on_stage.stage.now).sent
    assert task.deadline == sent.deadline == FRIDAY
    [notice] = telling.unseen(actor=director, at=on_stage.stage.now)
    assert (notice.about, notice.day, notice.deadline) == ("reminder", date(2026, 10, 27), FRIDAY)
    [step] = [s for stage in on_stage.page(case_id).stages for s in stage.steps if s.reminded]
    assert step.post_title == "振興課長"
    assert step.reminded == tuple(date(2026, 10, n) for n in (21, 23, 26, 27))


def test_A62_who_is_asked_for_an_answer_by_a_day_is_reminded_of_that_day(on_stage: Scenario) -> None:
    late = date(2026, 10, 30)
    case_id = on_stage.routed("r1", "deputy_director", deadline=late.isoformat())
    on_stage.add(case_id, "director", "personnel", "consult", answer_by=FRIDAY)
    on_stage.add(case_id, "director", "budget", "consult")
    reminded = dict(whole(on_stage, date(2026, 10, 19), date(2026, 10, 28)))
    of_case, of_answer = [("reminder", "budget"), ("reminder", "director")], [("reminder", "personnel")]
    assert reminded == {date(2026, 10, n): of_answer for n in (21, 23, 26, 27)} | {
        date(2026, 10, 28): sorted(of_answer + of_case)
    }
    [notice] = telling.unseen(actor=on_stage.stage.actor("personnel"), at=on_stage.stage.now)
    assert (notice.about, notice.deadline, notice.answer_by) == ("reminder", FRIDAY, FRIDAY)
    on_stage.act("opine", case_id, "personnel", "影響はない")
    assert day(on_stage, late) == of_case


def test_A62_once_it_is_done_the_reminder_is_gone_and_the_next_post_is_reminded_from_the_next_day(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r1", "deputy_director", deadline=FRIDAY.isoformat())
    assert day(on_stage, FRIDAY) == [("reminder", "director")]
    on_stage.stage.approve(case_id, "director")
    director = on_stage.stage.actor("director")
    assert telling.unseen(actor=director, at=on_stage.stage.now) == ()
    assert reminding.day(tenant_id=on_stage.stage.tenant_id, at=on_stage.stage.later()).reminded == 0
    assert day(on_stage, date(2026, 10, 26)) == [("reminder", "director_general")]


def test_S30_a_held_task_is_reminded_of_and_so_is_the_rework_of_the_drafter(on_stage: Scenario) -> None:
    held = on_stage.routed("r1", deadline=FRIDAY.isoformat())
    on_stage.act("hold", held, "deputy_director", "数字を待つ")
    back = on_stage.routed("r1", "deputy_director", deadline=FRIDAY.isoformat())
    on_stage.stage.send_back(back, "director")
    told = day(on_stage, FRIDAY)
    assert [one for one in told if one[0] == "reminder"] == [
        ("reminder", "chief"),
        ("reminder", "deputy_director"),
    ]
    assert on_stage.page(back).reminded == (FRIDAY,)


def test_S30_readers_are_not_reminded_and_a_consulted_unit_is(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director", deadline=FRIDAY.isoformat())
    on_stage.add(case_id, "director", "budget", "consult")
    on_stage.add(case_id, "director", "personnel", "circulate")
    assert day(on_stage, FRIDAY) == [("reminder", "budget"), ("reminder", "director")]


def test_S30_whoever_has_the_post_by_then_is_reminded(on_stage: Scenario) -> None:
    stage = on_stage.stage
    on_stage.routed("r1", "deputy_director", deadline=FRIDAY.isoformat())
    Appointment.objects.filter(person_id=stage.people["director"]).update(
        period=DateRange(FOREVER.lower, date(2026, 10, 16))
    )
    new = Person.objects.create(tenant_id=stage.tenant_id, staff_no="new", name="後任", name_en="new")
    Appointment.objects.create(
        post_id=stage.posts["director"], person=new, period=DateRange(date(2026, 10, 16), None)
    )
    stage.people["successor"] = new.id
    assert day(on_stage, FRIDAY) == [("reminder", "successor")]


@pytest.mark.parametrize("end", ["decide", "reject", "abandon", "cancel"])
def test_A46_no_end_state_leaves_a_request_in_an_inbox(on_stage: Scenario, end: str) -> None:
    case_id = on_stage.routed("r2", "deputy_director", deadline=FRIDAY.isoformat())
    on_stage.add(case_id, "director", "personnel", "consult")
    on_stage.add(case_id, "director", "general_affairs", "circulate")
    on_stage.stage.approve(case_id, "director", "budget", "document")
    on_stage.act("hold", case_id, "director_general", "期限まで待つ")
    assert on_stage.asked(case_id) == ["director_general", "personnel"]
    assert {who for about, who in day(on_stage, FRIDAY) if about == "reminder"} == {
        "director_general",
        "personnel",
    }
    if end == "cancel":
        on_stage.course("cancel", case_id, reason="不要になった")
    else:
        on_stage.act(end, case_id, "director_general", "時期を改める")
    assert on_stage.asked(case_id) == []
    asking = {"review", "consent", "consult", "settle", "decide"}
    told: set[str] = set()
    for code in on_stage.stage.people:
        home = queries.home(actor=on_stage.stage.actor(code), at=on_stage.stage.now)
        left = [item.kind for item in home.inbox]
        assert not asking & set(left)
        assert left == (["circulate"] if (end, code) == ("decide", "general_affairs") else [])
        unseen = telling.unseen(actor=on_stage.stage.actor(code), at=on_stage.stage.now)
        told |= {one.about for one in unseen}
    assert told == {"event"}
    assert day(on_stage, date(2026, 10, 26)) == []
    with pytest.raises(CannotAct):
        on_stage.remind(case_id, "director")


def test_A59_a_holder_retires_and_the_drafter_is_told_once(on_stage: Scenario) -> None:
    stage = on_stage.stage
    case_id = on_stage.routed("r1", "deputy_director")
    for code in ("director", "deputy_director"):
        Appointment.objects.filter(person_id=stage.people[code]).update(
            period=DateRange(FOREVER.lower, date(2026, 10, 16))
        )
    told = dict(whole(on_stage, date(2026, 10, 14), date(2026, 10, 18)))
    assert told == {date(2026, 10, 16): [("stuck", "chief")]}
    [step] = days.stuck_steps(tenant_id=stage.tenant_id, at=stage.now)
    assert (step.case_id, step.post_title, step.since) == (case_id, "振興課長", date(2026, 10, 16))
    assert step.why.params["ask"] == "人事課長（人事課長の人）"
    [notice] = telling.unseen(actor=stage.actor("chief"), at=stage.now)
    assert (notice.about, notice.post_title, notice.day) == ("stuck", "振興課長", date(2026, 10, 16))
    assert on_stage.standing(case_id) == ["deputy_director"]
    shown = {s.post_title: s for of in on_stage.page(case_id).stages for s in of.steps}
    assert str(shown["振興課長"].stuck).startswith("「振興課長」は欠員で")
    assert "人事課長（人事課長の人）" in str(shown["振興課長"].stuck)
    assert shown["振興課長補佐"].name == "振興課長補佐の人"
    for code in ("director", "director_general", "chief"):
        with pytest.raises((CannotAct, NotFound)):
            on_stage.act("approve", case_id, code, position=on_stage.position(case_id, "director"))
    new = Person.objects.create(tenant_id=stage.tenant_id, staff_no="new", name="後任", name_en="new")
    Appointment.objects.create(
        post_id=stage.posts["director"], person=new, period=DateRange(date(2026, 10, 19), None)
    )
    stage.people["successor"] = new.id
    assert day(on_stage, date(2026, 10, 19)) == []
    assert days.stuck_steps(tenant_id=stage.tenant_id, at=stage.now) == ()
    [task] = queries.home(actor=stage.actor("successor"), at=stage.now).inbox
    assert task.case_id == case_id


def test_a_hold_that_lasts_is_told_to_the_drafter_once(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    on_stage.act("hold", case_id, "deputy_director", "数字を待つ")
    told = dict(whole(on_stage, date(2026, 10, 7), date(2026, 10, 20)))
    assert told == {date(2026, 10, 14): [("held", "chief")]}
    on_stage.stage.approve(case_id, "deputy_director")
    unseen = telling.unseen(actor=on_stage.stage.actor("chief"), at=on_stage.stage.now)
    assert [one.about for one in unseen] == ["event"]


def test_a_reminder_by_hand_is_on_the_record_and_goes_to_whoever_has_it(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", *R1, "budget")
    on_stage.remind(case_id, "budget")
    event = Event.objects.get(case_id=case_id, kind="reminded")
    names = {person: code for code, person in on_stage.stage.people.items()}
    told = Notice.objects.filter(case_id=case_id, seq=event.seq)
    assert (event.post_title, [names[n.person_id] for n in told]) == ("会計課長", ["document"])
    assert on_stage.asked(case_id) == ["document"]


def test_a_case_is_reminded_of_by_hand_once_a_working_day_by_those_who_may(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director")
    for code in ("director", "director_general"):
        with pytest.raises(CannotAct, match="起案者と"):
            on_stage.remind(case_id, code)
    with pytest.raises(NotFound):
        on_stage.remind(case_id, "personnel")
    on_stage.remind(case_id)
    with pytest.raises(CannotAct) as refusal:
        on_stage.remind(case_id, "deputy_director")
    assert "10/7から" in str(refusal.value.remedy)
    on_stage.stage.later(days=1)
    on_stage.remind(case_id, "deputy_director")
    assert on_stage.events(case_id).count("reminded") == 2


def test_who_returned_a_case_may_remind_its_drafter(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.stage.send_back(case_id, "director")
    with pytest.raises(CannotAct):
        on_stage.remind(case_id, "chief")
    on_stage.remind(case_id, "director")
    assert [
        one.event for one in telling.unseen(actor=on_stage.stage.actor("chief"), at=on_stage.stage.now)
    ] == [
        "reminded",
        "returned",
    ]


def test_a_reminder_sent_twice_counts_once(on_stage: Scenario) -> None:
    case_id: UUID = on_stage.routed("r1")
    first = on_stage.remind(case_id)
    again = reminding.remind(
        actor=on_stage.stage.actor("chief"),
        tenant_id=on_stage.stage.tenant_id,
        case_id=case_id,
        act_id=Event.objects.get(case_id=case_id, seq=first.seq).act_id,
        at=on_stage.stage.later(),
    )
    assert (again.seq, on_stage.events(case_id).count("reminded")) == (first.seq, 1)


def test_a_question_and_what_a_head_passes_on_are_tasks_of_which_people_are_told_and_reminded(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r1", "deputy_director", deadline=FRIDAY.isoformat())
    on_stage.talk("ask", case_id, "director", to="chief", question="金額の根拠は。")
    assert (on_stage.told(case_id), on_stage.told(case_id, "task")) == ([], ["chief"])
    assert day(on_stage, FRIDAY) == [("reminder", "chief"), ("reminder", "director")]
    [notice] = telling.unseen(actor=on_stage.stage.actor("chief"), at=on_stage.stage.now)
    assert (notice.about, notice.kind) == ("reminder", "question")
    on_stage.talk("answer", case_id, "chief", text="三者見積りです。")
    assert on_stage.told(case_id) == ["director"]
    assert telling.unseen(actor=on_stage.stage.actor("chief"), at=on_stage.stage.now) == ()
    assert day(on_stage, date(2026, 10, 26)) == [("reminder", "director")]
