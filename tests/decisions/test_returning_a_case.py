"""A case goes back with a reason, is worked on and walks its whole route again (S05)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from kessai.decisions import operations as deciding
from kessai.decisions import queries, verification
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.rules import CannotAct
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.ledger import sequencer
from kessai.records.models import NumberFormat
from stage import Stage


def everything(stage: Stage, case_id: UUID) -> list[Any]:
    """All that is stored of a case and its draft, and how much is in the log and the queue."""
    found: list[Any] = []
    with connection.cursor() as cursor:
        for table, key in (
            ("decisions_case", "id"),
            ("decisions_step", "case_id"),
            ("decisions_event", "case_id"),
            ("drafting_draft", "id"),
            ("drafting_revision", "draft_id"),
            ("records_documentnumber", "case_id"),
            ("ledger_entry", "case_id"),
        ):
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {key} = %s ORDER BY 1", [case_id])
            found.append((table, cursor.fetchall()))
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_pending), (SELECT count(*) FROM procrastinate_jobs)"
        )
        found.append(cursor.fetchone())
    return found


def test_a_returned_case_is_with_its_drafter_and_nobody_else(stage: Stage) -> None:
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director")
    outcome = stage.send_back(case_id, "director", "根拠を足してください")
    assert (outcome.kind, outcome.seq, outcome.number) == ("returned", 3, "")
    assert stage.open_posts(case_id) == set()
    home = queries.home(actor=stage.actor("chief"), at=stage.now)
    (back,) = [item for item in home.drafts if item.draft_id == case_id]
    assert (back.returned_by, back.returned_why) == ("振興課長 振興課長の人", "根拠を足してください")
    for code in ("deputy_director", "director", "director_general"):
        assert queries.home(actor=stage.actor(code), at=stage.now).inbox == ()
    page = queries.case_page(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert (page.state, page.acts) == ("returned", ("rework",))
    draft = drafts.draft(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, draft_id=case_id, at=stage.now
    )
    assert (draft.open, draft.revisions) == (True, 1)


def test_a_resubmitted_case_walks_the_whole_route_again_and_earlier_approvals_have_lapsed(
    stage: Stage,
) -> None:
    ref = stage.draft()
    case_id = stage.submit(ref).case_id
    stage.approve(case_id, "deputy_director")
    stage.send_back(case_id, "director")
    drafting.save(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        draft_id=case_id,
        typed={"title": "直した件"},
        version=None,
        at=stage.later(),
    )
    outcome = stage.submit(ref)
    assert (outcome.case_id, outcome.seq, outcome.kind) == (case_id, 4, "submitted")
    assert stage.open_posts(case_id) == {"deputy_director"}
    page = queries.case_page(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert page.content.title == "直した件"
    assert page.revision == 2
    assert [(item.kind, item.revision, item.stands) for item in page.history] == [
        ("submitted", 1, True),
        ("approved", 1, False),
        ("returned", 1, True),
        ("submitted", 2, True),
    ]
    stage.approve(case_id, "deputy_director", "director")
    assert stage.decide(case_id).number == "政振第1号"
    assert Case.objects.get(id=case_id).round == 2
    sequencer.step(at=stage.later())
    assert verification.verify_records(stage.tenant_id)[0] == []


def test_a_case_may_go_back_as_often_as_it_must(stage: Stage) -> None:
    ref = stage.draft()
    case_id = stage.submit(ref).case_id
    for _ in range(3):
        stage.send_back(case_id, "deputy_director")
        stage.submit(ref)
    stage.approve(case_id, "deputy_director", "director")
    stage.send_back(case_id, "director_general", "もう一度")
    stage.submit(ref)
    stage.approve(case_id, "deputy_director", "director")
    assert stage.decide(case_id).number == "政振第1号"
    assert list(Event.objects.filter(case_id=case_id).order_by("seq").values_list("seq", flat=True)) == list(
        range(1, 15)
    )
    sequencer.step(at=stage.later())
    assert verification.verify_records(stage.tenant_id)[0] == []


@pytest.mark.parametrize("reason", ["", "  \n", "\u3000", "\x00"])
def test_without_a_reason_nothing_goes_back_and_nothing_is_changed(stage: Stage, reason: str) -> None:
    case_id = stage.submitted()
    before = everything(stage, case_id)
    with pytest.raises(CannotAct, match="理由"):
        stage.send_back(case_id, "deputy_director", reason)
    assert everything(stage, case_id) == before


def test_an_act_on_a_version_that_is_no_longer_the_one_is_refused_and_says_so(stage: Stage) -> None:
    ref = stage.draft()
    case_id = stage.submit(ref).case_id
    seen = stage.seen(case_id)
    stage.send_back(case_id, "deputy_director")
    drafting.save(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        draft_id=case_id,
        typed={"text": "まったく別の案"},
        version=None,
        at=stage.later(),
    )
    stage.submit(ref)
    before = everything(stage, case_id)
    for opinion, version in (("賛成", seen), ("賛成", "not a hash"), ("賛成", "")):
        with pytest.raises(CannotAct) as refused:
            deciding.approve(
                actor=stage.actor("deputy_director"),
                tenant_id=stage.tenant_id,
                case_id=case_id,
                position=stage.step(case_id, "deputy_director"),
                seen=version,
                act_id=uuid4(),
                at=stage.later(),
                opinion=opinion,
            )
        assert refused.value.changed
    assert everything(stage, case_id) == before


def test_a_case_under_way_can_neither_be_submitted_again_nor_changed(stage: Stage) -> None:
    ref = stage.draft()
    case_id = stage.submit(ref).case_id
    before = everything(stage, case_id)
    with pytest.raises(CannotAct) as refused:
        stage.submit(ref)
    assert refused.value.changed
    with pytest.raises(drafting.CannotSave):
        drafting.save(
            actor=stage.actor("chief"),
            tenant_id=stage.tenant_id,
            draft_id=case_id,
            typed={"title": "x"},
            version=None,
            at=stage.later(),
        )
    assert everything(stage, case_id) == before


def test_a_draft_with_problems_is_not_submitted_and_nothing_is_left_of_the_attempt(stage: Stage) -> None:
    ref = stage.draft("contract", amount="たくさん", counterparty="")
    before = everything(stage, ref.draft_id)
    with pytest.raises(deciding.CannotSubmit) as refused:
        stage.submit(ref)
    assert {problem.field for problem in refused.value.problems} >= {"amount", "counterparty"}
    assert everything(stage, ref.draft_id) == before
    assert not Step.objects.filter(case_id=ref.draft_id).exists()


def test_what_would_keep_the_decision_from_its_number_is_said_at_the_submission(stage: Stage) -> None:
    NumberFormat.objects.filter(tenant_id=stage.tenant_id).delete()
    ref = stage.draft()
    with pytest.raises(deciding.CannotSubmit) as refusal:
        stage.submit(ref)
    assert [problem.field for problem in refusal.value.problems] == ["route"]
    assert "文書番号" in str(refusal.value.problems[0].text)
