"""A question on a case and its answer: on the record, in the inbox until answered, and nothing waits for it."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kessai.decisions import queries
from kessai.decisions.models import Case, Event
from kessai.decisions.rules import CannotAct
from kessai.kernel.actor import Actor
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment, Person
from kessai.organisation.reorganising import operations as reorganising
from scenario import Scenario
from stage import vacate

R1 = ("deputy_director", "director")
WHY = "なぜ随意契約なのですか"


def test_a_question_waits_in_the_inbox_until_it_is_answered_and_moves_nothing(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    before = [(s.position, s.state) for s in on_stage.steps(case_id)]
    on_stage.talk("ask", case_id, "director", to="chief", question=WHY)
    assert on_stage.inbox("chief") == [("question", case_id)]
    assert on_stage.inbox("director") == [("review", case_id)]
    assert [(s.position, s.state) for s in on_stage.steps(case_id)] == before
    on_stage.talk("answer", case_id, "chief", text="一者しか作れないためです")
    assert on_stage.inbox("chief") == []
    assert on_stage.told(case_id) == ["director"]
    for reader in ("chief", "deputy_director", "director", "director_general"):
        (said,) = on_stage.talk_of(case_id, reader).requests
        assert (said.state, said.asked.text) == ("answered", WHY)
        assert said.answer is not None and said.answer.text == "一者しか作れないためです"
        assert (said.answer.title, said.answer.name) == ("振興係長", "振興係長の人")
    on_stage.stage.approve(case_id, "director")
    assert on_stage.stage.decide(case_id).number


def test_the_inbox_says_who_asks_and_what(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    on_stage.talk("ask", case_id, "deputy_director", to="chief", question=WHY)
    (item,) = queries.home(actor=on_stage.stage.actor("chief"), at=on_stage.stage.now).inbox
    assert (item.asked_by, item.words, item.post_title) == ("振興課長補佐 振興課長補佐の人", WHY, "振興係長")


def test_the_history_and_the_decided_original_keep_both_with_titles_of_the_day(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", *R1)
    on_stage.talk("ask", case_id, "director_general", to="chief", question=WHY)
    on_stage.talk("answer", case_id, "chief", text="一者しか作れないためです")
    asked, answered = on_stage.page(case_id).history[-2:]
    assert (asked.kind, asked.to, asked.remark) == ("asked", "振興係長 振興係長の人", WHY)
    assert (answered.kind, answered.to) == ("answered", "政策局長 政策局長の人")
    on_stage.stage.decide(case_id)
    body, _, _ = queries.original(tenant_id=on_stage.stage.tenant_id, case_id=case_id)
    assert WHY in body and "一者しか作れないためです" in body and '"asked_title":"振興係長"' in body


@pytest.mark.parametrize("to", ["chief", "deputy_director", "director", "director_general"])
def test_the_drafter_and_every_post_on_the_route_may_be_asked(on_stage: Scenario, to: str) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    by = "director" if to != "director" else "chief"
    on_stage.talk("ask", case_id, by, to=to, question=WHY)
    assert on_stage.asked_beside(case_id) == [to]
    assert on_stage.stage.posts[to] in {seat.post_id for seat in on_stage.talk_of(case_id, by).askable}


def test_one_who_acted_in_an_earlier_round_may_be_asked(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.add(case_id, "director", "budget")
    on_stage.stage.approve(case_id, "director", "budget")
    on_stage.stage.send_back(case_id, "director_general")
    on_stage.resubmit(case_id, substance=True)
    on_stage.course("remove_step", case_id, "director", target=on_stage.position(case_id, "budget"))
    assert on_stage.state(case_id, "budget") == "removed"
    on_stage.talk("ask", case_id, "deputy_director", to="budget", question=WHY)
    assert on_stage.inbox("budget") == [("question", case_id)]


@pytest.mark.parametrize(
    ("to", "says"),
    [("personnel", "経路の職"), ("director", "自分の職")],
    ids=["a post that has nothing to do with it", "oneself"],
)
def test_who_is_not_asked(on_stage: Scenario, to: str, says: str) -> None:
    case_id = on_stage.routed("r1")
    with pytest.raises(CannotAct) as refused:
        on_stage.talk("ask", case_id, "director", to=to, question=WHY)
    assert says in str(refused.value.what) and str(refused.value.remedy)
    assert on_stage.events(case_id) == ["submitted"]


@pytest.mark.parametrize("words", ["", " 　\n"])
def test_an_empty_question_and_an_empty_answer_are_refused(on_stage: Scenario, words: str) -> None:
    case_id = on_stage.routed("r1")
    with pytest.raises(CannotAct, match="質問がありません"):
        on_stage.talk("ask", case_id, "director", to="chief", question=words)
    on_stage.talk("ask", case_id, "director", to="chief", question=WHY)
    with pytest.raises(CannotAct, match="回答がありません"):
        on_stage.talk("answer", case_id, "chief", text=words)
    with pytest.raises(CannotAct, match="10000字まで"):
        on_stage.talk("answer", case_id, "chief", text="あ" * 10_001)
    on_stage.talk("answer", case_id, "chief", text="あ" * 10_000)


def test_asking_and_answering_count_once_however_often_they_are_sent(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    once, twice = uuid4(), uuid4()
    for _ in range(2):
        on_stage.talk("ask", case_id, "director", to="chief", question=WHY, act_id=once)
    for _ in range(2):
        on_stage.talk("answer", case_id, "chief", text="はい", act_id=twice)
    assert on_stage.events(case_id) == ["submitted", "asked", "answered"]
    with pytest.raises(CannotAct, match="もう済んでいます"):
        on_stage.talk("answer", case_id, "chief", text="いいえ")


def test_only_the_post_that_was_asked_answers_and_only_the_one_that_asked_drops(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    on_stage.talk("ask", case_id, "director", to="chief", question=WHY)
    for act, by, words in (("answer", "director", {"text": "x"}), ("drop", "chief", {})):
        with pytest.raises(CannotAct, match="いまあなたの職のものではありません"):
            on_stage.talk(act, case_id, by, **words)
    with pytest.raises(CannotAct, match="見つかりません"):
        on_stage.talk("answer", case_id, "chief", text="x", request=1)
    with pytest.raises(CannotAct, match="できない操作"):
        on_stage.talk("report", case_id, "chief", text="x")


def test_a_question_no_longer_needed_leaves_the_inbox_and_the_asked_is_told(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    on_stage.talk("ask", case_id, "director", to="chief", question=WHY)
    on_stage.talk("drop", case_id, "director")
    assert on_stage.inbox("chief") == [] and on_stage.told(case_id) == ["chief"]
    (said,) = on_stage.talk_of(case_id).requests
    assert (said.state, said.asked.text, said.answer) == ("dropped", WHY, None)
    with pytest.raises(CannotAct, match="もう済んでいます"):
        on_stage.talk("answer", case_id, "chief", text="遅い答え")


def test_a_colleague_of_the_drafting_unit_may_ask_and_a_stranger_finds_nothing(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    stage = on_stage.stage
    colleague = Person.objects.create(
        tenant_id=stage.tenant_id, staff_no="colleague", name="同僚", name_en="colleague"
    )
    Appointment.objects.create(
        post_id=stage.posts["director"], person=colleague, period=DateRange(date(2020, 4, 1), None), place=2
    )
    stage.people["colleague"] = colleague.id
    on_stage.talk("ask", case_id, "colleague", to="chief", question=WHY)
    with pytest.raises(NotFound):
        on_stage.talk("ask", case_id, "personnel", to="chief", question=WHY)


def test_who_acted_and_holds_no_post_any_more_cannot_ask(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    vacate(person_id=on_stage.stage.people["deputy_director"])
    with pytest.raises(CannotAct, match="きょう職を持っている人"):
        on_stage.talk("ask", case_id, "deputy_director", to="chief", question=WHY)
    assert on_stage.talk_of(case_id, "deputy_director").askable == ()


def test_a_returned_and_a_withdrawn_case_keep_their_questions(on_stage: Scenario) -> None:
    returned = on_stage.routed("r1", "deputy_director")
    on_stage.talk("ask", returned, "director", to="chief", question=WHY)
    on_stage.stage.send_back(returned, "director")
    withdrawn = on_stage.routed("r1")
    on_stage.talk("ask", withdrawn, "deputy_director", to="chief", question=WHY)
    on_stage.course("withdraw", withdrawn)
    assert sorted(on_stage.inbox("chief")) == sorted([("question", returned), ("question", withdrawn)])
    on_stage.talk("answer", returned, "chief", text="直します")
    on_stage.resubmit(withdrawn, substance=False)
    assert on_stage.asked_beside(withdrawn) == ["chief"]
    on_stage.talk("ask", returned, "chief", to="director", question="これでよいですか")
    assert ("question", returned) in on_stage.inbox("director")


@pytest.mark.parametrize("end", ["decided", "rejected", "abandoned", "cancelled"])
def test_A46_no_end_leaves_a_question_in_an_inbox(on_stage: Scenario, end: str) -> None:
    case_id = on_stage.routed("r1", *R1)
    on_stage.talk("ask", case_id, "director_general", to="chief", question=WHY)
    on_stage.talk("ask", case_id, "chief", to="deputy_director", question="図面はありますか")
    if end == "decided":
        on_stage.stage.decide(case_id)
    elif end == "cancelled":
        on_stage.course("cancel", case_id, reason="不要")
    else:
        on_stage.act(end.removesuffix("ed"), case_id, "director_general", "時期を改める")
    assert on_stage.case(case_id).state == end
    assert on_stage.asked_beside(case_id) == []
    assert on_stage.inbox("chief") == on_stage.inbox("deputy_director") == []
    assert "deputy_director" in on_stage.told(case_id)
    assert {each.state for each in on_stage.talk_of(case_id).requests} == {"over"}
    with pytest.raises(CannotAct, match="終わっているため"):
        on_stage.talk("ask", case_id, "director", to="chief", question=WHY)


def test_a_question_follows_the_post_when_it_changes_hands(on_stage: Scenario) -> None:
    stage = on_stage.stage
    case_id = on_stage.routed("r1")
    on_stage.talk("ask", case_id, "director", to="chief", question=WHY)
    new = Person.objects.create(tenant_id=stage.tenant_id, staff_no="new", name="後任", name_en="new")
    Appointment.objects.filter(post_id=stage.posts["chief"]).update(
        period=DateRange(date(2020, 4, 1), date(2026, 10, 16))
    )
    Appointment.objects.create(
        post_id=stage.posts["chief"], person=new, period=DateRange(date(2026, 10, 16), None)
    )
    old, stage.people["chief"] = stage.people["chief"], new.id
    stage.later(days=10)
    assert on_stage.inbox("chief") == [("question", case_id)]
    assert queries.home(actor=Actor(old), at=stage.now).inbox == ()
    on_stage.talk("answer", case_id, "chief", text="前任から聞いています")
    event = Event.objects.get(case_id=case_id, kind="answered")
    assert (event.person_name, event.post_title) == ("後任", "振興係長")


def test_a_question_follows_to_the_successor_of_an_abolished_post(on_stage: Scenario) -> None:
    stage = on_stage.stage
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.talk("ask", case_id, "chief", to="deputy_director", question=WHY)
    change = reorganising.start(
        actor=None, tenant_id=stage.tenant_id, title="改編", effective=date(2040, 7, 1), at=stage.now
    )
    body = "区分,対象,コード,承継先\n統合,職,deputy_director,general_affairs\n".encode("cp932")
    reorganising.load(actor=None, change_id=change, source=body, source_name="改編.csv", at=stage.now)
    reorganising.schedule(actor=None, change_id=change, at=stage.now)
    stage.now = stage.now.replace(year=2040, month=7, day=2)
    assert on_stage.inbox("general_affairs") == [("question", case_id)]
    assert on_stage.inbox("deputy_director") == []
    (said,) = on_stage.talk_of(case_id).requests
    assert (said.to_title, said.to_name) == ("総務課長", "総務課長の人")
    on_stage.talk("answer", case_id, "general_affairs", text="引き継ぎました")
    assert Event.objects.get(case_id=case_id, kind="answered").post_title == "総務課長"


def test_an_asked_post_that_is_vacant_is_shown_as_such(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director")
    on_stage.talk("ask", case_id, "director", to="deputy_director", question=WHY)
    vacate(person_id=on_stage.stage.people["deputy_director"])
    (said,) = on_stage.talk_of(case_id).requests
    assert (said.state, said.to_title, said.to_name) == ("open", "振興課長補佐", None)


def test_who_holds_two_posts_asks_the_one_as_the_other(on_stage: Scenario) -> None:
    stage = on_stage.stage
    Appointment.objects.create(
        post_id=stage.posts["director"],
        person_id=stage.people["chief"],
        period=DateRange(date(2020, 4, 1), None),
        kind="concurrent",
        place=2,
    )
    case_id = on_stage.routed("r1")
    on_stage.talk("ask", case_id, "chief", to="director", question="両方の職として確かめます")
    event = Event.objects.get(case_id=case_id, kind="asked")
    assert (event.post_title, event.payload["asked_title"]) == ("振興係長", "振興課長")


def test_a_question_is_no_act_that_stops_a_withdrawal(on_stage: Scenario) -> None:
    case_id: UUID = on_stage.routed("r1")
    on_stage.talk("ask", case_id, "deputy_director", to="chief", question=WHY)
    on_stage.course("withdraw", case_id)
    assert Case.objects.get(id=case_id).state == "withdrawn"
