"""A signature that fails reaches the operator, once for each cause, and is over when it works again."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import RequestFactory
from django.utils import timezone
from procrastinate.jobs import Job
from pyhanko.sign.timestamps import TimestampRequestError

import stage as the_stage
from issuing import office, paper
from kessai.config.commands import Finished
from kessai.config.health import healthz
from kessai.decisions import coversheet, tasks
from kessai.decisions.models import SigningFault
from kessai.decisions.signatures import operations, queries
from kessai.ledger.models import Heartbeat
from kessai.signing import configured, identities, pdf, timestamping
from stage import NOTICE, ROWS, Stage


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.KESSAI_OPERATOR_MAIL = "operator@ministry.example"
    return the_stage.build(rows=(*ROWS, NOTICE))


def decided(stage: Stage) -> UUID:
    case_id = stage.decided()
    coversheet.make(tenant_id=stage.tenant_id, case_id=case_id, at=stage.later())
    return case_id


def sign(stage: Stage, case_id: UUID) -> None:
    coversheet.sign(tenant_id=stage.tenant_id, case_id=case_id, at=stage.later())


def no_stamps(clock: object) -> None:
    raise TimestampRequestError("nobody answers")


def no_key(**_: object) -> None:
    raise configured.CannotUseKey("鍵（%(why)s）がない", "", why="record.p12")


def told(stage: Stage) -> list[str]:
    """What the operator gets of it by the next look."""
    before = len(mail.outbox)
    operations.announce(at=stage.later(minutes=6))
    return [str(each.body) for each in mail.outbox[before:]]


def show(*words: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("documents", "show", *words, stdout=out)
    except Finished as finished:
        return finished.code, out.getvalue()
    return 0, out.getvalue()


def health() -> tuple[str, str]:
    Heartbeat.objects.update_or_create(name="sequencer", defaults={"at": timezone.now()})
    answer = json.loads(healthz(RequestFactory().get("/healthz")).content)
    return answer["status"], answer["signatures"]


def test_a_cause_is_told_once_however_many_files_wait_and_is_over_when_one_is_signed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [decided(stage) for _ in range(3)]
    with monkeypatch.context() as patched:
        patched.setattr(timestamping, "stamper", no_stamps)
        for case_id in cases:
            with pytest.raises(pdf.CannotGetStamp) as refused:
                sign(stage, case_id)
        assert "失われていません" in str(refused.value.remedy)
        assert health() == ("ok", "failing")
        (said,) = told(stage)
        assert mail.outbox[-1].to == ["operator@ministry.example"]
        assert "時刻認証局" in said and "nobody answers" in said and "kessai documents show" in said
        with pytest.raises(pdf.CannotGetStamp):
            sign(stage, cases[0])
        assert told(stage) == []
        code, said = show("--json")
        (fault,) = json.loads(said)["faults"]
        assert (code, fault["tenant"], fault["use"], fault["cause"]) == (
            1,
            stage.tenant_id,
            "record",
            "stamp",
        )
        assert fault["since"] < fault["last"] and "nobody answers" in fault["said"]
        assert "record  stamp" in show("--tenant", str(stage.tenant_id))[1]
    sign(stage, cases[0])
    assert health() == ("ok", "ok") and show()[0] == 0
    assert told(stage) == []


def test_a_moment_is_no_news(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timestamping, "stamper", no_stamps)
    case_id = decided(stage)
    with pytest.raises(pdf.CannotGetStamp):
        coversheet.sign(tenant_id=stage.tenant_id, case_id=case_id, at=timezone.now())
    assert health() == ("ok", "ok")
    operations.announce(at=timezone.now() + queries.GRACE - timedelta(seconds=10))
    assert mail.outbox == []


def test_each_key_is_told_for_itself_and_signs_for_itself(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.equip(stage)
    paper.lay_out(stage)
    noticed = paper.decided(stage, **{"letter-1-layout": "sealed"})
    office.issue(stage, noticed, "甲県知事", seal="director")
    asked = office.asked_seal(stage, noticed)
    case_id = decided(stage)
    with monkeypatch.context() as patched:
        patched.setattr(identities, "record_seal", no_key)
        patched.setattr(identities, "official_seal", no_key)
        with pytest.raises(configured.CannotUseKey):
            sign(stage, case_id)
        with pytest.raises(configured.CannotUseKey):
            office.act(stage, "put_seal", noticed, by="general_affairs", **asked)
        (said,) = told(stage)
        assert "「record」" in said and "「seal:director」" in said and "record.p12" in said
    office.act(stage, "put_seal", noticed, by="general_affairs", **asked)
    assert [each.use for each in queries.faults()] == ["record"]
    sign(stage, case_id)
    assert queries.faults() == ()


def test_stamps_that_more_keys_wait_for_are_no_further_news(stage: Stage) -> None:
    def fails(tenant_id: int, use: str) -> None:
        with (
            pytest.raises(pdf.CannotGetStamp),
            operations.watched(tenant_id=tenant_id, use=use, at=stage.later()),
        ):
            raise pdf.CannotGetStamp("away")

    fails(1, "record")
    fails(2, "record")
    assert len(told(stage)) == 1
    fails(2, "seal:minister")
    assert told(stage) == []
    with operations.watched(tenant_id=2, use="record", at=stage.later()):
        pass
    assert [(each.tenant_id, each.use) for each in queries.faults()] == [(1, "record")]


def test_what_the_operator_could_not_be_told_is_told_the_next_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identities, "record_seal", no_key)
    with pytest.raises(configured.CannotUseKey):
        sign(stage, decided(stage))

    def refused(*_: object) -> None:
        raise OSError("no such host")

    with monkeypatch.context() as patched:
        patched.setattr("kessai.ledger.announcing.send_mail", refused)
        assert told(stage) == []
    assert SigningFault.objects.get().told_at is None
    assert len(told(stage)) == 1


@pytest.mark.parametrize(
    ("attempts", "error", "seconds"),
    [
        (0, pdf.CannotSign("x"), 2),
        (5, pdf.CannotSign("x"), 64),
        (30, configured.CannotUseKey("x"), 3600),
        (1_000_000, pdf.CannotSign("x"), 3600),
        (3, ZeroDivisionError(), 16),
        (16, ZeroDivisionError(), None),
    ],
)
def test_what_waits_for_its_signature_is_never_given_up(
    attempts: int, error: Exception, seconds: int | None
) -> None:
    job = Job(id=1, queue="documents", lock=None, queueing_lock=None, task_name="x", attempts=attempts)
    decision = tasks.UntilItIsSigned().get_retry_decision(exception=error, job=job)
    if seconds is None:
        assert decision is None
    else:
        assert decision is not None and decision.retry_at is not None
        assert abs((decision.retry_at - timezone.now()).total_seconds() - seconds) < 30
