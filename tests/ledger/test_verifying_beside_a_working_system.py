"""Verifying while people act and the sequencer runs: what happens meanwhile is no finding."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection

import stage as the_stage
from kessai.decisions import verification
from kessai.ledger import sequencer
from kessai.ledger import verification as log
from stage import Stage


def in_the_background(
    work: Callable[[], None], stop: threading.Event, failed: list[BaseException]
) -> threading.Thread:
    def run() -> None:
        try:
            while not stop.is_set():
                work()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def decide_one(stage: Stage) -> None:
    case_id = stage.submitted("reply", title="照会への回答")
    stage.approve(case_id, "deputy_director")
    if stage.now.minute % 3 == 0:
        stage.send_back(case_id, "director")
    else:
        stage.decide(case_id, "director")


def test_a_working_system_is_clean_whenever_it_is_looked_at(
    transactional_db: None, monkeypatch: object
) -> None:
    monkeypatch.setattr(log, "STALE_SECONDS", 10.0)  # type: ignore[attr-defined]
    stages = [the_stage.build(700), the_stage.build(701)]
    stop, failed = threading.Event(), []
    threads = [in_the_background(lambda s=stage: decide_one(s), stop, failed) for stage in stages]  # type: ignore[misc]
    threads.append(in_the_background(lambda: void(sequencer.step(at=datetime.now(UTC))), stop, failed))
    looked, seen = [], 0
    try:
        while seen < 30 and len(looked) < 200:
            report = verification.verify_all()
            looked.append(report)
            seen = report.cases
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
    assert not failed
    for report in looked:
        assert not report.findings, [
            (f.finding.what, f.finding.field, str(f.finding.text)) for f in report.findings
        ]
    assert len({report.events for report in looked}) > 3, "nothing happened while it was verified"
    sequencer.step(at=datetime.now(UTC))
    assert verification.verify_all().pending == 0


def void(_: object) -> None:
    return None
