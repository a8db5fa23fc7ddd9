"""On the decision, in its one transaction: number, original, filing, entry, job of the sheet; or nothing at all."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from kessai.decisions import operations as deciding
from kessai.decisions import queries, tasks, verification
from kessai.decisions.models import DecidedOriginal, Event
from kessai.kernel.calendar import JAPAN
from kessai.ledger import sequencer
from kessai.records.models import DocumentNumber, NumberSeries, Record, RecordFile
from kessai.records.queries import number_gaps
from stage import Stage


def jobs(case_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, args FROM procrastinate_jobs WHERE args ->> 'case_id' = %s", [str(case_id)]
        )
        return [
            (name, json.loads(args) if isinstance(args, str) else args) for name, args in cursor.fetchall()
        ]


def ready(stage: Stage, matter: str = "reply", **typed: str) -> UUID:
    """A case that waits for its decider, the director."""
    case_id = stage.submitted(matter, **typed)
    stage.approve(case_id, "deputy_director")
    return case_id


def test_the_decision_leaves_number_original_filing_event_entry_and_the_job_of_its_sheet(
    stage: Stage,
) -> None:
    case_id = ready(stage, title="照会への回答")
    outcome = stage.decide(case_id, "director", opinion="よい")
    event = Event.objects.get(case_id=case_id, kind="decided")
    body, digest, at = queries.original(tenant_id=stage.tenant_id, case_id=case_id)
    assert hashlib.sha256(body.encode()).hexdigest() == digest == event.payload["original"]
    assert at == event.at == stage.now
    original = json.loads(body)
    assert (original["number"], original["content"]["title"]) == (outcome.number, "照会への回答")
    assert [act["kind"] for act in original["acts"]] == ["submitted", "approved", "decided"]
    assert original["acts"][-1]["remark"] == "よい"
    filed = Record.objects.get(case_id=case_id)
    assert (filed.made_on, filed.starts_on, filed.expires_on) == (
        date(2026, 10, 6),
        date(2027, 4, 1),
        date(2032, 3, 31),
    )
    assert RecordFile.objects.get(id=filed.file_id).name == "令和8年度 事案reply"
    assert jobs(case_id) == [
        ("decisions.make_cover_sheet", {"tenant_id": stage.tenant_id, "case_id": str(case_id)})
    ]


@pytest.mark.parametrize("step", ["original", "sheet", "entry"])
def test_a_decision_that_fails_at_any_point_leaves_nothing_and_uses_no_number(
    committed_stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    stage = committed_stage
    case_id = ready(stage)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        if step == "original":
            patched.setattr(deciding, "original_of", fail)
        elif step == "sheet":
            patched.setattr(tasks.make_cover_sheet, "defer", fail)
        else:
            patched.setattr(deciding.writes.ledger, "append", fail)
        with pytest.raises(RuntimeError):
            stage.decide(case_id, "director")
    assert jobs(case_id) == []
    assert stage.open_posts(case_id) == {"director"}
    for model in (DocumentNumber, NumberSeries, Record, RecordFile, DecidedOriginal):
        assert not model.objects.exists()
    assert stage.decide(case_id, "director").number == "政振第1号"
    assert len(jobs(case_id)) == 1
    sequencer.step(at=stage.later())
    assert verification.verify_all().findings == ()


def test_numbers_begin_again_with_the_fiscal_year_at_midnight_in_japan(stage: Stage) -> None:
    stage.now = datetime(2027, 3, 31, 22, 0, tzinfo=JAPAN)
    cases = [ready(stage, title=f"件{n}") for n in range(4)]
    stage.now = datetime(2027, 3, 31, 23, 50, tzinfo=JAPAN)
    assert [stage.decide(case_id, "director").number for case_id in cases[:2]] == ["政振第1号", "政振第2号"]
    stage.now = datetime(2027, 3, 31, 23, 58, 59, tzinfo=JAPAN)
    stage.later(seconds=1)
    assert stage.decide(cases[2], "director").number == "政振第1号"
    assert stage.decide(cases[3], "director").number == "政振第2号"
    given = DocumentNumber.objects.order_by("given_at").values_list("fiscal_year", "serial")
    assert list(given) == [(2026, 1), (2026, 2), (2027, 1), (2027, 2)]
    assert [file.name for file in RecordFile.objects.order_by("fiscal_year")] == [
        "令和8年度 事案reply",
        "令和9年度 事案reply",
    ]
    assert number_gaps() == []
    sequencer.step(at=stage.later())
    assert verification.verify_records(stage.tenant_id)[0] == []


def test_decisions_of_a_unit_and_a_year_are_filed_together(stage: Stage) -> None:
    for _ in range(3):
        stage.decide(ready(stage), "director")
    assert RecordFile.objects.count() == 1
    assert Record.objects.count() == 3


def test_who_is_to_read_may_do_so_after_the_decision_and_holds_nobody_up(stage: Stage) -> None:
    case_id = stage.submitted("contract", amount="2,000万円", counterparty="株式会社試験")
    stage.approve(case_id, "deputy_director", "director", "budget")
    stage.decide(case_id)
    (item,) = queries.home(actor=stage.actor("document"), at=stage.now).inbox
    assert (item.case_id, item.kind) == (case_id, "circulate")

    def read() -> deciding.Outcome:
        return deciding.mark_read(
            actor=stage.actor("document"),
            tenant_id=stage.tenant_id,
            case_id=case_id,
            position=item.position,
            act_id=uuid4(),
            at=stage.later(),
        )

    first = read()
    assert (first.kind, first.seq) == ("read", 6)
    assert read() == first
    assert queries.home(actor=stage.actor("document"), at=stage.now).inbox == ()
    page = queries.case_page(
        actor=stage.actor("document"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert (page.state, page.number) == ("decided", "政振第1号")
    sequencer.step(at=stage.later())
    assert verification.verify_records(stage.tenant_id)[0] == []


def test_a_proof_is_pending_until_the_log_has_numbered_the_decision(stage: Stage) -> None:
    case_id = stage.decided()
    given: dict[str, Any] = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "case_id": case_id}
    pending = verification.verify_decision(**given, at=stage.now)
    assert pending is not None
    assert (pending.verdict, pending.proof, pending.content_same) == ("pending", None, True)
    sequencer.step(at=stage.later())
    proved = verification.verify_decision(**given, at=stage.now)
    assert proved is not None
    assert (proved.verdict, proved.included, proved.signature_ok, proved.findings) == ("ok", True, True, ())
    assert proved.fields > 60


def test_there_is_nothing_to_prove_before_the_decision(stage: Stage) -> None:
    case_id = stage.submitted()
    given: dict[str, Any] = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "case_id": case_id}
    assert verification.verify_decision(**given, at=stage.now) is None
    with pytest.raises(LookupError):
        queries.original(tenant_id=stage.tenant_id, case_id=case_id)
