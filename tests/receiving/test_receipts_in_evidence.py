"""What arrived goes along in the evidence of a case that answers it, or that it was joined to."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from mail_room import act, receive

from kessai.decisions.evidence import queries
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.ledger import sequencer
from merklelog.evidence.making import Bundle
from merklelog.evidence.result import Result
from merklelog.evidence.verifying import verify
from stage import Stage

FILES = (("照会.pdf", b"%PDF-1.7 letter"), ("別紙.txt", b"12345"))


def where(stage: Stage, case: UUID) -> dict[str, Any]:
    sequencer.step(at=stage.now)
    return {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "case_id": case, "at": stage.now}


def judged(bundle: Bundle) -> Result:
    result = verify(BytesIO(bundle.to_bytes()))
    assert result.holds, result.findings
    return result


def paths(result: Result) -> list[str]:
    return [each.path for each in result.documents if "received" in each.path]


def test_files_of_a_receipt_that_was_joined_are_bound_by_the_act_that_joined_it(stage: Stage) -> None:
    done, case = receive(stage, files=FILES), stage.decided()
    act(stage, "join", done.receipt_id, "director", case_id=case)
    result = judged(queries.full(**where(stage, case)))
    joined = result.acts[-1]
    assert joined.fields["kind"] == "receipt_joined"
    assert joined.fields["payload.received.2.filename"] == "別紙.txt"
    assert joined.fields["payload.received.2.number"] == done.number
    assert paths(result) == [f"data/files/{joined.seq:05}/payload.received.{n}" for n in ("1.pdf", "2.txt")]
    assert result.claim is not None and result.claim.kind == "full"


def test_a_file_that_was_received_is_shown_or_withheld_as_an_attachment_is(stage: Stage) -> None:
    done, case = receive(stage, files=FILES), stage.decided()
    act(stage, "join", done.receipt_id, "director", case_id=case)
    here = where(stage, case)
    view = queries.offered(**here)
    fields, files = queries.shown_at_first(view)
    assert not any("received" in name for _, name in fields)
    assert paths(judged(queries.redacted(shown=fields, files=files, **here))) == []

    last, second = view.acts[-1].seq, next(file for file in view.files if file.filename == "別紙.txt")
    shown = fields | {(last, f"payload.received.2.{part}") for part in ("sha256", "filename")}
    result = judged(queries.redacted(shown=shown, files={second.sha256}, **here))
    assert paths(result) == [f"data/files/{last:05}/payload.received.2.txt"]
    assert "payload.received.1.sha256" in result.acts[-1].withheld
    assert "照会.pdf" not in str(result.acts)


def test_an_answer_binds_what_it_answers_also_where_its_draft_left_it_out(stage: Stage) -> None:
    done = receive(stage, files=FILES)
    ref = act(stage, "begin", done.receipt_id, matter_code="notice")
    save = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "draft_id": ref.draft_id}
    drafting.save(**save, typed={"text": "回答してよろしいか伺います。"}, version=None, at=stage.later())
    draft = drafts.draft(**save, at=stage.now)
    drafting.detach(**save, attachment_id=draft.attachments[0].id, at=stage.later())
    case = stage.submit(ref).case_id
    result = judged(queries.full(**where(stage, case)))
    assert [each.path for each in result.documents] == [
        "data/files/00001/attachment.1.txt",
        "data/files/00001/payload.received.1.pdf",
    ]
