"""公印: asked of the post that keeps it, put to a document that the keeper saw, or refused with a reason."""

from __future__ import annotations

import pypdfium2  # type: ignore[import-untyped]
import pytest
from office import PREFECTURES, act, asked_seal, issue, notice, page, states
from test_issuing_a_decision import told

from kessai.decisions import queries, tasks
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.models import Event
from kessai.decisions.rules import CannotAct
from kessai.kernel.errors import NotFound
from stage import Stage

ALL = PREFECTURES.split()


def inbox(stage: Stage, by: str) -> list[tuple[str, object]]:
    home = queries.home(actor=stage.actor(by), at=stage.now)
    return [(item.kind, item.case_id) for item in home.inbox]


def test_an_issue_that_needs_a_seal_is_not_recorded_without_one(stage: Stage) -> None:
    case_id = notice(stage)
    with pytest.raises(CannotAct, match="大臣印"):
        issue(stage, case_id, *ALL, method="mail")
    with pytest.raises(CannotAct, match="大臣印"):
        issue(stage, case_id, *ALL, method="mail", seal="director")
    issue(stage, case_id, *ALL, method="email")


def test_the_keeper_is_asked_and_the_issue_waits_for_the_seal(stage: Stage) -> None:
    case_id = notice(stage)
    issue(stage, case_id, *ALL, method="mail", seal="minister")
    assert (page(stage, case_id).state, page(stage, case_id).remaining) == ("sealing", ())
    assert inbox(stage, "document") == [("seal", case_id)]
    assert queries.waiting(actor=stage.actor("document"), at=stage.now) == 1
    assert told(stage, case_id, "issued") == set()
    assert queries.case_page(
        actor=stage.actor("document"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    ).acts == ("put_seal", "refuse_seal")


def test_the_keeper_seals_what_they_saw_and_the_issue_is_complete(stage: Stage) -> None:
    case_id = notice(stage)
    issue(stage, case_id, *ALL, method="mail", seal="minister", by="deputy_director")
    asked = asked_seal(stage, case_id)
    act(stage, "put_seal", case_id, "document", **asked)
    assert (page(stage, case_id).state, states(stage, case_id)) == ("complete", ["out"])
    assert inbox(stage, "document") == []
    assert told(stage, case_id, "sealed") == {"chief", "deputy_director", "personnel"}
    said = Event.objects.get(case_id=case_id, kind="sealed").payload
    assert (said["document"], said["seal"]["name"]) == (asked["seen"], "大臣印")
    (view,) = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)
    assert view.seal is not None and view.seal.person_name == "文書課長の人"


def test_a_seal_is_put_to_nothing_but_the_document_that_was_seen(stage: Stage) -> None:
    case_id = notice(stage)
    issue(stage, case_id, *ALL, method="mail", seal="minister")
    with pytest.raises(CannotAct, match="内容が変わっています"):
        act(stage, "put_seal", case_id, "document", **{**asked_seal(stage, case_id), "seen": "00" * 32})
    assert states(stage, case_id) == ["sealing"]


def test_the_document_is_the_original_with_the_files_that_go_out(stage: Stage) -> None:
    case_id = notice(stage)
    issue(stage, case_id, "甲県知事", files=(1, 2))
    issue(stage, case_id, "乙県知事", files=(2,))
    one, other = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)
    assert one.document != other.document
    assert [each.filename for each in one.documents] == ["通知.txt", "別紙.txt"]


def test_a_refused_seal_needs_a_reason_and_whoever_issued_is_told(stage: Stage) -> None:
    case_id = notice(stage)
    issue(stage, case_id, *ALL, method="mail", seal="minister", by="deputy_director")
    asked = asked_seal(stage, case_id)
    with pytest.raises(CannotAct, match="押印しない理由"):
        act(stage, "refuse_seal", case_id, "document", **asked, reason=" ")
    act(stage, "refuse_seal", case_id, "document", **asked, reason="別紙が落ちています")
    assert told(stage, case_id, "seal_refused") == {"chief", "deputy_director"}
    assert (page(stage, case_id).state, states(stage, case_id)) == ("due", ["unsealed"])
    assert inbox(stage, "document") == []
    wrong = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)[0]
    assert wrong.seal is not None and wrong.seal.refused_why == "別紙が落ちています"
    issue(
        stage,
        case_id,
        *ALL,
        method="mail",
        seal="minister",
        files=(1, 2),
        replaces=wrong.seq,
        remark="別紙を付けた",
    )
    act(stage, "put_seal", case_id, "document", **asked_seal(stage, case_id))
    assert states(stage, case_id) == ["void", "out"]


def test_a_corrected_or_voided_issue_asks_for_no_seal_any_more(stage: Stage) -> None:
    case_id = notice(stage)
    seq = issue(stage, case_id, *ALL, method="mail", seal="minister").seq
    asked = asked_seal(stage, case_id)
    act(stage, "void", case_id, seq=seq, reason="宛先を誤った")
    assert inbox(stage, "document") == []
    assert told(stage, case_id, "issue_voided") >= {"document"}
    with pytest.raises(CannotAct, match="訂正された"):
        act(stage, "put_seal", case_id, "document", **asked)


def test_nobody_but_the_keeper_seals_and_only_once(stage: Stage) -> None:
    case_id = notice(stage)
    issue(stage, case_id, *ALL, method="mail", seal="minister")
    asked = asked_seal(stage, case_id)
    with pytest.raises(CannotAct):
        act(stage, "put_seal", case_id, "chief", **asked)
    with pytest.raises(NotFound):
        act(stage, "put_seal", case_id, "budget", **asked)
    act(stage, "put_seal", case_id, "document", **asked)
    with pytest.raises(CannotAct, match="先に処理しています"):
        act(stage, "refuse_seal", case_id, "document", **asked, reason="やはり")


def test_a_seal_may_be_asked_for_where_none_is_needed(stage: Stage) -> None:
    case_id = notice(stage)
    issue(stage, case_id, *ALL, method="email", seal="director")
    assert inbox(stage, "general_affairs") == [("seal", case_id)]


def test_the_rest_is_not_waived_while_a_seal_is_waited_for(stage: Stage) -> None:
    case_id = notice(stage)
    issue(stage, case_id, "甲県知事", method="mail", seal="minister")
    with pytest.raises(CannotAct, match="押印を待っている"):
        act(stage, "waive", case_id, reason="ほかは対象外")


def test_the_cover_sheet_shows_issue_and_seal(stage: Stage) -> None:
    case_id = notice(stage)
    wrong = issue(stage, case_id, *ALL, method="mail", seal="minister").seq
    act(stage, "put_seal", case_id, "document", **asked_seal(stage, case_id))
    issue(stage, case_id, "甲県知事", replaces=wrong, remark="乙県と丙県には未送付")
    act(stage, "waive", case_id, reason="対象外となった")
    tasks.make_cover_sheet(stage.tenant_id, str(case_id))
    pdf = queries.cover_sheet(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.later()
    )
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    for words in (
        "郵送",
        "大臣印",
        "文書課長の人",
        "取消し",
        "乙県と丙県には未送付",
        "対象外となった",
        "電子メール",
    ):
        assert words in text, words
