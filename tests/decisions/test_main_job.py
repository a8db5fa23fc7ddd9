"""From a draft to a sealed decision, through the public acts."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest

import stage as the_stage
from kessai.decisions import operations as deciding
from kessai.decisions import queries, verification
from kessai.decisions.rules import CannotAct
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.kernel.errors import NotFound
from kessai.ledger import sequencer
from kessai.ledger.verification import verify_log


@pytest.fixture
def stage(db):
    return the_stage.build()


def test_a_case_walks_its_route_and_is_decided_numbered_filed_and_bound(stage):
    case_id = stage.submitted()
    assert stage.open_posts(case_id) == {"deputy_director"}
    stage.approve(case_id, "deputy_director")
    assert stage.open_posts(case_id) == {"director"}
    stage.approve(case_id, "director", opinion="異存なし")
    assert stage.open_posts(case_id) == {"director_general"}
    outcome = stage.decide(case_id)
    assert outcome.number == "政振第1号"
    assert stage.open_posts(case_id) == set()

    sequencer.step(at=stage.later())
    page = queries.case_page(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert page.number == "政振第1号" and page.record is not None
    assert page.record.expires_on.isoformat() == "2032-03-31"
    proof = verification.verify_decision(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert proof.verdict == "ok", proof.findings
    assert verification.verify_records(stage.tenant_id) == ([], 1)
    assert verify_log(stage.tenant_id)[0] == []
    with pytest.raises(NotFound):
        queries.case_page(
            actor=stage.actor("personnel"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
        )


def test_an_act_sent_twice_counts_once(stage):
    case_id = stage.submitted()
    act = uuid4()
    answers = [
        deciding.approve(
            actor=stage.actor("deputy_director"),
            tenant_id=stage.tenant_id,
            case_id=case_id,
            position=1,
            seen=stage.seen(case_id),
            act_id=sent,
            at=stage.later(),
        )
        for sent in (act, act, uuid4())
    ]
    assert len(set(answers)) == 1
    assert stage.open_posts(case_id) == {"director"}


def test_a_submission_is_refused_when_another_screen_changed_text_or_files(stage):
    ref = stage.draft()
    seen = drafts.draft(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    )
    drafting.attach(
        actor=stage.actor("chief"),
        tenant_id=ref.tenant_id,
        draft_id=ref.draft_id,
        filename="別の画面.txt",
        title="",
        stream=io.BytesIO(b"unseen"),
        at=stage.later(),
    )
    for bound in ({"version": seen.version}, {"files": []}):
        with pytest.raises(CannotAct) as refusal:
            deciding.submit(
                actor=stage.actor("chief"),
                tenant_id=ref.tenant_id,
                draft_id=ref.draft_id,
                act_id=uuid4(),
                at=stage.later(),
                **bound,
            )
        assert refusal.value.changed
    assert stage.submit(ref).seq == 1


def test_the_same_act_with_another_opinion_is_not_swallowed(stage):
    case_id = stage.submitted()
    stage.approve(case_id, "deputy_director", opinion="異存なし")
    with pytest.raises(CannotAct):
        stage.approve(case_id, "deputy_director", opinion="書き足した意見")


def test_time_never_runs_backwards_within_a_case(stage):
    case_id = stage.submitted()
    latest = stage.now
    stage.now = latest - timedelta(hours=1)
    stage.approve(case_id, "deputy_director")
    page = queries.case_page(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=latest
    )
    assert [event.at for event in page.history] == [latest, latest]
