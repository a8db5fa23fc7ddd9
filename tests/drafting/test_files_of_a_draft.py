"""Files of a draft: how many there may be, where their bytes lie, and what another screen may do meanwhile."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

import stage as the_stage
from kessai.decisions.models import Event
from kessai.drafting import blobs, operations, queries
from kessai.drafting.operations import DraftRef
from kessai.kernel.errors import NotFound
from stage import Stage


@pytest.fixture
def stage(db: None) -> Stage:
    return the_stage.build()


def attach(stage: Stage, ref: DraftRef, body: bytes) -> None:
    operations.attach(
        actor=stage.actor("chief"),
        tenant_id=ref.tenant_id,
        draft_id=ref.draft_id,
        filename="積算.pdf",
        title="",
        stream=io.BytesIO(body),
        at=stage.later(),
    )


def test_a_draft_with_as_many_files_as_may_be_is_submitted_and_one_more_is_refused(stage: Stage) -> None:
    ref = stage.draft(files=[(f"{n}.pdf", b"%PDF") for n in range(operations.FILES_MOST)])
    with pytest.raises(operations.CannotAttach):
        attach(stage, ref, b"one more")
    case_id = stage.submit(ref).case_id
    assert Event.objects.filter(case_id=case_id, kind="submitted").count() == 1


def test_a_file_that_is_too_large_is_refused_with_the_limit_as_it_was_set(
    stage: Stage, settings: Any
) -> None:
    settings.KESSAI_UPLOAD_LIMIT_BYTES = 2_000_000
    with pytest.raises(blobs.CannotStore) as refusal:
        attach(stage, stage.draft(), b"x" * 2_000_001)
    assert "2 MB" in str(refusal.value.what)


@pytest.mark.parametrize("name", ["", "..", "../../secret-key", "A" * 64, f"{'a' * 64}\n"])
def test_no_stored_name_leads_out_of_the_directory_of_files(stage: Stage, name: str) -> None:
    with pytest.raises(NotFound):
        queries.open_blob(tenant_id=stage.tenant_id, sha256=name)
    assert blobs.hash_stored(tenant_id=stage.tenant_id, sha256=name) is None
    assert blobs.size_stored(tenant_id=stage.tenant_id, sha256=name) is None


@pytest.mark.django_db(transaction=True)
def test_who_writes_while_the_draft_is_thrown_away_is_told_that_it_is_gone() -> None:
    stage = the_stage.build()
    ref = stage.draft()
    where = {"actor": stage.actor("chief"), "tenant_id": ref.tenant_id, "draft_id": ref.draft_id}

    def write() -> object:
        try:
            return operations.save(**where, typed={"title": "別の件"}, version=None, at=stage.now)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            operations.discard(**where, at=stage.now)
            writing = pool.submit(write)
            wait_for_a_lock()
        assert isinstance(writing.result(timeout=30), NotFound)


def wait_for_a_lock() -> None:
    """Until somebody waits for a row that this transaction holds."""
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits")
