"""Acting decisions (代決) and post-review (後閲): scenarios A24 and A26 to A32, A59, A61."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

import stage as the_stage
from decisions.deputies import (
    BACK,
    acts,
    at_decider,
    away,
    back,
    by_rule,
    inbox,
    leaves,
    page,
    setting,
    told,
    with_deputies,
)
from kessai.decisions import operations as deciding
from kessai.decisions import queries, verification
from kessai.decisions.models import Case, DecidedOriginal, Event, Step
from kessai.decisions.rules import CannotAct
from kessai.decisions.sheet import sheet
from kessai.drafting import operations as drafting
from kessai.kernel.calendar import JAPAN
from kessai.kernel.errors import NotFound
from kessai.ledger import sequencer
from kessai.organisation.models import Appointment
from stage import FOREVER, NOON, ROWS, Stage


def verified(stage: Stage) -> list[object]:
    sequencer.step(at=stage.later())
    return [each.finding for each in verification.verify_all().findings]


def read(stage: Stage, case_id: UUID, by: str, remark: str = "") -> None:
    position = Step.objects.get(case_id=case_id, kind="post_review").position
    deciding.mark_read(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=position,
        act_id=uuid4(),
        at=stage.later(),
        remark=remark,
    )


def test_A26_the_first_deputy_decides_while_the_decider_is_absent(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage)
    away(stage, "director_general")
    assert inbox(stage, "councillor") == [("decide", "acting")]
    outcome = acts(stage, case_id, "councillor")
    assert outcome.number
    decision = Event.objects.get(case_id=case_id, kind="decided")
    assert (decision.capacity, decision.post_title, decision.person_name) == (
        "acting",
        "審議官",
        "審議官の人",
    )
    assert decision.payload["for_title"] == "政策局長"
    assert decision.payload["for_name"] == "政策局長の人"
    assert datetime.fromisoformat(decision.payload["away_until"]) == BACK
    assert inbox(stage, "director_general") == [("post_review", "own")]
    assert inbox(stage, "councillor") == []
    assert page(stage, case_id, "director_general").acts == ("read",)
    shown = page(stage, case_id, "chief")
    assert shown.decider
    assert (shown.decider.post_title, shown.decider.name) == ("政策局長", "政策局長の人")
    assert (shown.decider.by, shown.decider.capacity) == ("審議官 審議官の人", "acting")
    assert shown.history[-1].behalf
    assert shown.history[-1].behalf.title == "政策局長"
    assert verified(stage) == []


def test_A26_original_and_cover_sheet_name_both_and_say_post_review_not_approved(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage)
    away(stage, "director_general")
    acts(stage, case_id, "councillor", opinion="異存なし")
    original = DecidedOriginal.objects.get(case_id=case_id)
    body = json.loads(original.body)
    assert body["acts"][-1]["for_title"] == "政策局長"
    assert body["acts"][-1]["for_name"] == "政策局長の人"
    made = sheet(body, sha256=bytes(original.sha256).hex(), ministry="試験省")
    lines = {line["label"]: line["value"] for row in made["facts"] for line in row}
    assert "審議官　審議官の人（代決）" in lines["決裁"]
    assert "政策局長　政策局長の人の代決" in lines["決裁"]
    assert lines["後閲"] == "政策局長"
    heads = {(box["head"], box["post"], box["name"]) for row in made["seals"] for box in row}
    assert ("決裁（代決）", "審議官", "審議官の人") in heads
    assert not any(name == "政策局長の人" for _, _, name in heads)
    assert made["acts"][-1]["act"] == "決裁（代決）"
    assert made["acts"][-1]["remark"] == "政策局長　政策局長の人の代決\n異存なし"


def test_A27_the_second_deputy_acts_only_while_the_first_is_absent_as_well(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage)
    away(stage, "director_general")
    assert inbox(stage, "general_affairs") == []
    with pytest.raises(CannotAct) as refusal:
        acts(stage, case_id, "general_affairs")
    assert "審議官の人" in str(refusal.value.what)
    away(stage, "councillor")
    assert inbox(stage, "general_affairs") == [("decide", "acting")]
    acts(stage, case_id, "general_affairs")
    decision = Event.objects.get(case_id=case_id, kind="decided")
    assert (decision.capacity, decision.payload["order"]) == ("acting", 2)
    assert inbox(stage, "director_general") == [("post_review", "own")]
    assert inbox(stage, "councillor") == []
    assert verified(stage) == []


def test_A28_no_acting_decision_on_an_important_matter(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage, flags="important")
    away(stage, "director_general")
    assert inbox(stage, "councillor") == []
    shown = page(stage, case_id, "councillor")
    assert shown.acts == ()
    assert shown.stand_in
    assert not shown.stand_in.may
    assert "重要" in str(shown.stand_in.why)
    with pytest.raises(CannotAct, match="重要"):
        acts(stage, case_id, "councillor")
    waits = page(stage, case_id, "chief").decider
    assert waits
    assert (waits.away_until, waits.stand_in) == (BACK, "")
    assert "重要" in str(waits.no_stand_in)
    assert Case.objects.get(id=case_id).state == "routed"


def test_A29_told_beforehand_the_deputy_may_decide_it_and_no_other(stage: Stage) -> None:
    stage.now = NOON - timedelta(days=4)
    with_deputies(stage)
    case_id = stage.submitted(flags="important")
    other = at_decider(stage, flags="important", title="もう一つの重要な件")
    told(stage, case_id)
    when = Event.objects.get(case_id=case_id, kind="instructed").at
    stage.approve(case_id, "deputy_director", "director")
    stage.now = NOON
    away(stage, "director_general")
    assert inbox(stage, "councillor") == [("decide", "acting")]
    acts(stage, case_id, "councillor")
    decision = Event.objects.get(case_id=case_id, kind="decided")
    assert datetime.fromisoformat(decision.payload["told_at"]) == when
    made = json.loads(DecidedOriginal.objects.get(case_id=case_id).body)
    facts = sheet(made, sha256="00", ministry="試験省")["facts"]
    assert any("R8.10.2の事前の指示による" in line["value"] for row in facts for line in row)
    assert inbox(stage, "director_general") == [("decide", "own"), ("post_review", "own")]
    with pytest.raises(CannotAct, match="重要"):
        acts(stage, other, "councillor")
    assert verified(stage) == []


def test_an_instruction_names_the_deputy_and_helps_no_other(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage, flags="important")
    told(stage, case_id, "general_affairs")
    away(stage, "director_general")
    assert inbox(stage, "councillor") == []
    assert inbox(stage, "general_affairs") == [("decide", "acting")]


def test_an_instruction_is_about_the_version_that_was_seen(stage: Stage) -> None:
    with_deputies(stage)
    case_id = stage.submitted(flags="important")
    told(stage, case_id)
    stage.send_back(case_id, "deputy_director")
    drafting.save(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        draft_id=case_id,
        typed={"text": "書き改めた。"},
        version=None,
        at=stage.later(),
    )
    deciding.submit(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        draft_id=case_id,
        act_id=uuid4(),
        at=stage.later(),
    )
    stage.approve(case_id, "deputy_director", "director")
    away(stage, "director_general")
    with pytest.raises(CannotAct, match="重要"):
        acts(stage, case_id, "councillor")
    assert not next(e for e in page(stage, case_id, "chief").history if e.kind == "instructed").stands


def test_only_the_decider_tells_beforehand_and_only_a_deputy(stage: Stage) -> None:
    with_deputies(stage)
    case_id = stage.submitted()
    with pytest.raises(CannotAct, match="決裁権者だけ"):
        told(stage, case_id, by="director")
    with pytest.raises(CannotAct, match="代決者ではありません"):
        told(stage, case_id, "budget")
    setting(stage, "instruction_lifts", "nothing")
    with pytest.raises(CannotAct, match="認められていません"):
        told(stage, case_id)
    assert page(stage, case_id, "director_general").tellable == ()
    assert not Event.objects.filter(kind="instructed").exists()


def test_A31_a_vacant_post_is_not_an_absent_one(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage)
    leaves(stage, "director_general")
    assert inbox(stage, "councillor") == []
    with pytest.raises(CannotAct, match="政策局長は欠員で、不在ではありません"):
        acts(stage, case_id, "councillor")
    (stuck,) = (s.stuck for of in page(stage, case_id, "chief").stages for s in of.steps if s.stuck)
    assert "「政策局長」は欠員" in str(stuck) and "人事課長（人事課長の人）" in str(stuck)
    Appointment.objects.create(
        post_id=stage.posts["director_general"],
        person_id=stage.people["vice_minister"],
        kind="acting_in_charge",
        place=2,
        period=DateRange(stage.now.astimezone(JAPAN).date(), None),
    )
    assert ("decide", "own") in inbox(stage, "vice_minister")
    acts(stage, case_id, "vice_minister")
    decision = Event.objects.get(case_id=case_id, kind="decided")
    assert (decision.capacity, decision.post_title) == ("own", "政策局長事務取扱")
    body = DecidedOriginal.objects.get(case_id=case_id).body
    shown = json.dumps(sheet(json.loads(body), sha256="00", ministry="試験省"), ensure_ascii=False)
    assert "政策局長事務取扱　事務次官の人" in shown and "代決" not in shown
    assert not Step.objects.filter(kind="post_review").exists()


def test_where_the_ministry_allows_it_a_vacant_post_is_acted_for(stage: Stage) -> None:
    setting(stage, "acting_while_vacant", "yes")
    with_deputies(stage)
    case_id = at_decider(stage)
    leaves(stage, "director_general")
    assert inbox(stage, "councillor") == [("decide", "acting")]
    acts(stage, case_id, "councillor")
    decision = Event.objects.get(case_id=case_id, kind="decided")
    assert (decision.payload["for_name"], decision.payload["away_until"]) == ("", None)
    assert verified(stage) == []


def test_authority_ends_with_the_absence_not_when_the_page_was_opened(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage)
    until = (stage.now + timedelta(minutes=30)).replace(second=0, microsecond=0)
    away(stage, "director_general", until=until)
    assert page(stage, case_id, "councillor").acts == ("decide",)
    stage.now = until - timedelta(minutes=1)
    with pytest.raises(CannotAct, match="不在ではありません"):
        acts(stage, case_id, "councillor")
    assert not Event.objects.filter(kind="decided").exists()


def test_an_absence_ended_early_gives_no_authority_from_then_on(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage)
    recorded = away(stage, "director_general")
    back(stage, "director_general", recorded)
    assert inbox(stage, "councillor") == []
    with pytest.raises(CannotAct, match="不在ではありません"):
        acts(stage, case_id, "councillor")


def test_whoever_is_recorded_absent_may_still_decide(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage)
    away(stage, "director_general")
    assert inbox(stage, "director_general") == [("decide", "own")]
    stage.decide(case_id)
    decision = Event.objects.get(case_id=case_id, kind="decided")
    assert decision.capacity == "own"
    assert not Step.objects.filter(kind="post_review").exists()


def test_of_two_equal_holders_one_who_is_there_is_enough(stage: Stage) -> None:
    with_deputies(stage)
    Appointment.objects.create(
        post_id=stage.posts["director_general"],
        person_id=stage.people["personnel"],
        place=2,
        period=FOREVER,
    )
    case_id = at_decider(stage)
    away(stage, "director_general")
    assert inbox(stage, "councillor") == []
    away(stage, "personnel")
    assert inbox(stage, "councillor") == [("decide", "acting")]
    assert case_id


def test_a_deputy_who_drafted_the_case_is_passed_over(stage: Stage) -> None:
    with_deputies(stage)
    case_id = stage.submitted(by="general_affairs")
    away(stage, "director_general")
    away(stage, "councillor")
    with pytest.raises(CannotAct, match="起案した"):
        acts(stage, case_id, "general_affairs")


def test_a_deputy_for_one_kind_of_matter_acts_for_no_other(stage: Stage) -> None:
    with_deputies(stage, matters=("r3",))
    case_id = at_decider(stage)
    other = at_decider(stage, "r3")
    away(stage, "director_general")
    home = queries.home(actor=stage.actor("councillor"), at=stage.later())
    assert [item.case_id for item in home.inbox] == [other]
    with pytest.raises(NotFound):
        acts(stage, case_id, "councillor")


def test_a_row_of_the_table_that_excludes_acting_decisions_binds(db: None) -> None:
    said = {"r1": ["none"], "r3": ["director"]}
    stage = the_stage.build(rows=[{**row, "deputies": said.get(str(row["matter_code"]), [])} for row in ROWS])
    with_deputies(stage)
    nobody, second = at_decider(stage), at_decider(stage, "r3")
    away(stage, "director_general")
    with pytest.raises(CannotAct, match="代決を認めていません"):
        acts(stage, nobody, "councillor")
    with pytest.raises(CannotAct, match="審議官はこの事案を代決できません"):
        acts(stage, second, "councillor")
    acts(stage, second, "general_affairs")


def test_only_the_decider_is_acted_for_unless_the_ministry_says_otherwise(stage: Stage) -> None:
    with_deputies(stage, of="director", by=("deputy_director",))
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    away(stage, "director")
    assert inbox(stage, "deputy_director") == []
    setting(stage, "acting_for", "every_step")
    assert inbox(stage, "deputy_director") == [("review", "acting")]
    deciding.approve(
        actor=stage.actor("deputy_director"),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=stage.step(case_id, "director"),
        seen=stage.seen(case_id),
        act_id=uuid4(),
        at=stage.later(),
    )
    later = Step.objects.get(case_id=case_id, kind="post_review")
    assert (later.state, later.post_id) == ("waiting", stage.posts["director"])
    assert inbox(stage, "director") == []
    stage.decide(case_id)
    assert inbox(stage, "director") == [("post_review", "own")]
    assert verified(stage) == []


def test_a_case_returned_after_an_acting_approval_asks_for_no_post_review(stage: Stage) -> None:
    setting(stage, "acting_for", "every_step")
    by_rule(stage, of="deputy_director", by=("general_affairs",))
    case_id = stage.submitted()
    away(stage, "deputy_director")
    deciding.approve(
        actor=stage.actor("general_affairs"),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        position=stage.step(case_id, "deputy_director"),
        seen=stage.seen(case_id),
        act_id=uuid4(),
        at=stage.later(),
    )
    stage.send_back(case_id, "director")
    assert Step.objects.get(case_id=case_id, kind="post_review").state == "closed"
    assert inbox(stage, "deputy_director") == []
    assert verified(stage) == []


def test_A24_a_post_reviewer_marks_it_seen_and_can_undo_nothing(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage)
    away(stage, "director_general")
    acts(stage, case_id, "councillor")
    before = Case.objects.get(id=case_id), DecidedOriginal.objects.get(case_id=case_id).sha256
    position = Step.objects.get(case_id=case_id, kind="post_review").position
    for refused in (deciding.approve, deciding.decide):
        with pytest.raises(CannotAct, match="決裁された案件は変えられません") as refusal:
            refused(
                actor=stage.actor("director_general"),
                tenant_id=stage.tenant_id,
                case_id=case_id,
                position=position,
                seen=stage.seen(case_id),
                act_id=uuid4(),
                at=stage.later(),
            )
        assert "新しい案件" in str(refusal.value.remedy)
    read(stage, case_id, "director_general", "見ました")
    assert inbox(stage, "director_general") == []
    after = Case.objects.get(id=case_id)
    assert (after.state, after.number, after.decided_at) == (
        before[0].state,
        before[0].number,
        before[0].decided_at,
    )
    assert DecidedOriginal.objects.get(case_id=case_id).sha256 == before[1]
    last = page(stage, case_id, "chief").history[-1]
    assert (last.kind, last.step_kind, last.remark) == ("read", "post_review", "見ました")
    assert verified(stage) == []


def test_a_deputy_sees_the_case_while_it_waits_and_a_stranger_does_not(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage)
    with pytest.raises(NotFound):
        page(stage, case_id, "councillor")
    away(stage, "director_general")
    assert page(stage, case_id, "councillor").acts == ("decide",)
    assert [
        hit.case_id for hit in queries.search(actor=stage.actor("councillor"), words="地域", at=stage.now)
    ]
    with pytest.raises(NotFound):
        page(stage, case_id, "budget")


def test_A59_a_holder_retires_and_nobody_is_appointed(stage: Stage) -> None:
    with_deputies(stage, of="director", by=("deputy_director",))
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    leaves(stage, "director")
    leaves(stage, "deputy_director")
    shown = page(stage, case_id, "chief")
    steps = {step.post_id: step for stage_of in shown.stages for step in stage_of.steps}
    assert steps[stage.posts["director"]].name is None
    assert steps[stage.posts["deputy_director"]].name == "振興課長補佐の人"
    with pytest.raises((CannotAct, NotFound)):
        stage.approve(case_id, "director")
    Appointment.objects.create(
        post_id=stage.posts["director"],
        person_id=stage.people["budget"],
        place=2,
        period=DateRange(stage.now.astimezone(JAPAN).date(), None),
    )
    assert ("review", "own") in inbox(stage, "budget")


def test_a_post_review_that_is_struck_out_is_found(stage: Stage) -> None:
    with_deputies(stage)
    case_id = at_decider(stage)
    away(stage, "director_general")
    acts(stage, case_id, "councillor")
    assert verified(stage) == []
    review = Step.objects.filter(case_id=case_id, kind="post_review")
    position = review.get().position
    review.update(state="done")
    assert [finding.field for finding in verified(stage)] == [f"step 1-{position}.state"]  # type: ignore[attr-defined]
    review.update(state="open")
