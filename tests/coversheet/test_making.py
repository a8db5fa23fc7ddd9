"""From the decision through the queue to the stored cover sheet."""

from __future__ import annotations

import base64
import hashlib
import threading
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pypdfium2  # type: ignore[import-untyped]
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

import stage as the_stage
from kessai.decisions import coversheet, queries, tasks
from kessai.decisions.models import CoverSheet, SignedSheet
from kessai.decisions.results import CasePage
from kessai.drafting import blobs
from kessai.drafting.operations import DraftRef
from kessai.ledger.models import Entry
from kessai.organisation import queries as organisation
from kessai.signing import checking, identities, pdf, timestamping
from merklelog.canonical import parse_canonical
from merklelog.commitment import field_digest

JOBS = "SELECT args->>'case_id' FROM procrastinate_jobs WHERE task_name = 'decisions.make_cover_sheet'"


@pytest.fixture(autouse=True)
def own_blobs(settings: Any, tmp_path: Path) -> None:
    settings.KESSAI_BLOBS = tmp_path


@pytest.fixture
def stage(db: None) -> the_stage.Stage:
    return the_stage.build()


@pytest.fixture
def committed(transactional_db: None) -> the_stage.Stage:
    return the_stage.build()


def sheet_of(stage: the_stage.Stage, case_id: UUID) -> bytes | None:
    return queries.cover_sheet(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.later()
    )


def page(stage: the_stage.Stage, case_id: UUID) -> CasePage:
    return queries.case_page(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.later()
    )


def test_a_decided_case_gets_its_cover_sheet_from_its_original(stage: the_stage.Stage) -> None:
    case_id = stage.submit(
        stage.draft(
            "contract", files=[("仕様書.txt", b"12345")], amount="2,310万円", counterparty="株式会社青葉"
        )
    ).case_id
    stage.send_back(case_id, "deputy_director", "金額の根拠を添えること")
    stage.submit(DraftRef(stage.tenant_id, case_id))
    stage.approve(case_id, "deputy_director", "director")
    stage.approve(case_id, "budget", opinion="予算の範囲内")
    number = stage.decide(case_id, opinion="了").number
    assert sheet_of(stage, case_id) is None

    tasks.make_cover_sheet(stage.tenant_id, str(case_id))

    made = sheet_of(stage, case_id)
    assert made is not None
    pages = pypdfium2.PdfDocument(made)
    text = "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)
    _, sha256, _ = queries.original(tenant_id=stage.tenant_id, case_id=case_id)
    for said in (
        number,
        "試験省",
        "地域振興の件を、株式会社青葉に23,100,000円で委託してよいか",
        "政策局長の人",
        "会計課長の人",
        "予算の範囲内",
        "金額の根拠を添えること",
        "別表第16行目",
        "1,000万円以上の契約:局長が決裁",
        "供覧文書課長",
        hashlib.sha256(b"12345").hexdigest(),
        sha256,
    ):
        assert said in text, said


def test_the_sheet_of_a_joint_decision_says_which_units_decided_and_by_whom(stage: the_stage.Stage) -> None:
    case_id = stage.submitted("reply", joint="会計課\n総務課")
    stage.approve(case_id, "deputy_director", "budget", "general_affairs")
    stage.decide(case_id, "director")
    body, sha256, _ = queries.original(tenant_id=stage.tenant_id, case_id=case_id)
    pages = pypdfium2.PdfDocument(coversheet.render(body=body, sha256=sha256, ministry="試験省"))
    text = "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)
    for said in (
        "振興課（主管）",
        "大臣官房会計課：会計課長会計課長の人",
        "政策局総務課：総務課長総務課長の人",
        "連名大臣官房会計課、政策局総務課",
    ):
        assert said in text, (said, text)


