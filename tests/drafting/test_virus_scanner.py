"""A real virus scanner: what it finds is opened and submitted by nobody, and what it has not seen waits."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

import documents
import scanner
import stage as the_stage
from kessai.decisions import operations as deciding
from kessai.drafting import queries, tasks
from kessai.drafting.inspecting import clamd
from kessai.drafting.inspecting import operations as inspecting
from kessai.drafting.inspecting import queries as inspected
from kessai.drafting.inspecting.queries import CannotOpen
from kessai.drafting.operations import DraftRef
from kessai.kernel.calendar import day_in_japan
from kessai.organisation.models import Setting
from stage import FOREVER, Stage

if scanner.executable() is None and os.environ.get("CI") != "true":
    pytest.skip(f"no virus scanner found: {scanner.HOW_TO_GET_IT}", allow_module_level=True)


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with scanner.daemon(tmp_path_factory.mktemp("clamd")) as listening:
        yield listening


@pytest.fixture
def address(addresses: tuple[str, str]) -> str:
    return addresses[0]


@pytest.fixture
def stage(db: None, address: str, settings: Any) -> Stage:
    settings.KESSAI_CLAMD = address
    return the_stage.build()


def scan(stage: Stage, ref: DraftRef) -> None:
    for file in queries.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id):
        inspecting.scan(tenant_id=ref.tenant_id, sha256=file.sha256, at=stage.later())


def said(stage: Stage, ref: DraftRef) -> list[tuple[str, bool]]:
    files = queries.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    found = inspected.verdicts(
        tenant_id=ref.tenant_id,
        files=[(file.sha256, file.filename) for file in files],
        on=day_in_japan(stage.now),
    )
    return [(each.code, each.stops) for verdict in found.values() for each in verdict.findings]


def opened(ref: DraftRef, *, own: bool = False) -> bytes:
    (file,) = queries.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    with queries.open_blob(tenant_id=ref.tenant_id, sha256=file.sha256, own=own) as stream:
        return stream.read()


def test_a_clean_file_is_opened_by_others_once_it_was_scanned(stage: Stage) -> None:
    ref = stage.draft(files=[("計画.txt", b"plan")])
    assert said(stage, ref) == [("unscanned", False)]
    with pytest.raises(CannotOpen):
        opened(ref)
    assert opened(ref, own=True) == b"plan"
    scan(stage, ref)
    assert said(stage, ref) == []
    assert opened(ref) == b"plan"


def test_a_file_with_a_virus_is_opened_and_submitted_by_nobody(stage: Stage) -> None:
    ref = stage.draft(files=[("計画.txt", scanner.VIRUS)])
    scan(stage, ref)
    assert said(stage, ref) == [("infected", True)]
    for own in (True, False):
        with pytest.raises(CannotOpen):
            opened(ref, own=own)
    with pytest.raises(deciding.CannotSubmit) as refusal:
        stage.submit(ref)
    assert [problem.field for problem in refusal.value.problems] == ["files"]


def test_a_virus_within_an_archive_is_found_too(stage: Stage) -> None:
    ref = stage.draft(files=[("一式.zip", documents.zipped(plan=scanner.VIRUS))])
    scan(stage, ref)
    assert said(stage, ref) == [("infected", True)]


def test_a_file_that_is_too_large_to_be_scanned_is_said_and_can_be_opened(stage: Stage) -> None:
    ref = stage.draft(files=[("図面.bin", bytes(3_000_000))])
    scan(stage, ref)
    assert said(stage, ref) == [("unscanned", False)]
    assert len(opened(ref)) == 3_000_000


@pytest.mark.parametrize("address_of_none", ["unix:///nowhere/clamd", "tcp://127.0.0.1:9"])
def test_while_the_scanner_does_not_answer_that_is_said_and_the_queue_tries_again(
    stage: Stage, settings: Any, address: str, address_of_none: str
) -> None:
    ref = stage.draft(files=[("計画.txt", b"plan")])
    settings.KESSAI_CLAMD = address_of_none
    with pytest.raises(clamd.NoScanner):
        scan(stage, ref)
    assert tasks.scan.retry_strategy is not None
    (file,) = queries.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    key = (file.sha256, file.filename)
    verdict = inspected.verdicts(tenant_id=ref.tenant_id, files=[key], on=day_in_japan(stage.now))[key]
    assert "応答していません" in str(verdict.findings[0].what)
    settings.KESSAI_CLAMD = address
    scan(stage, ref)
    assert said(stage, ref) == []


def test_what_was_not_scanned_is_submitted_or_not_as_the_ministry_says(stage: Stage) -> None:
    assert stage.submit(stage.draft(files=[("計画.txt", b"plan 1")])).kind == "submitted"
    Setting.objects.create(tenant_id=stage.tenant_id, key="files_unscanned", value="refuse", period=FOREVER)
    ref = stage.draft(files=[("計画.txt", b"plan 2")])
    with pytest.raises(deciding.CannotSubmit):
        stage.submit(ref)
    scan(stage, ref)
    for file in queries.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id):
        inspecting.inspect(tenant_id=ref.tenant_id, sha256=file.sha256, at=stage.later())
    assert stage.submit(ref).kind == "submitted"


def test_without_a_scanner_nothing_is_asked_of_one(db: None, settings: Any) -> None:
    settings.KESSAI_CLAMD = ""
    stage = the_stage.build()
    ref = stage.draft(files=[("計画.txt", b"plan")])
    assert said(stage, ref) == []
    assert opened(ref) == b"plan"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'drafting.scan'")
        assert cursor.fetchone() == (0,)


def test_over_tcp_it_is_the_same(stage: Stage, settings: Any, addresses: tuple[str, str]) -> None:
    settings.KESSAI_CLAMD = addresses[1]
    ref = stage.draft(files=[("計画.txt", scanner.VIRUS)])
    scan(stage, ref)
    assert said(stage, ref) == [("infected", True)]


def test_a_file_is_not_taken_for_clean_on_an_answer_that_says_something_else(
    stage: Stage, settings: Any
) -> None:
    ref = stage.draft(files=[("計画.txt", b"plan")])
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:
        answered = threads.submit(_answer, server, b"stream: Can't allocate memory ERROR\0")
        settings.KESSAI_CLAMD = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(clamd.NoScanner):
            scan(stage, ref)
        answered.result(10)
    assert said(stage, ref) == [("unscanned", False)]


def _answer(server: socket.socket, words: bytes) -> None:
    asked, _ = server.accept()
    with asked:
        while not asked.recv(4096).endswith(bytes(4)):
            pass
        asked.sendall(words)
