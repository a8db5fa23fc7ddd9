"""Joint decisions of several units (連名): one decider, and the posts that decide for the other units sign before."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from decisions.deputies import away, setting, with_deputies
from kessai.decisions import checks, queries, sheet, stored
from kessai.decisions.afterwards import operations as afterwards
from kessai.decisions.authority.explaining import recomputed
from kessai.decisions.models import Case, Event
from kessai.decisions.offers import offers
from kessai.decisions.operations import CannotSubmit
from kessai.decisions.redline import queries as redline
from kessai.decisions.results import CasePage, RoutePreview
from kessai.decisions.rules import CannotAct
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.organisation.models import (
    Appointment,
    Person,
    Post,
    PostVersion,
    Tenant,
    Unit,
    UnitVersion,
)
from scenario import Scenario
from scenarios.test_rewording import FIRST, reword
from stage import FOREVER

BOTH = "総務課\n大臣官房 会計課"


def route(scenario: Scenario, case_id: UUID) -> list[tuple[int, str, str]]:
    names = {post_id: code for code, post_id in scenario.stage.posts.items()}
    return [(step.stage, step.kind, names[step.post_id]) for step in scenario.steps(case_id)]


def preview(scenario: Scenario, **typed: str) -> RoutePreview:
    stage = scenario.stage
    ref = stage.draft(typed.pop("matter", "reply"), **typed)
    return queries.preview(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    )


def problems(scenario: Scenario, joint: str, matter: str = "reply") -> list[str]:
    """What is wrong with the joint units of a draft, each beside their field."""
    found = preview(scenario, matter=matter, joint=joint).problems
    return [str(problem.text) for problem in found if problem.field == "joint"]


def units(page: CasePage) -> list[tuple[str, str, str]]:
    return [(each.unit, each.post_title, each.how) for each in page.joint]


def staff(scenario: Scenario, unit: str, code: str) -> None:
    """One more official in a unit."""
    stage = scenario.stage
    post = Post.objects.create(tenant_id=stage.tenant_id, code=code)
    PostVersion.objects.create(
        post=post, unit=Unit.objects.get(code=unit), period=FOREVER, title=f"{code}係員", level="officer",
        in_line=False,
    )  # fmt: skip
    person = Person.objects.create(tenant_id=stage.tenant_id, staff_no=code, name=code)
    Appointment.objects.create(post=post, person=person, period=FOREVER)
    stage.posts[code], stage.people[code] = post.id, person.id


def test_every_joint_unit_agrees_before_the_one_decider_decides(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", joint=BOTH)
    assert route(on_stage, case_id) == [
        (1, "review", "deputy_director"),
        *((2, "consent", "general_affairs"), (2, "consent", "budget")),
        (3, "decide", "director"),
    ]
    assert units(on_stage.page(case_id)) == [
        ("政策局 総務課", "総務課長", "signs"),
        ("大臣官房 会計課", "会計課長", "signs"),
    ]
    on_stage.stage.approve(case_id, "deputy_director")
    assert on_stage.asked(case_id) == ["budget", "general_affairs"]
    for post in ("budget", "general_affairs"):
        (item,) = queries.home(actor=on_stage.stage.actor(post), at=on_stage.stage.now).inbox
        assert (item.kind, item.joint) == ("consent", True)
    on_stage.stage.approve(case_id, "budget", "general_affairs")
    assert on_stage.asked(case_id) == ["director"]
    on_stage.stage.decide(case_id, "director")
    case = on_stage.case(case_id)
    assert (case.state, case.drafter_unit_name, case.number) == ("decided", "振興課", "政振第1号")


def test_an_ordinary_case_has_no_joint_unit(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director", "director")
    (item,) = queries.home(actor=on_stage.stage.actor("budget"), at=on_stage.stage.now).inbox
    assert not item.joint and on_stage.page(case_id).joint == ()
    assert "joint" not in Event.objects.get(case_id=case_id, seq=1).payload


def test_the_route_preview_shows_the_signatories_at_once_with_why(on_stage: Scenario) -> None:
    found = preview(on_stage, joint="会計課")
    assert found.problems == ()
    signs = found.stages[1].steps[0]
    assert (signs.kind, signs.joint, signs.post_title) == ("consent", True, "会計課長")
    assert found.stages[1].joint == "all" and found.stages[0].joint == ""
    assert "会計課" in str(signs.reasons[0].text) and signs.reasons[0].clause == "別表第1 4行"


def test_the_decision_of_a_common_superior_covers_both_units_without_another_step(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", joint="総務課")
    assert [kind for _, kind, _ in route(on_stage, case_id)] == ["review", "review", "decide"]
    page = on_stage.page(case_id)
    assert units(page) == [("政策局 総務課", "政策局長", "covered")]
    assert page.decider is not None and [r.joint for r in page.decider.reasons] == ["", "政策局 総務課"]
    on_stage.stage.approve(case_id, "deputy_director", "director")
    (item,) = queries.home(actor=on_stage.stage.actor("director_general"), at=on_stage.stage.now).inbox
    assert (item.kind, item.joint) == ("decide", True)
    on_stage.stage.decide(case_id)
    assert on_stage.case(case_id).state == "decided"


def test_a_superior_who_decides_in_a_joint_unit_decides_and_the_own_decider_signs(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", joint="会計課")
    assert route(on_stage, case_id) == [
        *((1, "review", "deputy_director"), (2, "review", "director")),
        *((3, "consent", "director_general"), (4, "decide", "vice_minister")),
    ]
    page = on_stage.page(case_id)
    assert units(page) == [("大臣官房 会計課", "事務次官", "takes_up")]
    assert page.decider is not None and "政策局長の上司" in str(page.decider.reasons[-1].text)
    on_stage.stage.approve(case_id, "deputy_director", "director", "director_general")
    on_stage.stage.decide(case_id, "vice_minister")
    assert on_stage.case(case_id).number == "政振第1号"


def test_a_consent_that_the_table_demands_too_is_one_step_that_says_both(on_stage: Scenario) -> None:
    case_id = on_stage.routed("contract", amount="100万円", counterparty="甲", joint="会計課")
    assert [kind for _, kind, _ in route(on_stage, case_id)] == ["review", "consent", "decide"]
    reasons = on_stage.step(case_id, "budget").reasons
    assert [reason.get("joint", "") for reason in reasons] == ["", "大臣官房 会計課"]


def test_a_refusal_of_a_joint_unit_goes_up_to_the_common_superior_like_any_other(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director", "general_affairs", joint=BOTH)
    on_stage.act("refuse_consent", case_id, "budget", "予算の裏付けがない")
    assert {"chief", "deputy_director"} <= set(on_stage.told(case_id))
    assert on_stage.asked(case_id) == []
    on_stage.course("escalate", case_id, reason="協議が整わない")
    assert on_stage.asked(case_id) == ["vice_minister"]
    on_stage.act("settle", case_id, "vice_minister", "進めてよい")
    assert on_stage.state(case_id, "budget") == "overruled"
    on_stage.stage.decide(case_id, "director")
    assert on_stage.case(case_id).state == "decided"


def test_a_joint_unit_that_refused_may_agree_after_all_or_take_it_back(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director", joint="会計課")
    on_stage.act("refuse_consent", case_id, "budget", "予算の裏付けがない")
    on_stage.act("approve", case_id, "budget", "話し合いで了解した")
    on_stage.act("take_back", case_id, "budget")
    assert on_stage.asked(case_id) == ["budget"]


def test_no_superior_acts_ahead_of_a_joint_unit(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", joint="会計課")
    with pytest.raises(CannotAct, match="政策局長"):
        on_stage.act("decide", case_id, "vice_minister", ahead=True)


@pytest.mark.parametrize("act", ["remove_step", "move_consent"])
def test_the_step_of_a_joint_unit_is_neither_taken_out_nor_moved_by_hand(
    on_stage: Scenario, act: str
) -> None:
    case_id = on_stage.routed("reply", "deputy_director", joint="会計課")
    position = on_stage.position(case_id, "budget")
    more: dict[str, Any] = {"target": position}
    if act == "move_consent":
        more = {"position": position, "post_id": on_stage.stage.posts["personnel"]}
    with pytest.raises(CannotAct, match="連名の部署として決裁する職"):
        on_stage.course(act, case_id, "budget", reason="所掌外", **more)
    assert on_stage.asked(case_id) == ["budget"]
    names = {option.name for option in on_stage.page(case_id, "budget").options}
    assert not names & {"move", "remove_step"}


def test_other_joint_units_are_a_change_of_substance(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director", "budget", joint=BOTH)
    with pytest.raises(CannotAct, match="主旨は変わらない"):
        on_stage.revise(case_id, substance=False, joint="会計課")
    assert on_stage.case(case_id).revision == 1
    on_stage.rework(case_id, joint="会計課\n人事課")
    on_stage.course("revise", case_id, substance=True)
    assert on_stage.asked(case_id) == ["deputy_director"]
    assert [(kind, post) for _, kind, post in route(on_stage, case_id) if kind == "consent"] == [
        ("consent", "budget"),
        ("consent", "personnel"),
    ]
    assert {"budget", "general_affairs"} <= set(on_stage.told(case_id))
    on_stage.stage.approve(case_id, "deputy_director", "budget", "personnel")
    on_stage.stage.decide(case_id, "director")


def test_a_joint_unit_is_given_up_by_a_revision_of_substance(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", joint="会計課")
    on_stage.revise(case_id, substance=True, joint="")
    assert on_stage.page(case_id).joint == () and on_stage.case(case_id).joint_units == []
    on_stage.stage.approve(case_id, "deputy_director", "director")
    on_stage.stage.decide(case_id)


def test_the_same_units_by_other_names_are_no_change_and_consents_stand(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director", "budget", joint="会計課")
    on_stage.revise(case_id, substance=False, joint="大臣官房 会計課")
    assert on_stage.standing(case_id, "consented") == ["budget"]
    on_stage.act("object_to", case_id, "budget", "主旨が変わっている")
    assert on_stage.asked(case_id) == ["budget"]


def test_a_resubmission_declared_unchanged_keeps_the_units_and_their_consents(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director", "budget", joint="会計課")
    on_stage.stage.send_back(case_id, "director")
    on_stage.rework(case_id, joint=BOTH)
    with pytest.raises(CannotAct, match="主旨は変わらない"):
        on_stage.resubmit(case_id, substance=False)
    on_stage.resubmit(case_id, substance=False, joint="会計課", reason="誤字を直した")
    on_stage.stage.approve(case_id, "deputy_director")
    assert on_stage.asked(case_id) == ["director"]
    assert on_stage.standing(case_id, "consented") == ["budget"]


def test_a_correction_of_words_leaves_the_joint_units_as_they_are(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director", joint="総務課", text=FIRST)
    reword(on_stage, case_id, "director")
    assert units(on_stage.page(case_id)) == [("政策局 総務課", "政策局長", "covered")]
    on_stage.stage.approve(case_id, "director", "budget", "document")
    on_stage.stage.decide(case_id)
    body = json.loads(queries.original(tenant_id=on_stage.stage.tenant_id, case_id=case_id)[0])
    assert [each["how"] for each in body["joint"]] == ["covered"]


def test_a_flag_on_the_way_has_the_deciders_of_all_units_read_again(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director", "general_affairs", joint="総務課")
    on_stage.flag(case_id, "director")
    assert units(on_stage.page(case_id)) == [("政策局 総務課", "政策局長", "covered")]
    assert on_stage.asked(case_id) == ["director"]
    on_stage.stage.approve(case_id, "director")
    on_stage.stage.decide(case_id)
    other = on_stage.routed("reply", "deputy_director", "budget", joint="会計課")
    on_stage.flag(other, "director")
    assert units(on_stage.page(other)) == [("大臣官房 会計課", "事務次官", "takes_up")]
    on_stage.stage.approve(other, "director", "director_general")
    on_stage.stage.decide(other, "vice_minister")


@pytest.mark.parametrize("end", ["cancel", "reject", "abandon"])
def test_every_joint_unit_that_was_asked_hears_of_an_end_without_a_decision(
    on_stage: Scenario, end: str
) -> None:
    case_id = on_stage.routed("reply", "deputy_director", joint=BOTH)
    on_stage.stage.approve(case_id, "budget")
    if end == "cancel":
        on_stage.course("cancel", case_id, reason="不要になった")
    else:
        on_stage.stage.approve(case_id, "general_affairs")
        on_stage.act(end, case_id, "director", "取りやめる")
    assert {"budget", "general_affairs"} <= set(on_stage.told(case_id))
    assert on_stage.asked(case_id) == []


def test_a_deputy_signs_for_an_absent_head_where_the_ministry_allows_it_for_consents(
    on_stage: Scenario,
) -> None:
    stage = on_stage.stage
    with_deputies(stage, of="budget", by=("document",))
    case_id = on_stage.routed("reply", "deputy_director", joint="会計課")
    away(stage, "budget", until=stage.now + timedelta(days=3))
    assert on_stage.inbox("document") == []
    setting(stage, "acting_for", "consents")
    assert on_stage.inbox("document") == [("consent", case_id)]
    on_stage.act("approve", case_id, "document", position=on_stage.position(case_id, "budget"))
    stage.decide(case_id, "director")
    assert on_stage.inbox("budget") == [("post_review", case_id)]


def test_staff_of_joint_units_see_the_case_from_its_submission_and_others_do_not(on_stage: Scenario) -> None:
    staff(on_stage, "sa", "clerk")
    case_id = on_stage.routed("reply", joint="会計課")
    assert units(on_stage.page(case_id, "clerk")) == [("大臣官房 会計課", "会計課長", "signs")]
    assert on_stage.page(case_id, "clerk").acts == ()
    (hit,) = queries.search(actor=on_stage.stage.actor("clerk"), words="地域", at=on_stage.stage.now)
    assert (hit.case_id, hit.drafter_unit) == (case_id, "振興課")
    with pytest.raises(NotFound):
        on_stage.page(case_id, "personnel")
    on_stage.revise(case_id, substance=True, joint="")
    with pytest.raises(NotFound):
        on_stage.page(case_id, "clerk")


def test_a_joint_unit_without_a_head_is_shown_as_stuck_until_somebody_is_in_charge(
    on_stage: Scenario,
) -> None:
    stage = on_stage.stage
    case_id = on_stage.routed("reply", "deputy_director", joint="会計課")
    Appointment.objects.filter(post_id=stage.posts["budget"]).update(
        period=DateRange(FOREVER.lower, stage.now.date())
    )
    assert on_stage.page(case_id).stages[1].steps[0].stuck is not None
    Appointment.objects.create(
        post_id=stage.posts["budget"], person_id=stage.people["personnel"], kind="acting_in_charge",
        period=DateRange(stage.now.date(), None),
    )  # fmt: skip
    on_stage.act("approve", case_id, "personnel", position=on_stage.position(case_id, "budget"))
    assert on_stage.asked(case_id) == ["director"]


def test_the_original_the_history_and_the_cover_sheet_name_the_units(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director", joint=BOTH)
    on_stage.stage.approve(case_id, "budget", "general_affairs")
    on_stage.stage.decide(case_id, "director")
    submitted, _, consented, *_ = on_stage.page(case_id).history
    assert [each.unit for each in submitted.joint] == ["政策局 総務課", "大臣官房 会計課"]
    assert consented.for_joint and not submitted.for_joint
    body = json.loads(queries.original(tenant_id=on_stage.stage.tenant_id, case_id=case_id)[0])
    assert body["content"]["joint"] == ["総務課", "大臣官房 会計課"]
    assert [each["post_title"] for each in body["joint"]] == ["総務課長", "会計課長"]
    assert sheet.joint(body) == [
        "振興課（主管）",
        "政策局 総務課：総務課長　総務課長の人",
        "大臣官房 会計課：会計課長　会計課長の人",
    ]
    made = sheet.sheet(body, sha256="0" * 64, ministry="試験省")
    boxes = [box["head"] for row in made["seals"] for box in row]
    assert boxes == ["決裁（専決）", "連名", "連名", "審査", "起案"]
    assert any(line["label"] == "連名" for row in made["facts"] for line in row)
    assert made["acts"][0]["remark"] == "連名　政策局 総務課、大臣官房 会計課"


def test_the_unit_that_a_common_decision_covers_is_on_the_cover_sheet_with_the_decider(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r1", "deputy_director", "director", joint="総務課")
    on_stage.stage.decide(case_id)
    body = json.loads(queries.original(tenant_id=on_stage.stage.tenant_id, case_id=case_id)[0])
    assert sheet.joint(body)[1] == "政策局 総務課：政策局長　政策局長の人"


def test_what_is_changed_of_the_joint_units_behind_the_record_is_named(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", joint=BOTH)
    mine = {"tenant_id": on_stage.stage.tenant_id, "case_ids": [case_id]}
    kept = on_stage.case(case_id).joint_units
    Case.objects.filter(id=case_id).update(joint_units=kept[:1])
    (case,) = stored.stored_cases(**mine)
    assert [found.field for found in checks.check_case(case)] == ["case.joint_units"]
    Case.objects.filter(id=case_id).update(joint_units=kept)


def test_the_route_is_the_same_when_it_is_computed_again(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", joint="会計課", readers="人事課長")
    again = recomputed(
        actor=on_stage.stage.actor("chief"),
        tenant_id=on_stage.stage.tenant_id,
        case_id=case_id,
        at=on_stage.stage.now,
    )
    assert again.same


def test_the_redline_shows_other_joint_units_and_the_steps_that_come_and_go(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", joint="会計課")
    on_stage.revise(case_id, substance=True, joint="人事課")
    found = redline.changes(
        actor=on_stage.stage.actor("deputy_director"),
        tenant_id=on_stage.stage.tenant_id,
        case_id=case_id,
        before=1,
        after=2,
        at=on_stage.stage.now,
    ).difference
    (changed,) = [each for each in found.texts if each.key == "joint"]
    assert (changed.label, changed.old, changed.new) == ("連名の部署", "会計課", "人事課")
    assert [(step.what, (step.new or step.old).title) for step in found.steps if step.new or step.old] == [
        ("removed", "会計課長"),
        ("added", "人事課長"),
    ]


def test_a_copy_is_drafted_with_the_same_joint_units(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", joint=BOTH)
    on_stage.course("cancel", case_id, reason="出し直す")
    actor, tenant_id = on_stage.stage.actor("chief"), on_stage.stage.tenant_id
    ref = afterwards.copy(actor=actor, tenant_id=tenant_id, case_id=case_id, at=on_stage.stage.later())
    draft = drafts.draft(actor=actor, tenant_id=tenant_id, draft_id=ref.draft_id, at=on_stage.stage.now)
    assert draft.typed["joint"] == BOTH


# --- what cannot be a joint unit, said beside the field before the submission


@pytest.mark.parametrize(
    ("joint", "words"),
    [
        ("財務課", "いまの組織に見つかりません"),
        ("会計課長", "部署の名（会計課）で"),
        ("会計", "候補：会計課"),
        ("振興課", "起案する部署です"),
        ("会計課\n大臣官房 会計課", "ほかの行の部署と同じ"),
        ("\n".join(f"第{n}課" for n in range(31)), "30部署まで"),
    ],
)
def test_a_line_that_names_no_joint_unit_says_why(on_stage: Scenario, joint: str, words: str) -> None:
    (said,) = problems(on_stage, joint)
    assert words in said


def test_a_name_that_fits_several_units_asks_which(on_stage: Scenario) -> None:
    unit = Unit.objects.create(tenant_id=on_stage.stage.tenant_id, code="sg")
    UnitVersion.objects.create(
        unit=unit, period=FOREVER, parent=Unit.objects.get(code="s"), name="総務課", kind="division",
        functions=[],
    )  # fmt: skip
    (said,) = problems(on_stage, "総務課")
    assert "大臣官房 総務課" in said and "政策局 総務課" in said
    (empty,) = problems(on_stage, "大臣官房 総務課")
    assert "職がない" in empty
    found = offers(
        tenant_id=on_stage.stage.tenant_id, words="総務", on=day_in_japan(on_stage.stage.now), units_only=True
    )
    assert [one.line for one in found] == ["政策局 総務課", "大臣官房 総務課"], "each told apart"


def test_a_unit_of_another_ministry_is_told_how_ministries_decide_together(on_stage: Scenario) -> None:
    for tenant_id, name in ((800, "隣省"), (801, "遠省")):
        other = Tenant.objects.create(id=tenant_id, code=str(tenant_id), name=name)
        unit = Unit.objects.create(tenant=other, code=f"{tenant_id}x")
        called = {800: "河川課", 801: "海岸課"}[tenant_id]
        UnitVersion.objects.create(unit=unit, period=FOREVER, name=called, kind="division", functions=[])
    (said,) = problems(on_stage, "海岸課")
    assert "「海岸課」は遠省の部署です" in said and "府省ごとに自分の案件として決裁" in said


def test_a_draft_with_such_a_line_is_not_submitted(on_stage: Scenario) -> None:
    ref = on_stage.stage.draft("reply", joint="振興課")
    with pytest.raises(CannotSubmit) as refused:
        on_stage.stage.submit(ref)
    assert [problem.field for problem in refused.value.problems] == ["joint"]
    drafting.save(
        actor=on_stage.stage.actor("chief"),
        tenant_id=ref.tenant_id,
        draft_id=ref.draft_id,
        typed={"joint": "総務課"},
        version=None,
        at=on_stage.stage.later(),
    )
    on_stage.stage.submit(ref)


def test_a_unit_for_which_the_drafter_would_decide_is_refused_beside_the_field(on_stage: Scenario) -> None:
    unit = Unit.objects.create(tenant_id=on_stage.stage.tenant_id, code="ppx")
    UnitVersion.objects.create(
        unit=unit, period=FOREVER, parent=Unit.objects.get(code="pp"), name="企画室", kind="office",
        functions=[],
    )  # fmt: skip
    staff(on_stage, "ppx", "planner")
    stage = on_stage.stage
    ref = stage.draft("r1", "director", joint="企画室")
    found = queries.preview(
        actor=stage.actor("director"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    )
    assert found.problems == ()
    ref = stage.draft("reply", "director", joint="企画室")
    found = queries.preview(
        actor=stage.actor("director"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    )
    assert {problem.field for problem in found.problems} == {"joint"}
