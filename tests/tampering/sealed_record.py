"""A record made by the public acts and sealed, ways to tamper with it, and what verifying says then."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.core.management import call_command
from django.utils import translation
from psycopg import sql

import stage as the_stage
import witnesses
from issuing import office
from kessai.config.commands import Finished
from kessai.decisions import coversheet, verification
from kessai.decisions import operations as deciding
from kessai.decisions.previewing import operations as previewing
from kessai.decisions.previewing import queries as previews
from kessai.decisions.receiving.rules import Typed
from kessai.decisions.talking import operations as talking
from kessai.drafting import operations as drafting
from kessai.drafting.operations import DraftRef
from kessai.ledger import sequencer, stamping
from kessai.signing.clocks import DEMO, Clock
from receiving import mail_room

TABLES = (
    "drafting_draft",
    "drafting_attachment",
    "drafting_revision",
    "decisions_case",
    "decisions_step",
    "decisions_event",
    "decisions_request",
    "decisions_preview",
    "decisions_decidedoriginal",
    "decisions_coversheet",
    "decisions_signedsheet",
    "decisions_stampedfile",
    "decisions_issuing",
    "decisions_issue",
    "decisions_receipt",
    "decisions_receiptevent",
    "decisions_receiptlink",
    "records_numberseries",
    "records_documentnumber",
    "records_recordfile",
    "records_record",
    "records_receiptseries",
    "records_receiptnumber",
    "ledger_entry",
    "ledger_pending",
    "ledger_leaf",
    "ledger_checkpoint",
    "ledger_timestamp",
    "ledger_key",
    "ledger_cosignature",
    "ledger_alarm",
    "ledger_alarmend",
)


@dataclass
class Cases:
    """``contract``: files, consent, a question answered, circulated and read; ``again``: returned once, then decided;
    ``delegated``: decided by 専決; ``notice``: issued under a seal; ``routed``, ``returned``: under way;
    ``receipt``: what arrived, and the case that answers it is ``answer``; ``waiting``: its entry has no number."""

    contract: UUID
    again: UUID
    delegated: UUID
    notice: UUID
    routed: UUID
    returned: UUID
    receipt: UUID
    answer: UUID
    waiting: UUID


class Record:
    """A sealed record that can be tampered with and put back."""

    def __init__(self, root: Path, connection: psycopg.Connection) -> None:
        self.root, self.kept = root / "now", root / "kept"
        self.superuser = connection
        self.cases: Cases = None  # type: ignore[assignment]
        self.tenant = 700

    def settings(self) -> dict[str, Path]:
        return {
            f"KESSAI_{name}": self.root / name for name in ("BLOBS", "LEDGER_DIR", "KEYS_DIR", "POLICY_DIR")
        }

    @property
    def log(self) -> Path:
        return self.root / "LEDGER_DIR" / str(self.tenant)

    def run(self, statement: str, **params: Any) -> int:
        """Do as a superuser does who has switched the triggers off; how many rows it changed."""
        with self.superuser.transaction():
            self.superuser.execute("SET LOCAL session_replication_role = replica")
            return self.superuser.execute(statement, params).rowcount

    def one(self, question: str, **params: Any) -> Any:
        row = self.superuser.execute(question, params).fetchone()
        assert row is not None
        return row[0] if len(row) == 1 else row

    def keep(self) -> None:
        self.superuser.execute("CREATE SCHEMA kept")
        for table in TABLES:
            self.superuser.execute(
                sql.SQL("CREATE TABLE kept.{0} AS TABLE {0}").format(sql.Identifier(table))
            )
        shutil.copytree(self.root, self.kept)

    def put_back(self) -> None:
        again = sql.SQL("DELETE FROM {0}; INSERT INTO {0} SELECT * FROM kept.{0}")
        with self.superuser.transaction():
            self.superuser.execute("SET LOCAL session_replication_role = replica")
            self.superuser.execute(sql.SQL("; ").join(again.format(sql.Identifier(t)) for t in TABLES))
        shutil.rmtree(self.root)
        shutil.copytree(self.kept, self.root)


class Verified:
    """What ``kessai ledger verify`` says now."""

    def __init__(self) -> None:
        self.report = verification.verify_all()
        self.findings = [named.finding for named in self.report.findings]

    def names(self, case: UUID | None, field: str = "", what: str = "") -> bool:
        """Whether it names this case, and this field or kind of finding if they are given."""
        return any(
            each.case == case and field in each.field and (not what or each.what == what)
            for each in self.findings
        )

    def __str__(self) -> str:
        return "\n".join(f"{f.what} {f.case} {f.seq} {f.field}: {f.text}" for f in self.findings)


def command_says(*words: str) -> tuple[int, str]:
    """Exit code and output of ``kessai ledger verify``, in Japanese."""
    out = io.StringIO()
    code = 0
    with translation.override("ja"):
        try:
            call_command("ledger", "verify", *words, stdout=out)
        except Finished as finished:
            code = finished.code
    return code, out.getvalue()


def command_json() -> tuple[int, Any]:
    code, said = command_says("--json")
    return code, json.loads(said)


def act(stage: the_stage.Stage) -> Cases:
    """Decide, return, submit again, read: through the public acts, sealed in several batches."""
    files = [("仕様書.txt", b"specification" * 50), ("見積.csv", b"a,b\n1,2\n")]
    ref = stage.draft(
        "contract",
        files=files,
        title="調査の委託",
        amount="23,100,000",
        counterparty="株式会社試験",
        deadline="2026-12-01",
        urgent_reason="年内に着手するため",
    )
    _previewed(stage, ref)
    contract = stage.submit(ref).case_id
    stage.approve(contract, "deputy_director", opinion="異存なし")
    stage.approve(contract, "director", "budget")
    _asked(stage, contract)
    sequencer.step(at=stage.later())
    stage.decide(contract, opinion="早期に着手すること")
    again = _returned_once(stage)
    sequencer.step(at=stage.later())
    stage.approve(again, "deputy_director", "director", "budget", "document")
    stage.decide(again)
    delegated = stage.submitted("reply", title="照会への回答")
    stage.approve(delegated, "deputy_director")
    stage.decide(delegated, "director")
    _read(stage, contract)
    notice = _issued(stage)
    routed = stage.submitted("r3", title="経路の途中の件")
    stage.approve(routed, "deputy_director")
    returned = stage.submitted(title="差し戻された件")
    stage.send_back(returned, "deputy_director", "根拠を足してください")
    receipt, answer = _answered(stage)
    coversheet.make(tenant_id=stage.tenant_id, case_id=contract, at=stage.later(hours=1))
    coversheet.sign(tenant_id=stage.tenant_id, case_id=contract, at=stage.later(hours=1))
    sequencer.step(at=stage.later())
    stamping.stamp(tenant_id=stage.tenant_id, at=stage.later(), asked=[Clock(DEMO)])
    witnesses.policy(stage.tenant_id, [(witnesses.ARCHIVE, "http://archive.example/")])
    witnesses.cosign(stage.tenant_id, witnesses.ARCHIVE, at=stage.now)
    witnesses.object_to(stage.tenant_id, witnesses.PRESS, at=stage.now)
    witnesses.acknowledge(stage.tenant_id, at=stage.now)
    waiting = stage.submitted(title="番号を待つ件")
    return Cases(contract, again, delegated, notice, routed, returned, receipt, answer, waiting)


def _issued(stage: the_stage.Stage) -> UUID:
    """A notice of which one record was corrected and the other has its seal; one addressee is left."""
    office.equip(stage)
    case = office.notice(stage)
    wrong = office.issue(stage, case, "甲県知事", "乙県知事").seq
    right: Any = {"method": "mail", "seal": "minister", "replaces": wrong, "remark": "乙県と丙県は後日"}
    office.issue(stage, case, "甲県知事", **right)
    office.act(stage, "put_seal", case, "document", **office.asked_seal(stage, case))
    return case


def _answered(stage: the_stage.Stage) -> tuple[UUID, UUID]:
    """What arrived, corrected once, and the case under way that answers it."""
    mail_room.equip(stage)
    receipt = mail_room.receive(stage).receipt_id
    typed = Typed(**{**mail_room.TYPED, "sender": "乙県知事"})
    files = mail_room.page(stage, receipt).files
    mail_room.act(stage, "correct", receipt, typed=typed, files=files, reason="差出人の誤り")
    ref = mail_room.act(stage, "begin", receipt, matter_code="r1")
    drafting.save(
        actor=stage.actor("chief"),
        tenant_id=stage.tenant_id,
        draft_id=ref.draft_id,
        typed={"text": "回答してよろしいか伺います。"},
        version=None,
        at=stage.later(),
    )
    return receipt, stage.submit(ref).case_id


def _previewed(stage: the_stage.Stage, ref: DraftRef) -> None:
    """Somebody looks at the draft before it is submitted, and says something."""
    here: dict[str, Any] = {"tenant_id": ref.tenant_id, "draft_id": ref.draft_id}
    asked = previewing.ask(
        **here,
        actor=stage.actor("chief"),
        post_id=stage.posts["budget"],
        act_id=uuid4(),
        at=stage.later(),
        note="積算を見てください",
    )
    actor = stage.actor("budget")
    version = previews.shown(**here, actor=actor, at=stage.now).draft.version
    previewing.remark(
        **here, actor=actor, preview_id=asked, version=version, at=stage.later(), text="異存なし"
    )


def _asked(stage: the_stage.Stage, case: UUID) -> None:
    """What a question leaves: one answered, one that is open until the case ends."""
    here: dict[str, Any] = {"tenant_id": stage.tenant_id, "case_id": case}
    for question in ("単価の根拠は何ですか", "着手はいつですか"):
        asked = talking.ask(
            **here,
            actor=stage.actor("director"),
            post_id=stage.posts["chief"],
            act_id=uuid4(),
            at=stage.later(),
            question=question,
        )
    talking.answer(
        **here,
        actor=stage.actor("chief"),
        request=asked.seq,
        act_id=uuid4(),
        at=stage.later(),
        text="来月です",
    )


def _returned_once(stage: the_stage.Stage) -> UUID:
    ref = stage.draft("r2", files=[("案.txt", b"first")], title="計画の改定")
    case = stage.submit(ref).case_id
    stage.approve(case, "deputy_director")
    stage.send_back(case, "director", "別紙を付けてください")
    drafting.attach(
        actor=stage.actor("chief"),
        tenant_id=ref.tenant_id,
        draft_id=ref.draft_id,
        filename="別紙.txt",
        title="別紙",
        stream=io.BytesIO(b"annex"),
        at=stage.later(),
    )
    stage.submit(ref)
    return case


def _read(stage: the_stage.Stage, case: UUID) -> None:
    deciding.mark_read(
        actor=stage.actor("document"),
        tenant_id=stage.tenant_id,
        case_id=case,
        position=stage.step(case, "document"),
        act_id=uuid4(),
        at=stage.later(),
    )
