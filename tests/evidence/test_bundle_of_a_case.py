"""The evidence bundle of a case, made by the system and judged by the verifier that knows nothing of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import call_command
from django.utils import timezone

import witnesses
from kessai.decisions import coversheet
from kessai.decisions.evidence import queries
from kessai.decisions.evidence.documents import CannotBundle
from kessai.decisions.models import CoverSheet, Event
from kessai.drafting import blobs
from kessai.kernel.errors import Cannot, NotFound
from kessai.ledger import evidence, keys, sequencer, stamping
from kessai.ledger.evidence import CannotProve
from kessai.signing import authority, clocks
from merklelog.evidence.making import Bundle
from merklelog.evidence.result import Code, Level, Result, State
from merklelog.evidence.verifying import verify
from stage import Stage

PDF = b"%PDF-1.7 estimate\n"


def logged(stage: Stage, *, sheet: bool = False) -> UUID:
    """A decided case with a document, in the log among others."""
    stage.decided()
    case = stage.decided(files=[("見積書.pdf", PDF)], title="調査の委託について")
    if sheet:
        coversheet.make(tenant_id=stage.tenant_id, case_id=case, at=stage.now)
    sequencer.step(at=stage.now)
    return case


def judged(bundle: Bundle) -> Result:
    data = bundle.to_bytes()
    assert len(data) == bundle.size
    return verify(BytesIO(data))


def full(stage: Stage, case: UUID, who: str = "chief") -> Bundle:
    return queries.full(actor=stage.actor(who), tenant_id=stage.tenant_id, case_id=case, at=stage.now)


def redacted(
    stage: Stage, case: UUID, shown: Collection[queries.Field], files: Collection[str] = ()
) -> Bundle:
    return queries.redacted(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        case_id=case,
        shown=shown,
        files=files,
        at=stage.now,
    )


def offered(stage: Stage, case: UUID) -> queries.Offered:
    return queries.offered(actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case, at=stage.now)


def test_a_full_bundle_holds_and_has_every_act_original_document_and_cover_sheet(stage: Stage) -> None:
    result = judged(full(stage, logged(stage, sheet=True)))
    assert result.holds, result.findings
    assert result.claim is not None and result.claim.kind == "full"
    assert [act.fields["kind"] for act in result.acts] == ["submitted", "approved", "approved", "decided"]
    assert result.acts[0].fields["content.title"] == "調査の委託について"
    assert all(act.withheld == [] for act in result.acts)
    assert [each.path for each in result.documents] == [
        "data/files/00001/attachment.1.pdf",
        "data/files/00004/payload.original.json",
        "data/cover-sheet.pdf",
    ]
    assert result.levels[Level.LOG] is State.HOLDS
    assert result.levels[Level.KEYS] is State.NOT_PROVEN


def test_a_timestamp_goes_along_with_the_certificate_that_signed_it_of_all_that_are_named(
    stage: Stage, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KESSAI_DEMO = True
    case = logged(stage)
    stamping.stamp(tenant_id=stage.tenant_id, at=stage.now, asked=clocks.clocks())
    (own,) = clocks.authorities()
    others = [
        authority.root(),
        *(authority.signer(f"x{n}", owner="x", use="x").certificate for n in range(3)),
    ]
    named = (*(each.public_bytes(Encoding.DER) for each in others), own)
    monkeypatch.setattr(clocks, "authorities", lambda: named)
    result = judged(full(stage, case))
    assert result.holds, result.findings
    assert [each.certificate for each in result.timestamps] == [own]
    assert result.keys is not None and list(result.keys.certificates) == [own]
    assert result.levels[Level.TIME] is State.HOLDS


def test_cosignatures_go_along_and_a_bundle_says_while_too_few_are_there(stage: Stage) -> None:
    witnesses.policy(stage.tenant_id, [(witnesses.ARCHIVE, ""), (witnesses.PRESS, "")], quorum=1)
    case = logged(stage)
    assert offered(stage, case).state == queries.UNWITNESSED
    assert judged(full(stage, case)).code == Code.QUORUM
    witnesses.cosign(stage.tenant_id, witnesses.PRESS, at=stage.now)
    stage.decided()
    sequencer.step(at=stage.now + timedelta(seconds=1))
    assert offered(stage, case).state == queries.READY
    result = judged(full(stage, case))
    assert result.holds, result.findings
    assert [each.witness.name for each in result.seen] == ["w1"]


def test_while_a_witness_is_away_the_checkpoint_from_before_vouches(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "AT_EACH_END", 1)
    witnesses.policy(stage.tenant_id, [(witnesses.ARCHIVE, ""), (witnesses.PRESS, "")], quorum=2)
    case = logged(stage)
    for each in (witnesses.ARCHIVE, witnesses.PRESS):
        witnesses.cosign(stage.tenant_id, each, at=stage.now)
    for seconds in (1, 2):
        stage.decided()
        sequencer.step(at=stage.now + timedelta(seconds=seconds))
        witnesses.cosign(stage.tenant_id, witnesses.ARCHIVE, at=stage.now)
    assert offered(stage, case).state == queries.READY
    assert len(judged(full(stage, case)).seen) == 2


def test_after_a_theft_the_bundle_says_it_and_rests_on_what_still_counts(stage: Stage, settings: Any) -> None:
    settings.KESSAI_DEMO = True
    case = logged(stage)
    at, (stolen,) = stage.now, keys.known(stage.tenant_id)
    stamping.stamp(tenant_id=stage.tenant_id, at=at, asked=clocks.clocks())
    keys.compromised(tenant_id=stage.tenant_id, key_id=stolen.verifier.key_id.hex(), since=at, at=at)
    assert judged(full(stage, case)).code == Code.COMPROMISED
    assert offered(stage, case).state == queries.UNVOUCHED
    keys.rotate(tenant_id=stage.tenant_id, at=at)
    stage.decided()
    sequencer.step(at=at + timedelta(seconds=1))
    result = judged(full(stage, case))
    assert result.holds, result.findings
    assert offered(stage, case).state == queries.READY
    assert [str(each) for each in result.signed_by] == [str(keys.verifier(stage.tenant_id))]
    assert result.keys is not None
    said = {each.verifier: each.compromised for each in result.keys.policy.logs}
    assert said == {stolen.verifier: int(at.timestamp()), keys.verifier(stage.tenant_id): None}


def test_what_was_stamped_before_a_theft_stays_good(stage: Stage, settings: Any) -> None:
    settings.KESSAI_DEMO = True
    case = logged(stage)
    (stolen,) = keys.known(stage.tenant_id)
    stamping.stamp(tenant_id=stage.tenant_id, at=stage.now, asked=clocks.clocks())
    stage.decided()
    sequencer.step(at=stage.now + timedelta(seconds=1))
    key_id, since = stolen.verifier.key_id.hex(), timezone.now() + timedelta(seconds=2)
    keys.compromised(tenant_id=stage.tenant_id, key_id=key_id, since=since, at=since)
    result = judged(full(stage, case))
    assert result.holds, result.findings
    assert [each.verifier for each in result.compromised] == [stolen.verifier] == list(result.signed_by)
    assert result.timestamps


def test_a_log_that_cannot_be_read_is_said_so(stage: Stage) -> None:
    case = logged(stage)
    keys.store(stage.tenant_id).root.joinpath("tile", "0", "000.p").rename(
        keys.store(stage.tenant_id).root / "away"
    )
    with pytest.raises(CannotProve, match="読めません"):
        full(stage, case)


def test_the_same_case_at_the_same_checkpoint_gives_the_same_bytes(stage: Stage) -> None:
    case = logged(stage)
    assert full(stage, case).to_bytes() == full(stage, case).to_bytes()


def test_what_is_not_ticked_is_withheld_by_name(stage: Stage) -> None:
    case = logged(stage, sheet=True)
    shown, files = queries.shown_at_first(offered(stage, case))
    bundle = redacted(stage, case, shown, files)
    result = judged(bundle)
    assert result.holds, result.findings
    assert result.claim is not None and result.claim.kind == "redacted"
    assert "name" in result.acts[0].withheld and "name" not in result.acts[0].fields
    assert "post_title" in result.acts[0].fields
    assert result.acts[3].fields["name"]
    assert "振興係長の人".encode() not in bundle.to_bytes()
    assert not any("original" in each.path or "cover" in each.path for each in result.documents)
    assert "payload.original" in result.acts[3].withheld
    digest = Event.objects.get(case_id=case, kind="submitted").payload["content_hash"]
    assert str(digest).encode() not in bundle.to_bytes()


def test_each_field_of_the_form_can_be_withheld_apart(stage: Stage) -> None:
    draft = stage.draft("contract", amount="2,310万円", counterparty="株式会社青葉")
    names = {field.name for field in offered(stage, stage.submit(draft).case_id).acts[0].fields}
    assert "content.values.counterparty" in names and "content.values" not in names


def test_a_document_goes_along_only_where_it_is_ticked_and_its_digest_shown(stage: Stage) -> None:
    case = logged(stage)
    view = offered(stage, case)
    (file,) = view.files
    everything = {(act.seq, field.name) for act in view.acts for field in act.fields}
    without = everything - {(1, "attachment.1.sha256")}
    paths = {
        name: [each.path for each in judged(bundle).documents]
        for name, bundle in {
            "ticked": redacted(stage, case, everything, [file.sha256]),
            "not ticked": redacted(stage, case, everything),
            "digest withheld": redacted(stage, case, without, [file.sha256]),
        }.items()
    }
    assert paths == {
        "ticked": ["data/files/00001/attachment.1.pdf"],
        "not ticked": [],
        "digest withheld": [],
    }


def test_nothing_shown_still_proves_that_the_acts_are_there(stage: Stage) -> None:
    result = judged(redacted(stage, logged(stage), shown=()))
    assert result.holds, result.findings
    assert [act.fields for act in result.acts] == [{}] * 4


def test_before_the_log_has_the_acts_there_is_no_bundle_and_a_word_when(stage: Stage) -> None:
    case = stage.decided()
    assert offered(stage, case).state == queries.PENDING
    with pytest.raises(CannotBundle, match="まだ署名された台帳に載っていません"):
        full(stage, case)
    sequencer.step(at=stage.now)
    assert offered(stage, case).state == queries.READY
    assert judged(full(stage, case)).holds


def test_strangers_get_nothing(stage: Stage) -> None:
    case = logged(stage)
    for ask in (full, offered_by):
        with pytest.raises(NotFound):
            ask(stage, case, "budget")


def offered_by(stage: Stage, case: UUID, who: str) -> queries.Offered:
    return queries.offered(actor=stage.actor(who), tenant_id=stage.tenant_id, case_id=case, at=stage.now)


def test_a_document_that_is_gone_is_left_out_and_the_bundle_says_so(stage: Stage) -> None:
    case = logged(stage)
    (file,) = offered(stage, case).files
    blobs.path_of(tenant_id=stage.tenant_id, sha256=file.sha256).unlink()
    result = judged(full(stage, case))
    assert result.holds and result.claim is not None and result.claim.kind == "redacted"
    assert [each.binding for each in result.left_out] == ["attachment.1"]
    assert offered(stage, case).files == ()


def test_of_a_document_that_is_another_than_it_was_no_bundle_is_made(stage: Stage) -> None:
    case = logged(stage)
    (file,) = offered(stage, case).files
    path = blobs.path_of(tenant_id=stage.tenant_id, sha256=file.sha256)
    path.unlink()
    path.write_bytes(PDF + b"x")
    with pytest.raises(CannotBundle, match=f"指紋（{file.sha256}）と違う"):
        full(stage, case)
    assert judged(redacted(stage, case, [(1, "content.title")])).holds


def test_without_the_file_of_the_cover_sheet_all_else_is_handed_out(stage: Stage) -> None:
    case = logged(stage, sheet=True)
    sheet = CoverSheet.objects.get(case_id=case)
    blobs.path_of(tenant_id=stage.tenant_id, sha256=bytes(sheet.sha256).hex()).unlink()
    result = judged(full(stage, case))
    assert result.holds and not any("cover" in each.path for each in result.documents)


def test_later_acts_are_in_the_next_bundle(stage: Stage) -> None:
    case = logged(stage)
    before = judged(full(stage, case))
    stage.decided()
    sequencer.step(at=stage.now + timedelta(seconds=1))
    after = judged(full(stage, case))
    assert before.claim is not None and after.claim is not None
    assert after.holds and after.claim.size > before.claim.size


@pytest.mark.parametrize(
    "done", ["UPDATE decisions_event SET person_name = '別の人'", "DELETE FROM decisions_event"]
)
def test_of_an_altered_record_or_one_that_lacks_its_last_act_no_bundle_is_made(
    committed: Stage, superuser_connection: psycopg.Connection, done: str
) -> None:
    case = logged(committed)
    with superuser_connection.transaction():
        superuser_connection.execute("SET LOCAL session_replication_role = replica")
        superuser_connection.execute(f"{done} WHERE kind = 'decided' AND case_id = %s".encode(), [case])
    with pytest.raises(CannotBundle, match="4番目の記録が台帳と合わない"):
        full(committed, case)


def test_an_operator_writes_a_bundle_to_a_new_file(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = logged(stage)
    number = offered(stage, case).number
    whole, part = tmp_path / "whole.zip", tmp_path / "part.zip"
    call_command("ledger", "evidence", number, "-o", str(whole))
    call_command("ledger", "evidence", number, "-o", str(part), "--redact", "name", "--redact", "files")
    with whole.open("rb") as file:
        result = verify(file)
    assert result.holds and result.claim is not None and result.claim.kind == "full"
    with part.open("rb") as file:
        result = verify(file)
    assert result.holds and result.documents == []
    assert all("name" in act.withheld and "remark" in act.fields for act in result.acts)
    assert all("payload.content_hash" in act.withheld for act in result.acts)
    for typo in ("remarks", "9:remark", "contents.*", "1:content.*"):
        with pytest.raises(CannotBundle, match="この案件にありません"):
            call_command("ledger", "evidence", number, "-o", str(tmp_path / "typo.zip"), "--redact", typo)
    assert not (tmp_path / "typo.zip").exists()
    with pytest.raises(Cannot, match="書けません"):
        call_command("ledger", "evidence", number, "-o", str(whole))
    assert verify(BytesIO(whole.read_bytes())).holds and whole.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CannotBundle, match="1件に定められません"):
        call_command("ledger", "evidence", "無い第1号", "-o", str(tmp_path / "none.zip"))
    with pytest.raises(CannotBundle):
        call_command("ledger", "evidence", number, "--tenant", "1", "-o", str(tmp_path / "none.zip"))


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), CannotBundle("変わった")])
def test_of_a_bundle_that_cannot_be_written_whole_nothing_is_left(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def chunks(_: Bundle) -> Iterator[bytes]:
        yield b"PK"
        raise error

    number = offered(stage, logged(stage)).number
    monkeypatch.setattr(Bundle, "chunks", chunks)
    (folder := tmp_path / "out").mkdir()
    with pytest.raises(Cannot):
        call_command("ledger", "evidence", number, "-o", str(folder / "whole.zip"))
    assert list(folder.iterdir()) == []
