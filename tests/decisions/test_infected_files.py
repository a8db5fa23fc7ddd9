"""Files with a virus: the operator sees where they are, and takes away what no record binds."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.utils import timezone

import stage as the_stage
from kessai.config.commands import Finished
from kessai.decisions import verification
from kessai.decisions.infected import operations
from kessai.decisions.infected.operations import CannotRemove
from kessai.decisions.models import Receipt
from kessai.drafting import blobs
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.blobs import CannotStore
from kessai.drafting.inspecting import operations as inspecting
from kessai.drafting.inspecting import writes as inspected
from kessai.drafting.models import Scan
from kessai.drafting.operations import DraftRef
from kessai.kernel.errors import Cannot
from receiving import mail_room
from stage import Stage

WORM = b"worm"
Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def stage(db: None) -> Stage:
    return the_stage.build()


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Exit code, output and complaints of a word of the command."""

    def run(*words: str) -> tuple[int, str, str]:
        code = 0
        try:
            call_command("files", *words)
        except Finished as finished:
            code = finished.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def found_in(stage: Stage, sha256: str) -> str:
    """The scanner finds something in a file."""
    Scan.objects.create(
        tenant_id=stage.tenant_id,
        sha256=sha256,
        state="infected",
        threat="Worm",
        asked_at=stage.now,
        scanned_at=stage.now,
    )
    return sha256


def attached(ref: DraftRef) -> str:
    (file,) = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    return file.sha256


def there(stage: Stage, sha256: str) -> bool:
    return blobs.size_stored(tenant_id=stage.tenant_id, sha256=sha256) is not None


def test_what_is_only_attached_to_a_draft_is_listed_and_taken_away(stage: Stage, told: Told) -> None:
    assert told("infected")[0] == 0
    ref = stage.draft(files=[("秘密.txt", WORM)], title="秘密の件名")
    sha256, tenant = found_in(stage, attached(ref)), str(stage.tenant_id)
    code, said, _ = told("infected", "--tenant", tenant)
    assert code == 1 and sha256 in said and "Worm" in said and str(ref.draft_id) in said
    assert "秘密" not in said
    (one,) = json.loads(told("infected", "--json")[1])
    assert one["removable"] and one["size"] == len(WORM)
    assert one["uses"] == [{"kind": "draft", "id": f"{tenant}-{ref.draft_id}", "revision": None, "state": ""}]
    assert told("remove", sha256, "--tenant", tenant)[0] == 0
    assert not there(stage, sha256)
    code, said, _ = told("infected", "--json")
    (one,) = json.loads(said)
    assert code == 0 and (one["sha256"], one["threat"], one["size"]) == (sha256, "Worm", None)
    assert one["removed_at"] and not one["removable"]
    assert "消去済み" in told("infected")[1]
    assert told("remove", sha256, "--tenant", tenant)[0] == 0, "a second time is no error"


def test_what_a_record_binds_stays_and_the_record_verifies(stage: Stage, told: Told) -> None:
    case_id = stage.decided(files=[("計画.txt", WORM)])
    sha256, tenant = found_in(stage, attached(DraftRef(stage.tenant_id, case_id))), str(stage.tenant_id)
    loose = found_in(stage, attached(stage.draft(files=[("別.txt", b"another worm")])))
    code, said, complaint = told("remove", sha256, "--tenant", tenant, "--json")
    assert code == 1 and str(case_id) in complaint
    assert json.loads(said)[0]["removed"] is False
    code, said, complaint = told("remove", "--all", "--tenant", tenant, "--json")
    assert code == 0 and json.loads(said) == [{"sha256": loose, "removed": True}]
    assert there(stage, sha256) and not there(stage, loose)
    code, said, _ = told("infected")
    assert code == 1 and f"案件 {tenant}-{case_id} 第1版" in said and "記録に綴られている" in said
    proof = verification.verify_decision(
        actor=stage.actor("chief"), tenant_id=stage.tenant_id, case_id=case_id, at=stage.now
    )
    assert proof is not None and proof.findings == ()


def test_what_was_replaced_on_the_way_is_bound_by_its_revision(stage: Stage) -> None:
    ref = stage.draft(files=[("計画.txt", WORM)])
    sha256 = attached(ref)
    stage.submit(ref)
    stage.send_back(ref.draft_id, "deputy_director")
    (file,) = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    drafting.replace(
        actor=stage.actor("chief"),
        tenant_id=ref.tenant_id,
        draft_id=ref.draft_id,
        attachment_id=file.id,
        filename="計画.txt",
        stream=io.BytesIO(b"clean"),
        at=stage.later(),
    )
    found_in(stage, sha256)
    with pytest.raises(CannotRemove, match=str(ref.draft_id)):
        operations.remove(tenant_id=stage.tenant_id, sha256=sha256, at=stage.now)


def test_what_arrived_from_outside_is_bound_by_its_receipt(db: None, told: Told) -> None:
    stage = mail_room.open_mail_room()
    done = mail_room.receive(stage, files=(("照会.pdf", WORM),))
    (file,) = Receipt.objects.get(tenant_id=stage.tenant_id).files
    sha256 = found_in(stage, file["sha256"])
    with pytest.raises(CannotRemove, match=str(done.receipt_id)):
        operations.remove(tenant_id=stage.tenant_id, sha256=sha256, at=stage.now)
    assert f"収受 {stage.tenant_id}-{done.receipt_id}" in told("infected")[1]


def test_only_what_is_infected_is_taken_away(stage: Stage) -> None:
    sha256 = attached(stage.draft(files=[("計画.txt", b"plan")]))
    with pytest.raises(CannotRemove, match="ウイルスが見つかったファイルではありません"):
        operations.remove(tenant_id=stage.tenant_id, sha256=sha256, at=stage.now)
    assert there(stage, sha256)


@pytest.mark.parametrize("words", [(), ("--all", "0" * 64)])
def test_it_must_be_said_what_to_remove(stage: Stage, told: Told, words: tuple[str, ...]) -> None:
    with pytest.raises(Cannot, match="どちらか"):
        told("remove", *words, "--tenant", str(stage.tenant_id))


def test_the_same_file_attached_again_is_there_again_and_still_infected(stage: Stage, told: Told) -> None:
    sha256 = found_in(stage, attached(stage.draft(files=[("計画.txt", WORM)])))
    operations.remove(tenant_id=stage.tenant_id, sha256=sha256, at=stage.now)
    inspecting.scan(tenant_id=stage.tenant_id, sha256=sha256, at=stage.now)
    stage.draft(files=[("計画.txt", WORM)])
    (one,) = json.loads(told("infected", "--json")[1])
    assert one["size"] == len(WORM) and one["removed_at"] is None


def test_a_file_that_goes_while_it_is_attached_is_refused(stage: Stage) -> None:
    sha256 = found_in(stage, attached(stage.draft(files=[("計画.txt", WORM)])))
    operations.remove(tenant_id=stage.tenant_id, sha256=sha256, at=timezone.now())
    with pytest.raises(CannotStore, match="消されました"):
        inspected.look_into(tenant_id=stage.tenant_id, sha256=sha256, at=stage.now)
