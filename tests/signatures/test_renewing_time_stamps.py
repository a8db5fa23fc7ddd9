"""Time stamps of cover sheets and sealed letters are renewed before they end; what was issued stays as it was."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields

import stage as the_stage
from issuing import office, paper
from kessai.config.commands import Finished
from kessai.decisions import coversheet, queries, tasks, verification
from kessai.decisions.evidence import queries as evidence
from kessai.decisions.issuing import public
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.models import SealedLetter, SignedSheet, StampedFile
from kessai.decisions.signatures import operations, renewing
from kessai.decisions.signatures import queries as signatures
from kessai.drafting import blobs
from kessai.ledger import sequencer
from kessai.signing import authority, identities, pdf
from kessai.signing.checking import check
from merklelog.evidence.verifying import verify
from stage import NOTICE, ROWS, Stage
from visitors import SignIn
from web.conftest import as_

__all__ = ["as_"]


@pytest.fixture
def stage(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A ministry whose time-stamp authority has a certificate of a hundred days."""
    settings.KESSAI_KEYS_DIR = tmp_path / "keys"
    office_of_time(monkeypatch, timedelta(days=100))
    built = the_stage.build(rows=(*ROWS, NOTICE))
    office.equip(built)
    paper.lay_out(built)
    built.now = timezone.now()
    return built


def office_of_time(monkeypatch: pytest.MonkeyPatch, lasts: timedelta) -> None:
    """The authority has a new certificate."""
    with monkeypatch.context() as patched:
        patched.setattr(authority, "SIGNER", lasts)
        (authority.folder() / "tsa.pem").unlink(missing_ok=True)
        authority.timestamp_authority()


def signed(stage: Stage) -> UUID:
    """A decided case with a signed cover sheet and a sealed letter."""
    case_id = paper.decided(stage, **{"letter-1-layout": "sealed"})
    office.issue(stage, case_id, "甲県知事", seal="director", issued_on=timezone.localdate())
    office.act(stage, "put_seal", case_id, by="general_affairs", **office.asked_seal(stage, case_id))
    coversheet.make(tenant_id=stage.tenant_id, case_id=case_id, at=stage.later())
    coversheet.sign(tenant_id=stage.tenant_id, case_id=case_id, at=stage.later())
    return case_id


def renew(*words: str) -> tuple[int, Any]:
    out = io.StringIO()
    code = 0
    try:
        call_command("documents", "renew", "--json", *words, stdout=out)
    except Finished as finished:
        code = finished.code
    return code, json.loads(out.getvalue())


def renewing_all(stage: Stage) -> datetime:
    return stage.now + timedelta(days=999)


def found(stage: Stage) -> list[str]:
    return [one.field for one in verification.verify_records(stage.tenant_id)[0]]


def bytes_of(stage: Stage, sha256: str) -> bytes:
    return blobs.path_of(tenant_id=stage.tenant_id, sha256=sha256).read_bytes()


def post(code: str, content: bytes) -> str:
    answer = Client().post(f"/seal/{code}/", {"file": SimpleUploadedFile("x.pdf", content)})
    return str(answer.content.decode())