def test_it_is_made_once_however_often_the_job_runs(
    stage: the_stage.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = stage.decided()
    coversheet.make(tenant_id=stage.tenant_id, case_id=case_id, at=stage.later())
    first = CoverSheet.objects.get()
    monkeypatch.setattr(coversheet, "render", lambda **_: pytest.fail("made again"))
    coversheet.make(tenant_id=stage.tenant_id, case_id=case_id, at=stage.later())
    assert CoverSheet.objects.get().made_at == first.made_at
    stored = blobs.path_of(tenant_id=stage.tenant_id, sha256=bytes(first.sha256).hex()).read_bytes()
    assert hashlib.sha256(stored).digest() == bytes(first.sha256) and len(stored) == first.size


def test_two_workers_that_make_it_at_the_same_time_leave_one(
    committed: the_stage.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = committed.decided()
    both_began, real, failures = threading.Barrier(2, timeout=60), coversheet.render, []

    def render_together(**given: str) -> bytes:
        both_began.wait()
        return real(**given)

    def work() -> None:
        try:
            coversheet.make(tenant_id=committed.tenant_id, case_id=case_id, at=committed.now)
        except Exception as error:  # what a worker would report
            failures.append(error)
        finally:
            connection.close()

    monkeypatch.setattr(coversheet, "render", render_together)
    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert CoverSheet.objects.count() == 1


def test_a_case_that_is_not_decided_has_none(stage: the_stage.Stage) -> None:
    case_id = stage.submitted()
    with pytest.raises(LookupError):
        coversheet.make(tenant_id=stage.tenant_id, case_id=case_id, at=stage.later())
    assert sheet_of(stage, case_id) is None
    with pytest.raises(LookupError):
        coversheet.make(tenant_id=stage.tenant_id, case_id=uuid4(), at=stage.later())


def test_the_job_commits_with_the_decision_and_not_before(
    committed: the_stage.Stage, superuser_connection: psycopg.Connection
) -> None:
    case_id = committed.submitted()
    committed.approve(case_id, "deputy_director", "director")
    with transaction.atomic():
        committed.decide(case_id)
        assert superuser_connection.execute(JOBS).fetchall() == []
    assert superuser_connection.execute(JOBS).fetchall() == [(str(case_id),)]


def test_a_decision_that_is_rolled_back_leaves_no_job(
    committed: the_stage.Stage, superuser_connection: psycopg.Connection
) -> None:
    case_id = committed.submitted()
    committed.approve(case_id, "deputy_director", "director")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        committed.decide(case_id)
        raise ZeroDivisionError
    assert superuser_connection.execute(JOBS).fetchall() == []
    committed.decide(case_id)
    assert superuser_connection.execute(JOBS).fetchall() == [(str(case_id),)]


def test_the_worker_makes_what_the_decision_asked_for(
    committed: the_stage.Stage, superuser_connection: psycopg.Connection
) -> None:
    case_id = committed.decided()
    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
        working.run_worker(wait=False, install_signal_handlers=False, delete_jobs="successful")
    assert superuser_connection.execute(JOBS).fetchall() == []
    made = sheet_of(committed, case_id)
    assert made is not None and made.startswith(b"%PDF-")
    assert SignedSheet.objects.count() == 1


def test_the_sheet_is_signed_once_and_read_unsigned_until_then(stage: the_stage.Stage) -> None:
    case_id = stage.decided()
    tasks.make_cover_sheet(stage.tenant_id, str(case_id))
    unsigned = sheet_of(stage, case_id)
    assert unsigned is not None and checking.check(unsigned, trust=identities.trust()) == ()
    assert not page(stage, case_id).cover_sheet_signed

    tasks.sign_cover_sheet(stage.tenant_id, str(case_id))
    tasks.sign_cover_sheet(stage.tenant_id, str(case_id))

    signed = sheet_of(stage, case_id)
    assert signed is not None and signed.startswith(unsigned)
    by = identities.record_seal(tenant_id=stage.tenant_id, ministry="試験省")
    (found,) = checking.check(signed, trust=by.trust)
    assert found.holds and page(stage, case_id).cover_sheet_signed
    assert SignedSheet.objects.count() == 1


def test_what_is_embedded_is_the_original_and_the_act_that_proves_it(stage: the_stage.Stage) -> None:
    case_id = stage.decided(opinion="了")
    tasks.make_cover_sheet(stage.tenant_id, str(case_id))
    tasks.sign_cover_sheet(stage.tenant_id, str(case_id))
    signed = sheet_of(stage, case_id)
    assert signed is not None
    document = pypdfium2.PdfDocument(signed)
    inside = {
        (file := document.get_attachment(n)).get_name(): bytes(file.get_data())
        for n in range(document.count_attachments())
    }
    body, sha256, _ = queries.original(tenant_id=stage.tenant_id, case_id=case_id)
    assert sorted(inside) == ["act.json", "original.json"]
    assert inside["original.json"].decode() == body
    act = parse_canonical(inside["act.json"])
    assert isinstance(act, dict)
    leaf, fields = base64.b64decode(act["leaf"]), act["fields"]
    assert (
        fields["payload.original"]["value"] == sha256 == hashlib.sha256(inside["original.json"]).hexdigest()
    )
    digests = parse_canonical(leaf)["fields"]
    assert digests.keys() == fields.keys()
    for name, field in fields.items():
        salt = base64.urlsafe_b64decode(field["salt"] + "=")
        digest = base64.urlsafe_b64encode(field_digest(salt, name, field["value"])).rstrip(b"=").decode()
        assert digests[name] == digest, name
    stored = {bytes(entry) for entry in Entry.objects.values_list("leaf", flat=True)}
    assert leaf in stored


def test_a_key_that_is_away_delays_the_signature_and_nothing_else(
    stage: the_stage.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = stage.decided()
    tasks.make_cover_sheet(stage.tenant_id, str(case_id))
    with monkeypatch.context() as patched:
        patched.setattr(timestamping, "stamper", _nobody)
        with pytest.raises(pdf.CannotSign):
            tasks.sign_cover_sheet(stage.tenant_id, str(case_id))
    assert sheet_of(stage, case_id) is not None
    tasks.sign_cover_sheet(stage.tenant_id, str(case_id))
    assert SignedSheet.objects.count() == 1


def _nobody(clock: object) -> None:
    raise TimestampRequestError("nobody answers")


def test_its_ministry_is_named_as_the_author(stage: the_stage.Stage) -> None:
    case_id = stage.decided()
    coversheet.make(tenant_id=stage.tenant_id, case_id=case_id, at=stage.later())
    made = sheet_of(stage, case_id)
    assert made is not None
    ministry = organisation.tenant(tenant_id=stage.tenant_id).name
    assert pypdfium2.PdfDocument(made).get_metadata_dict()["Author"] == ministry
