"""収受: what arrives gets a number and is on the record; then it is given to a post, answered, joined, or closed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from mail_room import TYPED, act, inbox, page, receive, register

from kessai.decisions import queries as cases
from kessai.decisions.models import Event, Notice, Receipt, ReceiptEvent, ReceiptLink
from kessai.decisions.receiving import queries
from kessai.decisions.receiving.operations import CannotReceive
from kessai.decisions.receiving.rules import Typed
from kessai.decisions.rules import CannotAct
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.kernel.errors import NotFound
from kessai.ledger.models import Entry
from kessai.records.rules import CannotNumber
from stage import Stage


def test_what_arrives_gets_the_next_number_of_its_unit_and_an_entry_in_the_log(stage: Stage) -> None:
    first, second = receive(stage), receive(stage)
    other = receive(stage, by="budget", unit_code="sa")
    assert [first.number, second.number, other.number] == ["政振収第1号", "政振収第2号", "官会収第1号"]
    assert register(stage) == ["政振収第2号", "政振収第1号"]
    shown = page(stage, first.receipt_id)
    assert (shown.particulars.sender, shown.particulars.sent_on) == ("甲県知事", date(2026, 10, 1))
    assert (shown.particulars.medium, [file.filename for file in shown.files]) == ("郵送", ["照会.pdf"])
    assert (shown.state, shown.unit_name, shown.history[0].person_name) == (
        "registered",
        "振興課",
        "振興係長の人",
    )
    assert Entry.objects.filter(case_id=first.receipt_id, seq=1).count() == 1


def test_numbers_begin_anew_with_the_fiscal_year(stage: Stage) -> None:
    receive(stage)
    stage.now = datetime(2027, 4, 1, 3, tzinfo=UTC)
    assert receive(stage, arrived_on="2027-04-01").number == "政振収第1号"
    assert (register(stage, year=2027), len(register(stage))) == (["政振収第1号"], 1)


def test_a_registration_sent_again_counts_once_and_a_refused_one_uses_no_number(stage: Stage) -> None:
    act_id = uuid4()
    first = receive(stage, act_id=act_id)
    assert receive(stage, act_id=act_id) == first
    with pytest.raises(CannotAct):
        receive(stage, title=" ")
    assert receive(stage).number == "政振収第2号"
    with pytest.raises(CannotAct):
        receive(stage, by="director", act_id=act_id)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": ""}, "件名"),
        ({"sender": " "}, "発信者"),
        ({"arrived_on": ""}, "届いた日がありません"),
        ({"arrived_on": "2026-10-07"}, "まだ来ていない"),
        ({"arrived_on": "いつか"}, "「いつか」は日付"),
        ({"sent_on": "2026-10-06"}, "届いた日より後"),
        ({"medium": "gazette"}, "届いた方法"),
        ({"sender": "長" * 201}, "長すぎます"),
    ],
)
def test_what_cannot_be_registered_is_refused_with_the_reason(
    stage: Stage, typed: dict[str, str], words: str
) -> None:
    with pytest.raises(CannotAct, match=words):
        receive(stage, **typed)
    assert not Receipt.objects.exists()


def test_an_empty_file_is_refused(stage: Stage) -> None:
    with pytest.raises(CannotReceive, match="空のファイル"):
        receive(stage, files=(("空.txt", b""),))


def test_the_documents_division_registers_for_any_unit_others_only_for_their_own(stage: Stage) -> None:
    done = receive(stage, by="document", unit_code="pp")
    assert (done.number, register(stage)) == ("政振収第1号", ["政振収第1号"])
    with pytest.raises(CannotReceive):
        receive(stage, by="budget", unit_code="pp")


def test_without_a_format_of_receipt_numbers_nothing_is_numbered(db: None) -> None:
    import stage as the_stage
    from issuing import office

    bare = the_stage.build(rows=(*the_stage.ROWS, the_stage.NOTICE))
    office.equip(bare)
    with pytest.raises(CannotNumber, match="収受番号"):
        receive(bare)


@pytest.mark.parametrize("by", ["chief", "director", "document"])
def test_the_unit_and_who_receives_for_all_see_it(stage: Stage, by: str) -> None:
    done = receive(stage)
    assert page(stage, done.receipt_id, by).may_work
    assert [
        line.receipt_id for line in queries.search(actor=stage.actor(by), words="甲地", at=stage.now)
    ] == [done.receipt_id]


def test_a_stranger_finds_nothing(stage: Stage) -> None:
    done = receive(stage)
    with pytest.raises(NotFound):
        page(stage, done.receipt_id, "budget")
    with pytest.raises(NotFound):
        act(stage, "handle", done.receipt_id, "budget", reason="x")
    with pytest.raises(NotFound):
        register(stage, "budget")
    assert queries.search(actor=stage.actor("budget"), words="甲地", at=stage.now) == ()
    assert queries.search(actor=stage.actor("chief"), words=" ", at=stage.now) == ()


def test_it_is_given_to_a_post_which_finds_it_in_its_inbox(stage: Stage) -> None:
    done = receive(stage)
    act(stage, "assign", done.receipt_id, post_id=stage.posts["budget"], remark="金額の照会のため")
    assert (inbox(stage, "budget"), inbox(stage, "chief")) == ([done.receipt_id], [])
    assert cases.waiting(actor=stage.actor("budget"), at=stage.now) == 1
    shown = page(stage, done.receipt_id, "budget")
    assert (shown.state, shown.assigned_title, shown.may_work) == ("assigned", "会計課長", True)
    assert (shown.history[-1].to, shown.history[-1].remark) == ("会計課長", "金額の照会のため")
    act(stage, "assign", done.receipt_id, "budget", post_id=stage.posts["director"])
    assert (inbox(stage, "budget"), inbox(stage, "director")) == ([], [done.receipt_id])
    with pytest.raises(CannotAct, match="いまの組織にありません"):
        act(stage, "assign", done.receipt_id, "director", post_id=0)
    assert page(stage, done.receipt_id, "budget").may_work is False
    with pytest.raises(CannotAct, match="届け先の部署"):
        act(stage, "handle", done.receipt_id, "budget", reason="x")


def test_it_is_closed_without_a_decision_with_what_was_done(stage: Stage) -> None:
    done = receive(stage)
    act(stage, "assign", done.receipt_id, post_id=stage.posts["director"])
    with pytest.raises(CannotAct, match="理由"):
        act(stage, "handle", done.receipt_id, "director", reason=" ")
    act(stage, "handle", done.receipt_id, "director", reason="電話で回答した")
    assert (page(stage, done.receipt_id).state, inbox(stage, "director")) == ("handled", [])
    with pytest.raises(CannotAct, match="もう済んでいます"):
        act(stage, "handle", done.receipt_id, reason="もう一度")
    act(stage, "assign", done.receipt_id, post_id=stage.posts["chief"], remark="再照会があった")
    assert page(stage, done.receipt_id).state == "assigned"


def test_a_reply_is_begun_with_its_fields_filled_in_and_the_documents_attached(stage: Stage) -> None:
    done = receive(stage)
    act(stage, "assign", done.receipt_id, post_id=stage.posts["chief"])
    ref = act(stage, "begin", done.receipt_id, matter_code="notice")
    draft = drafts.draft(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=ref.draft_id, at=stage.now
    )
    assert draft.typed["title"] == "要件の解釈について（照会）（回答）"
    assert draft.typed["addressees"] == "甲県知事"
    assert [file.filename for file in draft.attachments] == ["照会.pdf"]
    shown = page(stage, done.receipt_id)
    assert [each.case_id for each in shown.drafts] == [ref.draft_id] and shown.cases == ()
    assert inbox(stage, "chief") == [done.receipt_id]


def test_the_submission_binds_the_receipt_and_both_show_each_other(stage: Stage) -> None:
    done = receive(stage)
    ref = act(stage, "begin", done.receipt_id, matter_code="notice")
    drafting.save(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        draft_id=ref.draft_id,
        typed={"text": "回答してよろしいか伺います。"},
        version=None,
        at=stage.later(),
    )
    case_id = stage.submit(ref).case_id
    said = Event.objects.get(case_id=case_id, kind="submitted").payload["receipts"]
    assert said == [{"receipt": str(done.receipt_id), "number": "政振収第1号"}]
    shown = page(stage, done.receipt_id)
    assert (shown.state, [each.case_id for each in shown.cases], shown.drafts) == ("answered", [case_id], ())
    (named,) = queries.of_case(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert (named.receipt_id, named.joined) == (done.receipt_id, False)
    stage.send_back(case_id, "deputy_director")
    stage.submit(ref)
    kinds = ReceiptEvent.objects.filter(receipt_id=done.receipt_id).values_list("kind", flat=True)
    assert list(kinds).count("answered") == 1
    # Whoever sees the case reads what it answers.
    stage.approve(case_id, "deputy_director")
    assert page(stage, done.receipt_id, "personnel").may_work is False


def test_a_reply_that_is_thrown_away_leaves_the_receipt_to_be_handled(stage: Stage) -> None:
    done = receive(stage)
    act(stage, "assign", done.receipt_id, post_id=stage.posts["chief"])
    ref = act(stage, "begin", done.receipt_id, matter_code="notice")
    drafting.discard(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=ref.draft_id, at=stage.later()
    )
    assert not ReceiptLink.objects.exists()
    assert inbox(stage, "chief") == [done.receipt_id]


def told(stage: Stage, case_id: object) -> set[str]:
    seqs = list(Event.objects.filter(case_id=case_id, kind="receipt_joined").values_list("seq", flat=True))
    people = set(Notice.objects.filter(case_id=case_id, seq__in=seqs).values_list("person_id", flat=True))
    return {code for code, person in stage.people.items() if person in people}


def test_it_is_added_to_a_case_under_way_and_those_on_the_route_are_told(stage: Stage) -> None:
    done = receive(stage)
    case_id = stage.submitted("r1")
    stage.approve(case_id, "deputy_director")
    act(stage, "join", done.receipt_id, "director", case_id=case_id, remark="同じ件の追加の照会")
    assert told(stage, case_id) == {"chief", "deputy_director"}
    assert page(stage, done.receipt_id).state == "joined"
    (named,) = queries.of_case(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert named.joined is True
    with pytest.raises(CannotAct, match="もうその案件に"):
        act(stage, "join", done.receipt_id, case_id=case_id)
    stage.approve(case_id, "director")
    assert page(stage, done.receipt_id, "director_general").may_work is False


def test_joining_sent_again_counts_once(stage: Stage) -> None:
    done, case_id, act_id = receive(stage), stage.submitted("r1"), uuid4()
    first = act(stage, "join", done.receipt_id, case_id=case_id, act_id=act_id)
    assert act(stage, "join", done.receipt_id, case_id=case_id, act_id=act_id) == first
    assert Event.objects.filter(case_id=case_id, kind="receipt_joined").count() == 1


def test_it_is_added_to_a_decided_case_as_related_and_the_original_stays(stage: Stage) -> None:
    done, case_id = receive(stage), stage.decided()
    before = cases.original(tenant_id=stage.tenant_id, case_id=case_id)
    act(stage, "join", done.receipt_id, "director", case_id=case_id)
    assert told(stage, case_id) == {"chief"}
    assert cases.original(tenant_id=stage.tenant_id, case_id=case_id) == before


def test_it_is_not_added_to_a_case_that_one_does_not_see(stage: Stage) -> None:
    done, case_id = receive(stage, by="budget", unit_code="sa"), stage.submitted("r1")
    with pytest.raises(NotFound):
        act(stage, "join", done.receipt_id, "budget", case_id=case_id)
    assert page(stage, done.receipt_id, "budget").state == "registered"


def test_a_wrong_registration_is_corrected_by_a_later_entry(stage: Stage) -> None:
    done = receive(stage)
    files = list(page(stage, done.receipt_id).files)
    right = Typed(**{**TYPED, "sender": "乙県知事"})
    with pytest.raises(CannotAct, match="訂正の理由"):
        act(stage, "correct", done.receipt_id, typed=right, files=files, reason=" ")
    act(stage, "correct", done.receipt_id, typed=right, files=[], reason="差出人と添付を誤った")
    shown = page(stage, done.receipt_id)
    assert (shown.number, shown.particulars.sender, shown.files) == ("政振収第1号", "乙県知事", ())
    first = ReceiptEvent.objects.get(receipt_id=done.receipt_id, seq=1).payload
    assert first["sender"] == "甲県知事" and len(first["files"]) == 1
    with pytest.raises(CannotAct, match="直したところがありません"):
        act(stage, "correct", done.receipt_id, typed=right, files=[], reason="もう一度")


def test_a_file_is_read_by_its_place(stage: Stage) -> None:
    done = receive(stage)
    where = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "receipt_id": done.receipt_id}
    assert queries.file(**where, position=1, at=stage.now).filename == "照会.pdf"
    with pytest.raises(NotFound):
        queries.file(**where, position=2, at=stage.now)
