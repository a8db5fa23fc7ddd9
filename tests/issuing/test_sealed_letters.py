"""公印: letters get its mark, its signature and a public page on which anybody verifies them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from office import act, asked_seal, issue
from paper import decided, lay_out

import destroying.archive as archive
from kessai.decisions import verification
from kessai.decisions.destroying import removing
from kessai.decisions.evidence import queries as evidence
from kessai.decisions.issuing import operations, public
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.letters import queries as letters
from kessai.decisions.letters import rules
from kessai.decisions.models import Event, SealedLetter
from kessai.decisions.rules import CannotAct
from kessai.drafting import blobs
from kessai.drafting.inspecting.queries import released
from kessai.kernel.errors import NotFound
from kessai.ledger import sequencer
from kessai.signing import checking, identities, pdf
from merklelog.evidence.verifying import verify
from stage import Stage

KEEPER = "general_affairs"


@pytest.fixture(autouse=True)
def _layouts(stage: Stage) -> None:
    lay_out(stage)


def sealed(stage: Stage, *addressees: str, **typed: str) -> tuple[UUID, int]:
    """A decided case whose letters went out and got their seal, and the seq of its issue."""
    case_id = decided(stage, **{"letter-1-layout": "sealed", **typed})
    seq = issue(stage, case_id, *(addressees or ("甲県知事",)), seal="director", files=(1,)).seq
    act(stage, "put_seal", case_id, by=KEEPER, **asked_seal(stage, case_id))
    return case_id, seq


def letter(stage: Stage, case_id: UUID, seq: int, place: int = 1) -> tuple[letters.Issued, bytes]:
    found = letters.issued(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        case_id=case_id,
        seq=seq,
        place=place,
        at=stage.now,
    )
    return found, blobs.path_of(tenant_id=stage.tenant_id, sha256=found.sha256).read_bytes()


def post(code: str, content: bytes) -> Any:
    return Client().post(f"/seal/{code}/", {"file": SimpleUploadedFile("x.pdf", content)})


def test_the_seal_is_on_the_page_and_in_the_file_and_bound_to_the_keepers_act(stage: Stage) -> None:
    case_id, seq = sealed(stage, "甲県知事", "乙県知事")
    found, file = letter(stage, case_id, seq, place=2)
    text = "".join(pypdfium2.PdfDocument(BytesIO(file))[0].get_textpage().get_text_range().split())
    assert "乙県知事殿" in text and f"/seal/{found.code}/" in text and "印" in text
    (signature,) = checking.check(file, trust=identities.trust())
    assert signature.holds and signature.signer == "DEMO - no legal effect: 課長印"
    event = Event.objects.get(case_id=case_id, kind="sealed")
    assert event.payload["sealed"][1] == {
        "letter": 2,
        "code": found.code,
        "filename": found.filename,
        "size": len(file),
        "sha256": hashlib.sha256(file).hexdigest(),
    }
    assert event.payload["seal"]["name"] == "課長印" and event.person_id == stage.people[KEEPER]
    codes = [each["code"] for each in event.payload["sealed"]]
    assert len(set(codes)) == 2 and all(len(code.partition("-")[2]) == 26 for code in codes)


def test_the_evidence_of_a_case_holds_its_letters_with_their_seal(stage: Stage) -> None:
    case_id, seq = sealed(stage, "甲県知事", "乙県知事")
    sequencer.step(at=stage.now)
    mine = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "case_id": case_id, "at": stage.now}
    result = verify(BytesIO(evidence.full(**mine).to_bytes()))
    assert result.holds and result.claim is not None and result.claim.kind == "full", result.findings
    there = {each.path: each.sha256 for each in result.documents}
    put = Event.objects.get(case_id=case_id, kind="sealed").seq
    for place in (1, 2):
        found, _ = letter(stage, case_id, seq, place)
        assert there[f"data/files/{put:05}/payload.sealed.{place}.pdf"] == found.sha256


def test_a_code_that_no_keeper_gave_and_a_letter_that_is_lost_are_found(stage: Stage) -> None:
    case_id, seq = sealed(stage)
    given, _ = letter(stage, case_id, seq)

    def found() -> list[tuple[str, str]]:
        return [(one.what, one.field) for one in verification.verify_records(stage.tenant_id)[0]]

    with transaction.atomic():
        forged = SealedLetter.objects.get()
        forged.code, forged.place = f"{stage.tenant_id}-{'a' * 26}", 2
        forged.save(force_insert=True)
        assert found() == [("derived", "sealed letter.code")]
        transaction.set_rollback(True)
    path = blobs.path_of(tenant_id=stage.tenant_id, sha256=given.sha256)
    kept = path.read_bytes()
    path.unlink()
    assert found() == [("derived", "sealed letter 1.bytes")]
    path.write_bytes(kept)


def test_without_room_for_a_seal_the_act_is_recorded_and_no_letter_changes(stage: Stage) -> None:
    case_id, seq = sealed(stage, **{"letter-1-layout": "letter"})
    assert letter(stage, case_id, seq)[0].code == ""
    assert "sealed" not in Event.objects.get(case_id=case_id, kind="sealed").payload


def test_the_same_act_sent_again_seals_nothing_twice(stage: Stage) -> None:
    case_id = decided(stage, **{"letter-1-layout": "sealed"})
    issue(stage, case_id, "甲県知事", seal="director")
    given = {
        "actor": stage.actor(KEEPER),
        "tenant_id": stage.tenant_id,
        "case_id": case_id,
        "act_id": uuid4(),
    }
    asked = asked_seal(stage, case_id)
    first = operations.put_seal(at=stage.later(), **asked, **given)
    assert operations.put_seal(at=stage.later(), **asked, **given).seq == first.seq
    assert SealedLetter.objects.count() == 1


def test_where_it_cannot_be_signed_nothing_is_recorded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = decided(stage, **{"letter-1-layout": "sealed"})
    issue(stage, case_id, "甲県知事", seal="director")

    def away(*_: object, **__: object) -> bytes:
        raise pdf.CannotSign("away", "later")

    monkeypatch.setattr(pdf, "sign", away)
    with pytest.raises(pdf.CannotSign):
        act(stage, "put_seal", case_id, by=KEEPER, **asked_seal(stage, case_id))
    (view,) = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)
    assert view.state == "sealing"


def test_a_letter_that_was_signed_for_an_act_that_then_failed_goes_and_those_of_others_stay(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = decided(stage, **{"letter-1-layout": "sealed"})
    issue(stage, case_id, "甲県知事", seal="director")
    asked, real = asked_seal(stage, case_id), operations.writes.follow
    before = set(released(tenant_id=stage.tenant_id))

    def failing(*_: object) -> None:
        raise CannotAct("x")

    monkeypatch.setattr(operations.writes, "follow", failing)
    with pytest.raises(CannotAct):
        act(stage, "put_seal", case_id, by=KEEPER, **asked)
    (orphan,) = set(released(tenant_id=stage.tenant_id)) - before
    monkeypatch.setattr(operations.writes, "follow", real)
    act(stage, "put_seal", case_id, by=KEEPER, **asked)
    assert set(released(tenant_id=stage.tenant_id)) - before == {orphan}
    for hours, there in ((0, True), (2, False)):
        removing.remove_released(tenant_id=stage.tenant_id, at=timezone.now() + timedelta(hours=hours))
        assert (blobs.size_stored(tenant_id=stage.tenant_id, sha256=orphan) is not None) == there
    assert verification.verify_records(stage.tenant_id)[0] == []


def test_an_act_that_is_refused_makes_no_signature(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = decided(stage, **{"letter-1-layout": "sealed"})
    issue(stage, case_id, "甲県知事", seal="director")
    asked, signed = asked_seal(stage, case_id), list[str]()
    monkeypatch.setattr(pdf, "sign", lambda *_, field, **__: signed.append(field))
    refused: list[tuple[type[Exception], dict[str, Any]]] = [
        (CannotAct, {**asked, "seen": "00" * 32}),
        (CannotAct, {**asked, "position": asked["position"] - 1}),
        (CannotAct, {**asked, "by": "chief"}),
        (CannotAct, {**asked, "remark": "長" * 10_001}),
        (NotFound, {**asked, "by": "councillor"}),
    ]
    for error, given in refused:
        with pytest.raises(error):
            act(stage, "put_seal", case_id, **{"by": KEEPER, **given})
    assert signed == []


def test_anybody_verifies_a_letter_by_its_code_and_its_file(stage: Stage) -> None:
    found, file = letter(stage, *sealed(stage))
    page = Client().get(f"/seal/{found.code}/")
    shown = page.content.decode()
    assert page.status_code == 200 and "公印が押されています" in shown and "no-store" in page["Cache-Control"]
    for hidden in ("補助の要件の通知", "甲県知事", "総務課長の人"):
        assert hidden not in shown
    said = post(found.code, file).content.decode()
    assert "1バイトも違いません" in said and "有効です" in said and "DEMO - no legal effect" in said
    changed = file[:900] + bytes([file[900] ^ 1]) + file[901:]
    assert "公印を押した文書ではありません" in post(found.code, changed).content.decode()
    assert "添えて施行した別添" in post(found.code, b"rules").content.decode()


def test_whoever_has_a_letter_whose_own_copy_is_lost_is_still_told_that_it_is_the_one(stage: Stage) -> None:
    found, file = letter(stage, *sealed(stage))
    path = blobs.path_of(tenant_id=stage.tenant_id, sha256=found.sha256)
    path.unlink()
    answer = post(found.code, file)
    path.write_bytes(file)
    assert answer.status_code == 200 and "1バイトも違いません" in answer.content.decode()
    assert "note note-ok" not in answer.content.decode().partition('id="verdict"')[2]


def test_nothing_of_what_is_sent_is_kept(stage: Stage, settings: Any, tmp_path: Path) -> None:
    found, _ = letter(stage, *sealed(stage))
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "no such place"
    before = sorted(Path(settings.KESSAI_BLOBS).rglob("*"))
    post(found.code, b"x" * 3_000_000)
    assert sorted(Path(settings.KESSAI_BLOBS).rglob("*")) == before


def test_a_file_that_is_too_large_is_refused_before_it_is_read(stage: Stage) -> None:
    found, _ = letter(stage, *sealed(stage))
    answer = Client().post(
        f"/seal/{found.code}/",
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="50000001",
    )
    assert "大きすぎて" in answer.content.decode()
    assert "選ばれていません" in Client().post(f"/seal/{found.code}/").content.decode()


def test_a_correction_or_a_cancelled_issue_is_said_on_the_public_page(stage: Stage) -> None:
    case_id, seq = sealed(stage)
    found, file = letter(stage, case_id, seq)
    act(stage, "void", case_id, seq=seq, reason="施行していなかった")
    known = public.sealed(code=found.code)
    assert known is not None and known.ended_at is not None
    said = post(found.code, file).content.decode()
    assert (
        "いまは効力がありません" in said and "施行していなかった" not in said and "note note-ok" not in said
    )


TABLES = ("decisions_event", "decisions_case", "decisions_sealedletter", "ledger_entry")
TAMPERINGS = (
    """UPDATE decisions_event SET payload = jsonb_set(payload, '{sealed,0,sha256}', to_jsonb(repeat('a', 64)))
    WHERE kind = 'sealed'""",
    "UPDATE decisions_event SET payload = payload - 'about' WHERE kind = 'sealed'",
    "UPDATE decisions_event SET post_title = '別の保管者' WHERE kind = 'sealed'",
    "UPDATE decisions_event SET payload = jsonb_set(payload, '{issued_on}', '\"2026-01-01\"') WHERE kind = 'issued'",
    "DELETE FROM decisions_event WHERE kind = 'sealed'",
    "DELETE FROM decisions_event WHERE kind = 'issued'",
    "DELETE FROM ledger_entry",
    "DELETE FROM decisions_case",
    "UPDATE decisions_sealedletter SET place = 9",
    "UPDATE decisions_sealedletter SET seq = 1",
)


def test_of_a_record_that_was_tampered_with_the_public_page_says_so_and_vouches_for_nothing(
    stage: Stage, superuser_connection: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    def run(*statements: str) -> None:
        with superuser_connection.transaction():
            superuser_connection.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                superuser_connection.execute(statement.encode())

    found, file = letter(stage, *sealed(stage))
    run(*(f"CREATE TEMP TABLE kept_{table} AS TABLE {table}" for table in TABLES))
    for tampering in TAMPERINGS:
        run(tampering)
        answer = post(found.code, file)
        assert answer.status_code == 409, tampering
        said = answer.content.decode().partition("<main")[2]
        assert "公印を押した時のものと合いません" in said and "<form" not in said and found.sha256 not in said
        put_back = (f"DELETE FROM {table}; INSERT INTO {table} TABLE kept_{table}" for table in TABLES)
        run("; ".join(put_back))
    assert f"sealed letter {found.code} does not add up" in caplog.text
    assert post(found.code, file).status_code == 200


def test_a_title_is_said_only_of_what_everybody_may_read(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = letter(stage, *sealed(stage))
    known = public.sealed(code=found.code)
    assert known is not None and known.title == ""
    monkeypatch.setattr(public, "PUBLIC", ("confidentiality2", "open"))
    assert "補助の要件の通知" in Client().get(f"/seal/{found.code}/").content.decode()


@pytest.mark.parametrize(
    "code", ["1-aaaaaaaaaaaaaaaaaaaaaaaaaa", "700-aaaaaaaaaaaaaaaaaaaaaaaaaa", "x", "0-1"]
)
def test_a_code_that_is_not_there_is_answered_like_one_that_never_was(stage: Stage, code: str) -> None:
    def said(of: str) -> str:
        return Client().get(f"/seal/{of}/").content.decode().partition("<main")[2].partition("</main>")[0]

    assert said(code) == said("700-bbbbbbbbbbbbbbbbbbbbbbbbbb") != ""
    assert Client().get(f"/seal/{code}/").status_code == 404
    assert Client().post(f"/seal/{code}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("印", ["印"]),
        ("大臣印", ["印", "大臣"]),
        ("政策局長之印", ["長之印", "政策局"]),
        ("地域振興大臣印", ["印", "興大臣", "地域振"]),
    ],
)
def test_the_name_of_a_seal_is_read_in_columns_from_the_right(name: str, columns: list[str]) -> None:
    assert list(rules.carved(name)) == columns


def test_whoever_has_a_letter_whose_case_was_destroyed_still_learns_that_it_was_sealed(stage: Stage) -> None:
    stage.now = archive.THEN
    case_id = decided(stage, **{"letter-1-layout": "sealed"})
    seq = issue(stage, case_id, "甲県知事", seal="director", files=(1,), issued_on=archive.THEN.date()).seq
    act(stage, "put_seal", case_id, by=KEEPER, **asked_seal(stage, case_id))
    found, file = letter(stage, case_id, seq)
    stage.now = archive.OVER
    kept = archive.file_of(stage, case_id)
    archive.consented(stage, kept)
    assert archive.destroyed(stage, kept).destroyed == 1
    page = Client().get(f"/seal/{found.code}/").content.decode()
    assert "法に従って廃棄されています" in page and "政振第1号" in page
    assert "1バイトも違いません" in post(found.code, file).content.decode()
    assert "公印を押した文書ではありません" in post(found.code, file + b"x").content.decode()
    assert Client().get(f"/seal/{stage.tenant_id}-{'a' * 26}/").status_code == 404
