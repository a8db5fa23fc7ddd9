"""施行: what was sent out is recorded on the decided case, in parts until every addressee has it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from office import act, issue, notice, page, states

import clearances
from kessai.decisions import queries
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.models import Case, CoverSheet, Event, Notice
from kessai.decisions.rules import CannotAct
from kessai.kernel.errors import NotFound
from kessai.organisation.models import Appointment, Setting, UnitVersion
from scenario import Scenario
from stage import FOREVER, Stage


def told(stage: Stage, case_id: object, kind: str) -> set[str]:
    """Codes of the posts whose holders were told of the events of a kind."""
    seqs = Event.objects.filter(case_id=case_id, kind=kind).values_list("seq", flat=True)
    people = set(
        Notice.objects.filter(case_id=case_id, seq__in=list(seqs), about="event").values_list(
            "person_id", flat=True
        )
    )
    return {code for code, person in stage.people.items() if person in people}


def test_a_decided_notice_is_not_yet_issued_and_its_unit_sees_so(stage: Stage) -> None:
    case_id = notice(stage, issue_on="令和8年10月8日")
    shown = page(stage, case_id)
    assert (shown.state, shown.planned_on) == ("due", date(2026, 10, 8))
    assert shown.remaining == ("甲県知事", "乙県知事", "丙県知事")
    (waits,) = issuing.due(actor=stage.actor("chief"), at=stage.now)
    assert (waits.case_id, waits.mine, waits.state) == (case_id, True, "due")
    assert issuing.due(actor=stage.actor("budget"), at=stage.now) == ()


def test_an_issue_is_recorded_with_its_particulars_and_the_original_stays(stage: Stage) -> None:
    case_id = notice(stage)
    before = queries.original(tenant_id=stage.tenant_id, case_id=case_id)
    issue(stage, case_id, "甲県知事", "乙県知事", "丙県知事", remark="配達記録による")
    (view,) = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)
    assert (view.method, view.sender, view.remark, view.state) == (
        "電子メール",
        "振興課長",
        "配達記録による",
        "out",
    )
    assert [(each.position, each.title) for each in view.documents] == [(1, "通知")]
    assert (view.post_title, view.person_name) == ("振興係長", "振興係長の人")
    assert page(stage, case_id).state == "complete"
    assert issuing.due(actor=stage.actor("chief"), at=stage.now) == ()
    assert queries.original(tenant_id=stage.tenant_id, case_id=case_id) == before
    assert Case.objects.get(id=case_id).state == "decided"


def test_S31_a_post_review_that_is_open_holds_up_neither_number_nor_issue(stage: Stage) -> None:
    ref = stage.draft("notice", addressees="甲県知事")
    case_id = stage.submit(ref).case_id
    scene = Scenario(stage)
    assert scene.act("decide", case_id, "director", ahead=True).number
    assert scene.inbox("deputy_director") == [("post_review", case_id)]
    issue(stage, case_id, "甲県知事", files=())
    assert page(stage, case_id).state == "complete"
    scene.act(
        "mark_read", case_id, "deputy_director", position=scene.step(case_id, "deputy_director").position
    )
    assert scene.inbox("deputy_director") == []


def test_a_case_is_issued_in_parts_until_every_addressee_has_it(stage: Stage) -> None:
    case_id = notice(stage)
    issue(stage, case_id, "甲県知事")
    assert (page(stage, case_id).state, page(stage, case_id).remaining) == (
        "partly",
        ("乙県知事", "丙県知事"),
    )
    issue(stage, case_id, "乙県知事", "町村会")
    issue(stage, case_id, "丙県知事", method="gazette")
    assert page(stage, case_id).state == "complete"


def test_those_who_read_the_case_and_the_drafter_are_told_once_it_is_out(stage: Stage) -> None:
    case_id = notice(stage)
    issue(stage, case_id, "甲県知事", by="document")
    assert told(stage, case_id, "issued") == {"chief", "personnel"}


@pytest.mark.parametrize("by", ["chief", "deputy_director", "director", "document"])
def test_the_drafting_unit_and_the_unit_that_issues_for_all_may(stage: Stage, by: str) -> None:
    case_id = notice(stage)
    issue(stage, case_id, "甲県知事", by=by)
    assert page(stage, case_id, by).offered is not None
    assert (case_id in [each.case_id for each in issuing.due(actor=stage.actor(by), at=stage.now)]) is True


def test_whoever_only_reads_may_not_and_a_stranger_finds_nothing(stage: Stage) -> None:
    case_id = notice(stage)
    assert page(stage, case_id, "personnel").offered is None
    with pytest.raises(CannotAct, match="起案した部署"):
        issue(stage, case_id, "甲県知事", by="personnel")
    with pytest.raises(NotFound):
        issue(stage, case_id, "甲県知事", by="budget")


def test_which_unit_issues_for_all_is_a_setting(stage: Stage) -> None:
    case_id = notice(stage)
    Setting.objects.create(tenant_id=stage.tenant_id, key="duty_issue", period=FOREVER, value=["accounting"])
    with pytest.raises(NotFound):
        page(stage, case_id, "document")
    issue(stage, case_id, "甲県知事", by="budget")


def test_a_unit_that_issues_for_all_sees_of_what_is_marked_only_what_it_is_cleared_for(stage: Stage) -> None:
    clearances.clear(stage, "chief", "deputy_director", "director")
    case_id = notice(stage, marking=clearances.MARKED)
    with pytest.raises(NotFound):
        page(stage, case_id, "document")
    clearances.clear(stage, "document")
    issue(stage, case_id, "甲県知事", by="document")


def test_todays_holder_of_the_drafting_post_issues_not_the_one_who_left(stage: Stage) -> None:
    case_id = notice(stage)
    since = date(2026, 10, 7)
    Appointment.objects.filter(person_id=stage.people["chief"]).update(period=DateRange(FOREVER.lower, since))
    Appointment.objects.filter(person_id=stage.people["budget"]).update(
        period=DateRange(FOREVER.lower, since)
    )
    Appointment.objects.create(
        post_id=stage.posts["chief"], person_id=stage.people["budget"], period=DateRange(since, None)
    )
    stage.later(days=1)
    with pytest.raises(CannotAct):
        issue(stage, case_id, "甲県知事")
    issue(stage, case_id, "甲県知事", by="budget")


def test_a_case_under_way_or_of_a_kind_that_is_not_issued_takes_no_record(stage: Stage) -> None:
    under_way = stage.submitted("notice", addressees="甲県知事")
    with pytest.raises(CannotAct, match="決裁の後"):
        issue(stage, under_way, "甲県知事")
    with pytest.raises(CannotAct, match="施行しないもの"):
        issue(stage, stage.decided(), "甲県知事")
    assert page(stage, under_way).state == ""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"issued_on": date(2026, 10, 5)}, "決裁の日"),
        ({"issued_on": date(2026, 10, 7)}, "まだ来ていない"),
        ({"method": "pigeon"}, "方法がありません"),
        ({"sender": "0"}, "発信者名がありません"),
        ({"files": (3,)}, "添付はありません"),
        ({"seal": "none"}, "いま使えません"),
    ],
)
def test_particulars_that_cannot_be_so_are_refused_and_leave_nothing(
    stage: Stage, given: dict[str, object], words: str
) -> None:
    case_id = notice(stage)
    before = Event.objects.filter(case_id=case_id).count()
    with pytest.raises(CannotAct, match=words):
        issue(stage, case_id, "甲県知事", **given)  # type: ignore[arg-type]
    with pytest.raises(CannotAct, match="宛先がありません"):
        issue(stage, case_id)
    assert Event.objects.filter(case_id=case_id).count() == before


def test_an_issue_sent_again_counts_once(stage: Stage) -> None:
    case_id, act_id = notice(stage), uuid4()
    first = issue(stage, case_id, "甲県知事", act_id=act_id)
    assert issue(stage, case_id, "甲県知事", act_id=act_id) == first
    assert states(stage, case_id) == ["out"]


def test_a_wrong_record_is_corrected_by_a_later_one_and_stays_in_the_history(stage: Stage) -> None:
    case_id = notice(stage)
    wrong = issue(stage, case_id, "甲県知事", "乙県知事").seq
    with pytest.raises(CannotAct, match="訂正の理由"):
        issue(stage, case_id, "甲県知事", replaces=wrong)
    issue(stage, case_id, "甲県知事", replaces=wrong, remark="乙県には送っていない")
    assert states(stage, case_id) == ["void", "out"]
    assert page(stage, case_id).remaining == ("乙県知事", "丙県知事")
    history = queries.case_page(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    ).history
    assert [(item.seq, item.stands) for item in history if item.kind == "issued"] == [
        (wrong, False),
        (wrong + 1, True),
    ]
    with pytest.raises(CannotAct, match="もう訂正されている"):
        issue(stage, case_id, "甲県知事", replaces=wrong, remark="もう一度")


def test_a_record_of_what_did_not_happen_is_voided_with_a_reason(stage: Stage) -> None:
    case_id = notice(stage)
    seq = issue(stage, case_id, "甲県知事").seq
    with pytest.raises(CannotAct, match="理由"):
        act(stage, "void", case_id, seq=seq, reason=" ")
    act(stage, "void", case_id, seq=seq, reason="送信に失敗していた")
    (view,) = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)
    assert (view.state, view.void_why) == ("void", "送信に失敗していた")
    assert page(stage, case_id).state == "due"


def test_what_is_not_to_be_issued_after_all_is_waived_and_can_still_be(stage: Stage) -> None:
    case_id = notice(stage)
    issue(stage, case_id, "甲県知事")
    act(stage, "waive", case_id, reason="乙県と丙県は対象外となった")
    shown = page(stage, case_id)
    assert shown.state == "waived" and shown.waived is not None
    assert shown.waived.why == "乙県と丙県は対象外となった"
    assert issuing.due(actor=stage.actor("chief"), at=stage.now) == ()
    with pytest.raises(CannotAct, match="施行していない宛先はありません"):
        act(stage, "waive", case_id, reason="もう一度")
    issue(stage, case_id, "乙県知事", "丙県知事")
    assert page(stage, case_id).state == "complete"


def test_a_notice_without_addressees_is_issued_at_once_in_the_gazette(stage: Stage) -> None:
    case_id = notice(stage, addressees="")
    assert page(stage, case_id).state == "due"
    issue(stage, case_id, method="gazette")
    assert page(stage, case_id).state == "complete"


def test_the_names_offered_are_those_of_the_day_of_the_issue(stage: Stage) -> None:
    case_id = notice(stage, sender="試験省振興課長")
    offered = page(stage, case_id).offered
    assert offered is not None
    assert [sender.name for sender in offered.senders] == [
        *("試験省振興課長", "振興課長", "政策局長", "試験省事務次官", "試験省大臣")
    ]
    issue(stage, case_id, "甲県知事", sender="draft")
    assert issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)[0].sender == "試験省振興課長"


def test_the_form_of_the_draft_offers_methods_and_seals_of_the_ministry(stage: Stage) -> None:
    ref = stage.draft("notice", issue_method="電報", addressees="甲県知事")
    shown = queries.preview(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=ref.draft_id, at=stage.now
    )
    assert [problem.field for problem in shown.problems] == ["issue_method"]
    case_id = notice(stage, issue_method="郵送", seal="大臣印")
    offered = page(stage, case_id).offered
    assert offered is not None
    assert (offered.planned_method, offered.planned_seal) == ("郵送", "大臣印")
    assert [method.code for method in offered.methods] == ["mail", "email", "gazette"]


def test_a_case_is_found_by_the_day_of_its_issue(stage: Stage) -> None:
    case_id = notice(stage)
    wrong = issue(stage, case_id, "甲県知事").seq
    stage.later(days=3)
    issue(stage, case_id, "甲県知事", replaces=wrong, remark="日を誤った", issued_on=date(2026, 10, 9))

    def found(since: date | None, until: date | None) -> list[object]:
        hits = queries.search(
            actor=stage.actor("chief"), words="", at=stage.now, issued_from=since, issued_until=until
        )
        return [hit.case_id for hit in hits]

    day = date(2026, 10, 9)
    assert found(day, day) == [case_id] == found(day, None) == found(None, day)
    assert found(None, day - timedelta(days=1)) == []
    assert found(day + timedelta(days=1), None) == []


def test_the_cover_sheet_is_due_again_after_every_act_of_issuing(stage: Stage) -> None:
    from kessai.decisions import tasks

    case_id = notice(stage)
    tasks.make_cover_sheet(stage.tenant_id, str(case_id))
    seq = issue(stage, case_id, "甲県知事").seq
    tasks.make_cover_sheet(stage.tenant_id, str(case_id))
    assert list(CoverSheet.objects.order_by("shows").values_list("shows", flat=True)) == [0, seq]


def test_a_joint_decision_is_issued_in_the_names_of_all_heads_the_lead_unit_first(stage: Stage) -> None:
    case_id = notice(stage, joint="文書課\n会計課\n総務課", agree=("document", "budget", "general_affairs"))
    offered = page(stage, case_id).offered
    assert offered is not None
    assert (offered.senders[0].key, offered.senders[0].name) == (
        "joint",
        "振興課長、総務課長、会計課長、文書課長",
    )
    issue(stage, case_id, "甲県知事", sender="joint")
    (view,) = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)
    assert view.sender == "振興課長、総務課長、会計課長、文書課長"


def test_joint_heads_are_those_of_the_day_of_the_issue_a_unit_that_ended_through_its_successor(
    stage: Stage,
) -> None:
    case_id = notice(stage, joint="文書課\n総務課", agree=("document", "general_affairs"), sender="試験省")
    UnitVersion.objects.filter(unit__code="ps").update(period=DateRange(FOREVER.lower, date(2026, 10, 6)))
    offered = page(stage, case_id).offered
    assert offered is not None
    assert [sender.name for sender in offered.senders[:2]] == ["試験省", "振興課長、文書課長"]