def test_sheet_and_letter_get_a_later_stamp_and_stay_what_they_were(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = signed(stage)
    ends = StampedFile.objects.order_by("until").values_list("until", flat=True)[0]
    assert timedelta(days=99) < ends - timezone.now() < timedelta(days=101)
    assert renew("--within", "30") == (0, {"renewed": [], "failed": []})
    office_of_time(monkeypatch, timedelta(days=1000))
    code, said = renew()
    assert (code, len(said["renewed"]), said["failed"]) == (0, 2, [])
    for each in said["renewed"]:
        before, after = bytes_of(stage, each["signed"]), bytes_of(stage, each["sha256"])
        assert after.startswith(before) and each["case"] == str(case_id)
        assert all(one.holds for file in (before, after) for one in check(file, trust=identities.trust()))
        assert signatures.current(tenant_id=stage.tenant_id, first=each["signed"]) == each["sha256"]
    assert renew() == (0, {"renewed": [], "failed": []})
    assert found(stage) == []
    mine: dict[str, Any] = {"tenant_id": stage.tenant_id, "case_id": case_id, "at": stage.now}
    sheet = queries.cover_sheet(actor=stage.actor("chief"), **mine)
    first = bytes(SignedSheet.objects.get().sha256).hex()
    assert sheet == bytes_of(stage, signatures.current(tenant_id=stage.tenant_id, first=first))
    sequencer.step(at=stage.now)
    assert verify(BytesIO(evidence.full(actor=stage.actor("chief"), **mine).to_bytes())).holds


def test_the_public_page_knows_the_letter_as_it_was_issued_and_as_it_was_renewed(
    stage: Stage, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = signed(stage)
    code = SealedLetter.objects.get().code
    letter = public.sealed(code=code)
    assert letter is not None and letter.renewals == ()
    issued = bytes_of(stage, letter.sha256)
    office_of_time(monkeypatch, timedelta(days=1000))
    renew()
    letter = public.sealed(code=code)
    assert letter is not None
    (renewal,) = letter.renewals
    assert "1バイトも違いません" in post(code, issued)
    said = post(code, bytes_of(stage, renewal))
    assert "タイムスタンプが足されただけ" in said and "有効です" in said and "note note-ok" in said
    assert f'data-renewals="{renewal}"' in said
    (view,) = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)
    assert [each.renewed.sha256 for each in view.letters if each.renewed] == [renewal]
    page = f"/cases/{stage.tenant_id}-{case_id}/"
    client = as_("chief")
    (link,) = re.findall(r'href="([^"]+)\?renewed"', client.get(page).content.decode())
    assert [b"".join(client.get(link + more)) for more in ("", "?renewed")] == [
        issued,
        bytes_of(stage, renewal),
    ]


def test_a_file_that_only_a_row_calls_a_renewal_is_none(stage: Stage) -> None:
    signed(stage)
    letter = public.sealed(code=SealedLetter.objects.get().code)
    assert letter is not None
    issued = bytes_of(stage, letter.sha256)
    # An appended field that shows on the page, and a file of its own.
    writer = IncrementalPdfFileWriter(BytesIO(issued))
    fields.append_signature_field(writer, fields.SigFieldSpec("Other", box=(10, 10, 90, 40)))
    out = BytesIO()
    writer.write(out)
    by = identities.record_seal(tenant_id=stage.tenant_id, ministry="x")
    forged = [pdf.sign(out.getvalue(), by=by, field="Other"), b"%PDF-1.7 nothing"]
    case_id = StampedFile.objects.all()[0].case_id
    for content in forged:
        sha256, size = blobs.store(tenant_id=stage.tenant_id, stream=BytesIO(content), limit=len(content))
        StampedFile(
            tenant_id=stage.tenant_id,
            sha256=bytes.fromhex(sha256),
            first=bytes.fromhex(letter.sha256),
            case_id=case_id,
            size=size,
            until=stage.now + timedelta(days=9000),
            at=stage.now,
        ).save(force_insert=True)
    again = public.sealed(code=letter.code)
    assert again is not None and again.renewals == ()
    assert "公印を押した文書ではありません" in post(letter.code, forged[0])
    assert found(stage).count("stamped_file.renewal") == 2


def test_where_the_authority_has_no_later_certificate_it_is_said_and_announced_in_time(
    stage: Stage,
) -> None:
    signed(stage)
    code, said = renew()
    assert code == 1 and [each["until"][:10] in each["why"] for each in said["failed"]] == [True]
    assert StampedFile.objects.count() == 2 and signatures.faults() == ()
    late = timezone.now() + timedelta(days=80)
    renewing.renew(tenant_id=stage.tenant_id, at=late, within=renewing.in_good_time())
    assert [(each.use, each.cause) for each in signatures.faults()] == [("renewal", "key")]


def test_the_job_of_the_night_renews_for_every_ministry_and_ends_what_was_announced(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed(stage)
    late = timezone.now() + timedelta(days=80)
    renewing.renew(tenant_id=stage.tenant_id, at=late, within=renewing.in_good_time())
    assert len(signatures.faults()) == 1
    office_of_time(monkeypatch, timedelta(days=1000))
    monkeypatch.setattr(renewing, "AT_ONCE", 1)
    tasks.renew_stamps(timestamp=0)
    tasks.renew_stamps_of(stage.tenant_id)
    tasks.renew_stamps_of(stage.tenant_id)
    assert StampedFile.objects.count() == 4
    assert signatures.faults() == ()


def test_a_lost_file_is_named_and_keeps_no_other_from_being_renewed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed(stage)
    first = signatures.due(tenant_id=stage.tenant_id, before=stage.now + timedelta(days=999), limit=1)[0]
    path = blobs.path_of(tenant_id=stage.tenant_id, sha256=first.sha256)
    kept = path.read_bytes()
    path.unlink()
    office_of_time(monkeypatch, timedelta(days=1000))
    code, said = renew()
    assert code == 1 and [each["sha256"] for each in said["failed"]] == [first.sha256]
    assert len(said["renewed"]) == 1
    (fault,) = signatures.faults()
    assert (fault.use, fault.cause) == ("renewal", "key") and first.sha256 in str(fault.said)
    path.write_bytes(kept)
    assert renew()[0] == 0 and signatures.faults() == ()


def test_a_damaged_file_is_announced_and_keeps_no_other_from_being_renewed_however_many_come_at_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed(stage)
    first, second = signatures.due(tenant_id=stage.tenant_id, before=renewing_all(stage), limit=2)
    path = blobs.path_of(tenant_id=stage.tenant_id, sha256=first.sha256)
    content = path.read_bytes()[:-100]
    path.unlink()
    path.write_bytes(content)
    office_of_time(monkeypatch, timedelta(days=1000))
    monkeypatch.setattr(renewing, "AT_ONCE", 1)
    tasks.renew_stamps_of(stage.tenant_id)
    tasks.renew_stamps_of(stage.tenant_id)
    assert signatures.current(tenant_id=stage.tenant_id, first=second.first) != second.sha256
    (fault,) = signatures.faults()
    assert (fault.use, fault.cause) == ("renewal", "key") and first.sha256 in str(fault.said)
    for damaged in (content, bytes(len(content)), b"", content[: len(content) // 2]):
        with pytest.raises(pdf.CannotSign):
            pdf.renew(damaged, trust=identities.trust())


def test_a_go_that_leaves_some_to_another_does_not_end_what_was_announced(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed(stage)
    fault = renewing.CannotRenew("x")
    operations.failed(fault, tenant_id=stage.tenant_id, use=signatures.RENEWAL, at=stage.now)
    office_of_time(monkeypatch, timedelta(days=1000))
    monkeypatch.setattr(renewing, "AT_ONCE", 1)
    gos = [
        renewing.renew(tenant_id=stage.tenant_id, at=stage.now, within=renewing.in_good_time()).more
        for _ in range(2)
        if signatures.faults()
    ]
    assert gos == [True, False] and signatures.faults() == ()


def test_where_the_last_renewal_is_damaged_the_one_before_it_is_handed_out_and_renewed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed(stage)
    first = bytes(SignedSheet.objects.get().sha256).hex()
    office_of_time(monkeypatch, timedelta(days=400))
    renew("--within", "110")
    renewal = signatures.current(tenant_id=stage.tenant_id, first=first)
    path = blobs.path_of(tenant_id=stage.tenant_id, sha256=renewal)
    path.unlink()
    path.write_bytes(b"%PDF-1.7")
    assert renewal != first == signatures.current(tenant_id=stage.tenant_id, first=first)
    office_of_time(monkeypatch, timedelta(days=1000))
    code, said = renew("--within", "500")
    assert (code, len(said["renewed"])) == (0, 2)
    assert signatures.current(tenant_id=stage.tenant_id, first=first) not in (first, renewal)
