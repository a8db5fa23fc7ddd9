"""Cases that are only read (供覧案件): by nobody decided, over when all have read or their date has passed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

import stage as the_stage
from decisions.deputies import secretary, setting
from kessai.decisions import coversheet, queries, verification
from kessai.decisions.circulating import operations as circulating
from kessai.decisions.circulating import sheet
from kessai.decisions.flagging import operations as flagging
from kessai.decisions.models import Case, CoverSheet, DecidedOriginal, Event, Notice, Step
from kessai.decisions.operations import CannotSubmit, Outcome
from kessai.decisions.rules import CannotAct
from kessai.decisions.telling import queries as telling
from kessai.records import queries as records
from scenario import Scenario
from scenarios.conftest import assert_record_replays
from scenarios.test_reminders import day, morning, whole

ROWS = (
    *the_stage.ROWS,
    {
        "number": 21,
        "matter_code": "report",
        "level": "circulation",
        "circulation": ["documents"],
        "reason": "業務報告の供覧",
    },
    {
        "number": 22,
        "matter_code": "news",
        "level": "circulation",
        "retention_code": "",
        "reason": "お知らせの供覧",
    },
)
UNTIL = "2026-10-20"


@pytest.fixture
def on_stage(db: None) -> Iterator[Scenario]:
    scenario = Scenario(the_stage.build(rows=ROWS, matters=("report", "news")))
    yield scenario
    assert_record_replays(scenario)


def circulated(
    scenario: Scenario, readers: str = "総務課\n会計課長", matter: str = "report", **typed: str
) -> UUID:
    return scenario.routed(matter, readers=readers, deadline=typed.pop("deadline", UNTIL), **typed)


def to_read(scenario: Scenario, case_id: UUID) -> list[str]:
    """Codes of the posts in whose inbox it is to be read."""
    names = {post: code for code, post in scenario.stage.posts.items()}
    open_ = Step.objects.filter(case_id=case_id, kind="circulate", state="open").order_by("position")
    return [names[step.post_id] for step in open_]


def read(scenario: Scenario, case_id: UUID, *by: str, **more: Any) -> Outcome:
    for who in by:
        outcome = scenario.act("mark_read", case_id, who, **more)
    return outcome


def do(scenario: Scenario, act: str, case_id: UUID, by: str = "chief", **more: Any) -> Outcome:
    return getattr(circulating, act)(
        actor=scenario.stage.actor(by),
        tenant_id=scenario.stage.tenant_id,
        case_id=case_id,
        act_id=uuid4(),
        at=scenario.stage.later(),
        **more,
    )


def end_by_date(scenario: Scenario, case_id: UUID) -> Outcome | None:
    return circulating.end_on_its_date(
        tenant_id=scenario.stage.tenant_id, case_id=case_id, at=scenario.stage.now
    ).outcome


def on_day(scenario: Scenario, day: date) -> None:
    scenario.stage.now = the_stage.NOON + (day - date(2026, 10, 6)) * 1


def told(scenario: Scenario, case_id: UUID) -> list[str]:
    names = {person: code for code, person in scenario.stage.people.items()}
    seq = scenario.case(case_id).last_seq
    return sorted(names[n.person_id] for n in Notice.objects.filter(case_id=case_id, seq=seq))


def problems(scenario: Scenario, **typed: str) -> dict[str, str]:
    with pytest.raises(CannotSubmit) as refused:
        scenario.routed("report", **typed)
    return {problem.field: str(problem.text) for problem in refused.value.problems}


def test_readers_come_from_the_table_and_by_hand_each_with_why(on_stage: Scenario) -> None:
    case_id = circulated(on_stage, "総務課\n会計課長\n文書課")
    assert to_read(on_stage, case_id) == ["document", "general_affairs", "budget"]
    reasons = {s.post_title: [r["text"] % r["params"] for r in s.reasons] for s in on_stage.steps(case_id)}
    assert reasons["文書課長"] == [
        "決裁規程が供覧を求めています。",
        "起案者が「文書課」を供覧先にしました。",
    ]
    case = on_stage.case(case_id)
    assert (case.state, case.only_read, case.number) == ("routed", True, "")
    assert not Step.objects.filter(case_id=case_id, kind="decide").exists()
    page = on_stage.page(case_id)
    assert page.decider is None and page.stages == ()


def test_a_unit_with_everybody_named_is_read_by_every_post_in_it_but_the_drafters(on_stage: Scenario) -> None:
    case_id = circulated(on_stage, "振興課 全員")
    assert to_read(on_stage, case_id) == ["document", "director", "deputy_director"]


def test_a_name_that_nobody_has_or_several_have_stops_the_submission_and_says_so(on_stage: Scenario) -> None:
    assert "見つかりません" in problems(on_stage, readers="地域課", deadline=UNTIL)["readers"]
    unit = the_stage.Unit.objects.create(tenant_id=on_stage.stage.tenant_id, code="s_ps")
    the_stage.UnitVersion.objects.create(
        unit=unit,
        period=the_stage.FOREVER,
        parent=the_stage.Unit.objects.get(tenant_id=on_stage.stage.tenant_id, code="s"),
        name="総務課",
        kind="division",
        symbol="官総",
        position=99,
    )
    said = problems(on_stage, readers="総務課", deadline=UNTIL)["readers"]
    assert "一つに決まりません" in said and "政策局 総務課" in said and "大臣官房 総務課" in said
    assert "読む職がありません" in problems(on_stage, readers="大臣官房総務課", deadline=UNTIL)["readers"]


def test_a_circulation_needs_readers_and_a_date(on_stage: Scenario) -> None:
    with pytest.raises(CannotSubmit) as refused:
        on_stage.routed("news")
    assert {problem.field for problem in refused.value.problems} == {"readers", "deadline"}


def test_it_is_over_when_all_have_read_and_the_drafter_is_told(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    read(on_stage, case_id, "document", "general_affairs")
    assert on_stage.case(case_id).state == "routed"
    assert told(on_stage, case_id) == []
    read(on_stage, case_id, "budget", remark="予算への影響はありません。")
    assert on_stage.case(case_id).state == "circulated"
    assert told(on_stage, case_id) == ["chief"]
    page = on_stage.page(case_id)
    assert [(s.post_title, s.name, s.remark) for s in page.readers][2] == (
        "会計課長",
        "会計課長の人",
        "予算への影響はありません。",
    )
    assert page.circulation is not None
    assert (page.circulation.read, page.circulation.readers, page.circulation.ended_by) == (3, 3, "read")


def test_it_is_filed_as_its_row_says_and_sealed_without_a_number(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    read(on_stage, case_id, "document", "general_affairs", "budget")
    filed = records.filed(tenant_id=on_stage.stage.tenant_id, case_id=case_id)
    assert filed is not None and filed.made_on == date(2026, 10, 6)
    assert on_stage.case(case_id).number == ""
    body = json.loads(DecidedOriginal.objects.get(case_id=case_id).body)
    assert [(r["post_title"], r["read"]) for r in body["readers"]] == [
        ("文書課長", True),
        ("総務課長", True),
        ("会計課長", True),
    ]
    news = circulated(on_stage, "総務課", "news")
    read(on_stage, news, "general_affairs")
    assert records.filed(tenant_id=on_stage.stage.tenant_id, case_id=news) is None
    assert json.loads(DecidedOriginal.objects.get(case_id=news).body)["record"] is None


def test_it_is_over_when_its_date_has_passed_and_says_by_whose_date(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    read(on_stage, case_id, "budget")
    on_day(on_stage, date(2026, 10, 20))
    assert end_by_date(on_stage, case_id) is None, "the day itself still counts"
    on_day(on_stage, date(2026, 10, 21))
    outcome = end_by_date(on_stage, case_id)
    assert outcome is not None and outcome.kind == "expired"
    assert end_by_date(on_stage, case_id) is None, "once, however often"
    assert on_stage.case(case_id).state == "circulated"
    assert to_read(on_stage, case_id) == []
    assert queries.waiting(actor=on_stage.stage.actor("general_affairs"), at=on_stage.stage.now) == 0
    event = Event.objects.get(case_id=case_id, kind="expired")
    assert (event.post_title, event.capacity) == ("振興係長", "by_date")
    assert (event.payload["set_seq"], event.payload["set_for"]) == (1, UNTIL)
    assert told(on_stage, case_id) == ["chief"]
    filed = records.filed(tenant_id=on_stage.stage.tenant_id, case_id=case_id)
    assert filed is not None and filed.made_on == date(2026, 10, 20)


def test_after_its_date_nobody_marks_it_as_read_be_the_end_on_the_record_or_not(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    on_day(on_stage, date(2026, 10, 21))
    with pytest.raises(CannotAct, match="期限が過ぎた"):
        read(on_stage, case_id, "budget")
    with pytest.raises(CannotAct, match="期限が過ぎた"):
        do(on_stage, "add_readers", case_id, names=["人事課"])
    with pytest.raises(CannotAct, match="期限が過ぎた"):
        do(on_stage, "end_circulation", case_id)
    end_by_date(on_stage, case_id)
    with pytest.raises(CannotAct, match="供覧は終わっています"):
        read(on_stage, case_id, "budget")


def test_the_drafter_ends_it_early(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    with pytest.raises(CannotAct, match="起案した職"):
        do(on_stage, "end_circulation", case_id, by="budget")
    do(on_stage, "end_circulation", case_id, remark="会議で説明した")
    assert (on_stage.case(case_id).state, to_read(on_stage, case_id)) == ("circulated", [])
    with pytest.raises(CannotAct, match="供覧は終わっています"):
        do(on_stage, "end_circulation", case_id)


def test_the_drafter_adds_readers_and_takes_them_out_again(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    do(on_stage, "add_readers", case_id, names=["人事課", "会計課長"])
    assert to_read(on_stage, case_id) == ["document", "general_affairs", "budget", "personnel"]
    with pytest.raises(CannotAct, match="もう供覧先にあります"):
        do(on_stage, "add_readers", case_id, names=["人事課長"])
    with pytest.raises(CannotAct, match="見つかりません"):
        do(on_stage, "add_readers", case_id, names=["地域課"])
    read(on_stage, case_id, "document", "general_affairs", "budget")
    assert on_stage.case(case_id).state == "routed"
    on_stage.course("remove_step", case_id, target=on_stage.position(case_id, "personnel"))
    assert on_stage.case(case_id).state == "circulated", "nobody is left who is still asked"


def test_S15_when_it_is_over_more_may_read_it_and_its_original_stays(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    do(on_stage, "end_circulation", case_id)
    before = DecidedOriginal.objects.get(case_id=case_id).sha256
    with pytest.raises(CannotAct, match="供覧は終わっています"):
        read(on_stage, case_id, "budget")
    do(on_stage, "share", case_id, by="document", names=["人事課", "会計課長"])
    assert to_read(on_stage, case_id) == ["personnel", "budget"]
    read(on_stage, case_id, "personnel", "budget")
    assert on_stage.case(case_id).state == "circulated"
    assert DecidedOriginal.objects.get(case_id=case_id).sha256 == before


def test_it_is_withdrawn_while_nobody_has_read_and_goes_out_again(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    on_stage.course("withdraw", case_id)
    assert to_read(on_stage, case_id) == []
    on_stage.resubmit(case_id, substance=False, readers="会計課長")
    assert to_read(on_stage, case_id) == ["document", "budget"]
    read(on_stage, case_id, "budget")
    with pytest.raises(CannotAct, match="会計課長"):
        on_stage.course("withdraw", case_id)


def test_it_is_revised_in_flight_and_a_page_of_before_marks_nothing(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    before = on_stage.stage.seen(case_id)
    read(on_stage, case_id, "budget", seen=before)
    do(on_stage, "add_readers", case_id, names=["人事課"])
    on_stage.revise(case_id, substance=False, text="語句を直した。")
    assert to_read(on_stage, case_id) == ["document", "general_affairs", "personnel"]
    with pytest.raises(CannotAct, match="内容が変わっています"):
        read(on_stage, case_id, "document", seen=before)
    on_stage.revise(case_id, substance=True, text="別の報告にした。")
    assert to_read(on_stage, case_id) == ["document", "general_affairs", "budget", "personnel"]


def test_it_is_cancelled_by_the_drafter(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    on_stage.course("cancel", case_id, reason="誤りがあった")
    assert (on_stage.case(case_id).state, to_read(on_stage, case_id)) == ("cancelled", [])
    assert end_by_date(on_stage, case_id) is None


@pytest.mark.parametrize("when", ["under way", "over"])
def test_a_number_is_given_on_request_once_without_a_gap(on_stage: Scenario, when: str) -> None:
    on_stage.stage.decided("r1")
    case_id = circulated(on_stage)
    if when == "over":
        read(on_stage, case_id, "document", "general_affairs", "budget")
    outcome = do(on_stage, "give_number", case_id)
    assert outcome.number == "政振第2号" == on_stage.case(case_id).number
    with pytest.raises(CannotAct, match="政振第2号"):
        do(on_stage, "give_number", case_id)
    with pytest.raises(CannotAct, match="起案した職"):
        do(on_stage, "give_number", case_id, by="budget")
    with pytest.raises(CannotAct, match="決裁する案件では"):
        do(on_stage, "give_number", on_stage.routed("r1"))
    assert on_stage.case(on_stage.stage.decided("r1")).number == "政振第3号"


def test_the_database_keeps_a_circulation_that_is_over(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    read(on_stage, case_id, "document", "general_affairs", "budget")
    mine = Case.objects.filter(tenant_id=on_stage.stage.tenant_id, id=case_id)
    for changes in ({"title": "別の件"}, {"state": "routed"}):
        with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
            mine.update(**changes)
    do(on_stage, "give_number", case_id)
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
        mine.update(number="政振第9号")


def test_a_secretary_reads_for_the_post(on_stage: Scenario) -> None:
    secretary(on_stage.stage, "personnel", of="budget")
    case_id = circulated(on_stage)
    step = on_stage.position(case_id, "budget")
    read(on_stage, case_id, "personnel", position=step)
    assert on_stage.step(case_id, "budget").state == "done"


def test_none_of_the_acts_of_deciding_is_open_to_readers_or_drafter(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    position = on_stage.position(case_id, "budget")
    for act in ("approve", "decide", "return_to_drafter", "reject"):
        words = None if act in ("approve", "decide") else "理由"
        with pytest.raises(CannotAct):
            on_stage.act(act, case_id, "budget", words, position=position)
    with pytest.raises(CannotAct):
        on_stage.course("escalate", case_id, reason="x")
    with pytest.raises(CannotAct, match="供覧だけの案件には"):
        flagging.raise_flag(
            actor=on_stage.stage.actor("budget"),
            tenant_id=on_stage.stage.tenant_id,
            case_id=case_id,
            flag="important",
            act_id=uuid4(),
            at=on_stage.stage.later(),
            reason="重い",
        )
    options = {option.name for option in on_stage.page(case_id).options}
    assert options == {"ask", "add_readers", "end_circulation", "number", "withdraw", "revise", "cancel"}


def test_a_sheet_shows_who_read_when_and_is_made_again_with_a_later_number(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    read(on_stage, case_id, "budget", remark="確認した。")
    on_day(on_stage, date(2026, 10, 21))
    end_by_date(on_stage, case_id)
    where = {"tenant_id": on_stage.stage.tenant_id, "case_id": case_id}
    coversheet.make(**where, at=on_stage.stage.now)
    do(on_stage, "give_number", case_id)
    coversheet.make(**where, at=on_stage.stage.now)
    assert CoverSheet.objects.filter(case_id=case_id).count() == 2
    original = DecidedOriginal.objects.get(case_id=case_id)
    shown = sheet.sheet(json.loads(original.body), sha256="ab" * 32, ministry="試験省", number="政振第1号")
    assert [(line["post"], line["moment"], line["remark"]) for line in shown["read"]] == [
        ("文書課長", "読了なし", ""),
        ("総務課長", "読了なし", ""),
        ("会計課長", "R8.10.6 12:03", "確認した。"),
    ]
    lines = {line["label"]: line["value"] for row in shown["facts"] for line in row}
    assert lines["終了"].endswith("期限が過ぎたため終了")
    assert (lines["読了"], lines["文書番号"]) == ("3職のうち1職", "政振第1号")


def test_its_record_is_proved_like_a_decision(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    where = {"tenant_id": on_stage.stage.tenant_id, "case_id": case_id}
    chief = on_stage.stage.actor("chief")
    assert verification.verify_decision(actor=chief, at=on_stage.stage.now, **where) is None
    read(on_stage, case_id, "document", "general_affairs", "budget")
    do(on_stage, "give_number", case_id)
    found = verification.verify_decision(actor=chief, at=on_stage.stage.now, **where)
    assert found is not None and (found.verdict, found.number) == ("pending", "政振第1号")
    assert found.content_same


def test_it_is_found_by_readers_and_shown_as_circulated(on_stage: Scenario) -> None:
    case_id = circulated(on_stage, title="月次の業務報告")
    read(on_stage, case_id, "document", "general_affairs", "budget")
    (hit,) = queries.search(actor=on_stage.stage.actor("budget"), words="業務報告", at=on_stage.stage.now)
    assert (hit.case_id, hit.state) == (case_id, "circulated")
    assert (
        queries.search(actor=on_stage.stage.actor("personnel"), words="業務報告", at=on_stage.stage.now) == ()
    )


def test_the_same_act_sent_again_counts_once(on_stage: Scenario) -> None:
    case_id = circulated(on_stage)
    act_id = uuid4()
    sent = {
        "actor": on_stage.stage.actor("chief"),
        "tenant_id": on_stage.stage.tenant_id,
        "case_id": case_id,
        "act_id": act_id,
    }
    first = circulating.give_number(**sent, at=on_stage.stage.later())
    assert circulating.give_number(**sent, at=on_stage.stage.later()) == first
    assert first.number == "政振第1号"


def test_readers_may_be_named_for_a_case_that_is_decided_too(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director", "director", readers="人事課")
    assert to_read(on_stage, case_id) == ["personnel"]
    on_stage.stage.decide(case_id)
    assert to_read(on_stage, case_id) == ["personnel"]
    read(on_stage, case_id, "personnel")
    assert on_stage.case(case_id).state == "decided"


def test_S30_the_date_reminds_those_who_have_not_read_it_and_stops_when_it_is_over(
    on_stage: Scenario,
) -> None:
    case_id = circulated(on_stage, deadline="2026-10-23")
    on_stage.act("mark_read", case_id, "document")
    reminded = dict(whole(on_stage, date(2026, 10, 19), date(2026, 10, 27)))
    readers = [("reminder", "budget"), ("reminder", "general_affairs")]
    assert reminded == {date(2026, 10, 21): readers, date(2026, 10, 23): readers}
    [notice] = telling.unseen(actor=on_stage.stage.actor("budget"), at=morning(date(2026, 10, 23)))
    assert (notice.about, notice.kind, notice.presses) == ("reminder", "circulate", True)
    [step] = [s for s in on_stage.page(case_id).readers if s.post_title == "会計課長"]
    assert step.reminded == (date(2026, 10, 21), date(2026, 10, 23))


def test_S30_readers_of_a_case_that_is_decided_and_of_a_ministry_that_has_it_so_are_not_reminded(
    on_stage: Scenario,
) -> None:
    decided = on_stage.routed("r1", "deputy_director", readers="総務課", deadline="2026-10-23")
    assert on_stage.steps(decided)
    setting(on_stage.stage, "remind_readers", "no")
    circulated(on_stage, deadline="2026-10-23")
    assert day(on_stage, date(2026, 10, 21)) == [("reminder", "director")]
