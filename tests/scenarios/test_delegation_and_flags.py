"""A33 to A35 and S23: standing delegation, and flags that take a decision up, at the submission or on the way."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest

import stage as the_stage
from decisions.deputies import acts as decide_instead
from decisions.deputies import at_decider, away, inbox, told, with_deputies
from kessai.decisions import queries
from kessai.decisions.authority import queries as rules
from kessai.decisions.flagging import operations as flagging
from kessai.decisions.models import DecidedOriginal, Event, Notice
from kessai.decisions.rules import CannotAct
from kessai.decisions.sheet import sheet
from scenario import Scenario
from scenarios.conftest import assert_record_replays
from scenarios.test_rewording import reword
from stage import ROWS


def kinds(scene: Scenario, case_id: UUID) -> dict[str, object]:
    """Kind and state of each step, by the code of its post."""
    names = {post: code for code, post in scene.stage.posts.items()}
    return {names[step.post_id]: (step.kind, step.state) for step in scene.steps(case_id)}


def test_A33_a_delegated_decision_is_stamped_as_such_and_nobody_reads_it_after(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director")
    on_stage.stage.decide(case_id, "director")
    decision = Event.objects.get(case_id=case_id, kind="decided")
    assert (decision.capacity, decision.post_title) == ("delegated", "振興課長")
    assert "for_title" not in decision.payload
    body = DecidedOriginal.objects.get(case_id=case_id).body
    shown = json.dumps(sheet(json.loads(body), sha256="ab" * 32, ministry="試験省"), ensure_ascii=False)
    assert "（専決）" in shown and "代決" not in shown and "不在" not in shown
    assert inbox(on_stage.stage, "director_general") == []
    assert all(step.kind != "post_review" for step in on_stage.steps(case_id))


def test_A34_an_unprecedented_matter_goes_up_when_it_is_submitted(on_stage: Scenario) -> None:
    stage = on_stage.stage
    ref = stage.draft("reply", flags="unprecedented")
    before = queries.preview(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=ref.draft_id, at=stage.later()
    )
    decider = before.stages[-1].steps[0]
    assert (decider.kind, decider.post_title, decider.delegated) == ("decide", "政策局長", False)
    assert "専決によらず" in decider.reasons[0].text.message and decider.reasons[0].clause == "別表第1 4行"
    case_id = stage.submit(ref).case_id
    assert kinds(on_stage, case_id) == {
        "deputy_director": ("review", "open"),
        "director": ("review", "waiting"),
        "director_general": ("decide", "waiting"),
    }


def test_A35_a_flag_raised_on_the_way_takes_the_decision_up(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director")
    page = on_stage.page(case_id, "director")
    assert page.my_step is not None and page.my_step.kind == "decide"
    on_stage.flag(case_id, "director", "important", "地域への影響が大きい")
    assert kinds(on_stage, case_id) == {
        "deputy_director": ("review", "done"),
        "director": ("review", "open"),
        "director_general": ("decide", "waiting"),
    }
    assert on_stage.standing(case_id) == ["deputy_director"]
    told_of = Notice.objects.filter(case_id=case_id, seq=on_stage.case(case_id).last_seq, about=Notice.EVENT)
    assert [notice.person_id for notice in told_of] == [on_stage.stage.people["chief"]]
    with pytest.raises(CannotAct, match="指定が付いています") as refused:
        on_stage.act("decide", case_id, "director", position=page.my_step.position, seen=page.seen)
    assert refused.value.changed and on_stage.case(case_id).number == ""
    on_stage.stage.approve(case_id, "director")
    assert on_stage.stage.decide(case_id).number


def test_A35_the_old_page_can_neither_approve_what_was_a_decision(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director")
    page = on_stage.page(case_id, "director")
    on_stage.flag(case_id, "deputy_director")
    with pytest.raises(CannotAct, match="指定が付いています"):
        on_stage.act("approve", case_id, "director", seen=page.seen)


def test_A35_cover_sheet_and_original_show_the_flag_and_who_raised_it(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director")
    on_stage.flag(case_id, "director", "disputed", "解釈が分かれる")
    on_stage.stage.approve(case_id, "director")
    on_stage.stage.decide(case_id)
    body = json.loads(DecidedOriginal.objects.get(case_id=case_id).body)
    who = "振興課長 振興課長の人"
    assert body["flags"] == [{"flag": "disputed", "raised_by": who, "why": "解釈が分かれる"}]
    shown = json.dumps(sheet(body, sha256="ab" * 32, ministry="試験省"), ensure_ascii=False)
    assert f"疑義（{who}が付した）" in shown and "「疑義」を付した" in shown


def test_S23_a_flag_that_changes_no_route_is_recorded_shown_and_bars_a_deputy(on_stage: Scenario) -> None:
    stage = with_deputies(on_stage.stage)
    case_id = at_decider(stage)
    away(stage, "director_general")
    on_stage.flag(case_id, "deputy_director", "important", "国会で問われる")
    assert on_stage.case(case_id).round == 1 and on_stage.asked(case_id) == ["director_general"]
    (flag,) = on_stage.page(case_id).flags
    assert (flag.flag, flag.who, flag.why) == (
        "important",
        "振興課長補佐 振興課長補佐の人",
        "国会で問われる",
    )
    with pytest.raises(CannotAct, match="重要な事案は代決できません"):
        decide_instead(stage, case_id, "councillor")
    assert inbox(stage, "councillor") == []


def test_S23_what_the_decider_said_beforehand_says_nothing_of_a_later_flag(on_stage: Scenario) -> None:
    stage = with_deputies(on_stage.stage)
    case_id = at_decider(stage)
    told(stage, case_id)
    away(stage, "director_general")
    on_stage.flag(case_id, "director", "unprecedented", "前例がない")
    with pytest.raises(CannotAct, match="異例の事案は代決できません"):
        decide_instead(stage, case_id, "councillor")
    assert inbox(stage, "councillor") == []
    told(stage, case_id)
    assert decide_instead(stage, case_id, "councillor").number


def test_S23_nor_does_it_once_the_case_has_come_back_and_is_submitted_again_with_the_flag(
    on_stage: Scenario,
) -> None:
    stage = with_deputies(on_stage.stage)
    case_id = at_decider(stage)
    told(stage, case_id)
    on_stage.flag(case_id, "director", "unprecedented", "前例がない")
    stage.send_back(case_id, "director_general")
    on_stage.resubmit(case_id, substance=False)
    stage.approve(case_id, "deputy_director", "director")
    away(stage, "director_general")
    with pytest.raises(CannotAct, match="異例の事案は代決できません"):
        decide_instead(stage, case_id, "councillor")
    assert inbox(stage, "councillor") == []
    told(stage, case_id)
    assert inbox(stage, "councillor") == [("decide", "acting")]
    assert decide_instead(stage, case_id, "councillor").number


def test_S23_anybody_on_the_route_may_and_nobody_else(on_stage: Scenario) -> None:
    for by in ("deputy_director", "director", "budget", "director_general", "chief"):
        case_id = on_stage.routed("r2", "deputy_director")
        (offered,) = (o for o in on_stage.page(case_id, by).options if o.name == "flag")
        assert "important" in offered.choices
        on_stage.flag(case_id, by)
        assert on_stage.events(case_id)[-1] == "flagged"
    case_id = on_stage.routed("r3")
    on_stage.add(case_id, "deputy_director", "general_affairs")
    on_stage.course(
        "remove_step", case_id, "deputy_director", target=on_stage.position(case_id, "general_affairs")
    )
    with pytest.raises(CannotAct, match="経路にある職だけ"):
        on_stage.flag(case_id, "general_affairs")


def test_S23_a_consulted_unit_is_on_the_route_and_readers_are_not(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    on_stage.add(case_id, "deputy_director", "budget", "consult")
    on_stage.add(case_id, "deputy_director", "personnel", "circulate")
    assert "flag" not in {option.name for option in on_stage.page(case_id, "personnel").options}
    with pytest.raises(CannotAct, match="経路にある職だけ"):
        on_stage.flag(case_id, "personnel")
    assert "flag" in {option.name for option in on_stage.page(case_id, "budget").options}
    on_stage.flag(case_id, "budget")
    on_stage.add(case_id, "deputy_director", "personnel", "consult")
    on_stage.flag(case_id, "personnel", "disputed")
    whose = {flag.flag: flag.who for flag in on_stage.page(case_id).flags}
    assert whose == {"important": "会計課長 会計課長の人", "disputed": "人事課長 人事課長の人"}


@pytest.mark.parametrize(
    ("flag", "reason", "said"),
    [
        ("important", " 　", "理由がありません"),
        ("", "影響", "選ばれていません"),
        ("secret", "影響", "選ばれていません"),
        ("disputed", "影響", "もう付いています"),
    ],
)
def test_S23_a_flag_needs_its_reason_and_counts_once(
    on_stage: Scenario, flag: str, reason: str, said: str
) -> None:
    case_id = on_stage.routed("r1", flags="disputed")
    with pytest.raises(CannotAct, match=said):
        on_stage.flag(case_id, "director", flag, reason)
    assert on_stage.events(case_id) == ["submitted"]


def test_S23_the_same_flag_sent_twice_is_one_event(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    first = on_stage.flag(case_id, "director")
    assert on_stage.flag(case_id, "director") == first
    act_id = uuid4()
    for _ in range(2):
        flagging.raise_flag(
            actor=on_stage.stage.actor("director"),
            tenant_id=on_stage.stage.tenant_id,
            case_id=case_id,
            flag="disputed",
            act_id=act_id,
            at=on_stage.stage.later(),
            reason="疑い",
        )
    with pytest.raises(CannotAct, match="もう付いています（振興課長 振興課長の人）"):
        on_stage.flag(case_id, "deputy_director")
    assert on_stage.events(case_id) == ["submitted", "flagged", "flagged"]


def test_S23_a_flag_is_refused_where_the_case_is_not_under_way(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1")
    on_stage.stage.send_back(case_id, "deputy_director")
    with pytest.raises(CannotAct, match="起案者の手元"):
        on_stage.flag(case_id, "director")
    on_stage.course("cancel", case_id, reason="やめる")
    with pytest.raises(CannotAct, match="終わっています"):
        on_stage.flag(case_id, "director")


def test_S23_holds_refusals_opinions_and_steps_by_hand_go_on_where_the_route_changes(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("reply")
    on_stage.add(case_id, "deputy_director", "councillor")
    on_stage.add(case_id, "deputy_director", "budget", "consent")
    on_stage.add(case_id, "deputy_director", "personnel", "consult")
    on_stage.act("opine", case_id, "personnel", "支障なし")
    on_stage.stage.approve(case_id, "deputy_director", "councillor")
    on_stage.act("refuse_consent", case_id, "budget", "積算がない")
    on_stage.flag(case_id, "councillor")
    assert kinds(on_stage, case_id) == {
        "deputy_director": ("review", "done"),
        "councillor": ("review", "done"),
        "budget": ("consent", "refused"),
        "personnel": ("consult", "done"),
        "director": ("review", "waiting"),
        "director_general": ("decide", "waiting"),
    }
    on_stage.stage.approve(case_id, "budget")
    on_stage.act("hold", case_id, "director", "数字を待つ")
    on_stage.flag(case_id, "chief", "diet")
    assert on_stage.step(case_id, "director").held_seq is not None
    on_stage.stage.approve(case_id, "director")
    assert on_stage.stage.decide(case_id).number


def test_S23_whoever_was_passed_over_stays_so_and_reads_it_after_the_decision(db: None) -> None:
    lifted = [{**row, "lifts_to": ["important:vice_minister"]} for row in ROWS]
    scene = Scenario(the_stage.build(rows=lifted))
    case_id = scene.routed("r3", "deputy_director")
    scene.act("approve", case_id, "councillor", ahead=True)
    scene.flag(case_id, "director_general")
    assert kinds(scene, case_id) | {"director": scene.steps(case_id)[1].state} == {
        "deputy_director": ("review", "done"),
        "director": "skipped",
        "councillor": ("review", "done"),
        "director_general": ("review", "open"),
        "vice_minister": ("decide", "waiting"),
    }
    scene.stage.approve(case_id, "director_general")
    scene.stage.decide(case_id, "vice_minister")
    assert scene.step(case_id, "director", "post_review").state == "open"
    assert_record_replays(scene)


def test_S08_a_flag_is_an_act_of_whoever_raised_it_and_what_was_done_before_it_counts(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("reply")
    on_stage.flag(case_id, "chief")
    on_stage.course("withdraw", case_id)
    for flag in ("diet", "important"):
        case_id = on_stage.routed("reply", "deputy_director", flags="diet" if flag == "important" else "")
        on_stage.flag(case_id, "director", flag)
        with pytest.raises(CannotAct, match="もう処理しているため"):
            on_stage.course("withdraw", case_id)
        with pytest.raises(CannotAct, match="振興課長の人"):
            on_stage.act("take_back", case_id, "deputy_director")
    case_id = on_stage.routed("reply", "deputy_director")
    on_stage.flag(case_id, "deputy_director")
    with pytest.raises(CannotAct, match="もう処理しているため"):
        on_stage.course("withdraw", case_id)
    on_stage.act("take_back", case_id, "deputy_director")
    assert on_stage.asked(case_id) == ["deputy_director"]


def test_S11_whoever_takes_back_a_pull_up_after_a_flag_gives_back_the_right_step(db: None) -> None:
    lifted = [{**row, "lifts_to": ["important:vice_minister"]} for row in ROWS]
    scene = Scenario(the_stage.build(rows=lifted))
    case_id = scene.routed("r3")
    scene.add(case_id, "deputy_director", "general_affairs")
    scene.stage.approve(case_id, "deputy_director")
    scene.act("approve", case_id, "councillor", ahead=True)
    scene.flag(case_id, "deputy_director")
    scene.act("take_back", case_id, "councillor")
    assert scene.asked(case_id) == ["general_affairs"]
    assert scene.state(case_id, "director") == "closed", "its post-review"
    assert scene.step(case_id, "director", "review").state == "waiting"
    assert scene.state(case_id, "general_affairs") == "closed", "its post-review too"
    assert_record_replays(scene)


def test_S23_a_resubmission_starts_from_the_drafters_flags_and_those_raised(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", flags="diet")
    on_stage.flag(case_id, "director", "important")
    on_stage.stage.send_back(case_id, "deputy_director")
    on_stage.resubmit(case_id, substance=False, flags="diet")
    assert {flag.flag for flag in on_stage.page(case_id).flags} == {"diet", "important"}
    assert kinds(on_stage, case_id)["director_general"][0] == "decide"
    on_stage.stage.send_back(case_id, "deputy_director")
    on_stage.resubmit(case_id, substance=False, flags="")
    assert [flag.flag for flag in on_stage.page(case_id).flags] == ["important"]


def test_S23_lowering_a_flag_is_the_drafters_own_word_and_told_to_who_raised_it(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply")
    on_stage.flag(case_id, "director", "important")
    (flag,) = on_stage.page(case_id).flags
    on_stage.stage.send_back(case_id, "deputy_director")
    on_stage.resubmit(case_id, substance=False, lowered=flag.key)
    assert kinds(on_stage, case_id)["director"] == ("decide", "waiting")
    (flag,) = on_stage.page(case_id).flags
    assert (flag.who, flag.lowered_by) == ("振興課長 振興課長の人", "振興係長 振興係長の人")
    assert on_stage.page(case_id).history[-1].lowered == ("important",)
    told_of = Notice.objects.filter(case_id=case_id, seq=on_stage.case(case_id).last_seq, about=Notice.EVENT)
    assert [notice.person_id for notice in told_of] == [on_stage.stage.people["director"]]
    on_stage.flag(case_id, "deputy_director", "important", "やはり重要")
    assert kinds(on_stage, case_id)["director_general"][0] == "decide"
    on_stage.revise(case_id, substance=False, text="語句を直した。")
    assert [(f.flag, f.lowered_by) for f in on_stage.page(case_id).flags] == [("important", "")]


def test_S23_a_revision_in_flight_keeps_a_flag_raised_while_it_was_in_hand(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director")
    on_stage.rework(case_id, begin=True, text="数字を直した。", flags="")
    on_stage.flag(case_id, "director")
    on_stage.course("revise", case_id, substance=False)
    assert [flag.flag for flag in on_stage.page(case_id).flags] == ["important"]
    assert on_stage.standing(case_id) == ["deputy_director"]
    assert on_stage.asked(case_id) == ["director"]


def test_S18_words_corrected_after_a_flag_leave_the_flag_where_it_is(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r2", "deputy_director")
    on_stage.flag(case_id, "deputy_director", "disputed", "解釈が分かれる")
    before = on_stage.stage.seen(case_id)
    reword(on_stage, case_id, "director")
    (flag,) = on_stage.page(case_id).flags
    assert (flag.flag, flag.who) == ("disputed", "振興課長補佐 振興課長補佐の人")
    with pytest.raises(CannotAct, match="内容が変わっています"):
        on_stage.act("approve", case_id, "director", seen=before)
    on_stage.stage.approve(case_id, "director", "budget", "document")
    stage = with_deputies(on_stage.stage)
    away(stage, "director_general")
    with pytest.raises(CannotAct, match="疑義・紛議"):
        decide_instead(stage, case_id, "councillor")
    assert inbox(stage, "councillor") == []


def test_the_route_of_a_flagged_case_is_explained_as_it_rules_now(on_stage: Scenario) -> None:
    case_id = on_stage.routed("reply", "deputy_director")
    on_stage.flag(case_id, "director")
    on_stage.add(case_id, "director", "councillor")
    stage = on_stage.stage
    found = rules.recomputed(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.later()
    )
    assert found.same, found.differences
    on_stage.revise(case_id, substance=False, text="語句を直した。")
    found = rules.recomputed(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.later()
    )
    assert found.same
