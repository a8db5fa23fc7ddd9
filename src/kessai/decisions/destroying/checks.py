"""What is left of a destroyed case, against the act by which its content went (see decisions.checks)."""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kessai.decisions import machine
from kessai.decisions.destroying import queries
from kessai.decisions.destroying.rules import untrue
from kessai.decisions.events import moment
from kessai.decisions.models import Case, Event
from kessai.decisions.stored import Stored
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_
from merklelog.evidence.acts import Disclosed, differing, parse_leaf

if TYPE_CHECKING:
    from kessai.decisions.checks import _Check


def was_destroyed(stored: Stored) -> bool:
    """Whether the record says that the content of a case was destroyed: by its last act."""
    return bool(stored.events) and stored.events[-1].kind == machine.DESTROYED_EVENT


def check_destroyed(check: _Check) -> None:
    """That nothing of the content is left, that what is left is what the act says, and that it was after the period."""
    stored, event = check.stored, check.stored.events[-1]
    said = event.payload
    _check_nothing_left(check, event)
    if stored.case is not None:
        _check_case(check, stored.case, event)
    _check_register(check, event)
    _check_number(check, event)
    _check_decision(check, event)
    day, record, consent = day_in_japan(event.at), said["record"], said["consent"]
    lawful = date.fromisoformat(record["expires_on"]) < day and date.fromisoformat(consent["on"]) <= day
    if not lawful or not consent["by"] or not consent["reference"]:
        check.add(
            "unlawful",
            N_("保存期間の満了より前か、同意のないまま廃棄されています。"),
            seq=event.seq,
            field="payload.consent",
        )


def _check_nothing_left(check: _Check, event: Event) -> None:
    stored = check.stored
    kept = {
        "events": len(stored.events) > 1,
        "steps": stored.steps,
        "revisions": stored.revisions,
        "original": stored.original,
        "cover_sheets": stored.cover_sheets,
        "signed_sheets": stored.signed_sheets,
        "record": stored.record.filed if stored.record else None,
        "link": stored.link,
        "issuing": stored.issuing,
        "issues": stored.issues,
        "sealed_letters": stored.sealed_letters,
        "stamped_files": stored.stamped_files,
        "receipts": stored.receipts,
        "requests": stored.requests,
        "previews": stored.previews,
    }
    for name, there in kept.items():
        check.same(name, "existence", bool(there), False)
    for name in queries.content_left(tenant_id=stored.tenant_id, case_id=stored.case_id):
        check.same(name, "existence", True, False)
    draft = stored.draft
    check.same("draft", "existence", draft is not None, True)
    if draft is not None:
        check.all_same(
            "draft",
            (
                ("matter_code", draft.matter_code, ""),
                ("open", draft.open, False),
                ("revisions", draft.revisions, 0),
                ("attachments", draft.files, ()),
                ("bare", draft.bare, True),
                ("person_id", draft.person_id, event.person_id),
            ),
        )


def _check_case(check: _Check, case: Case, event: Event) -> None:
    said: dict[str, Any] = event.payload
    gone, of_case, record = said["destroyed"], said["case"], said["record"]
    decided = datetime.fromisoformat(gone["decided_at"])
    check.all_same(
        "case",
        (
            ("state", case.state, machine.DESTROYED),
            ("title", case.title, gone.get("title", "")),
            ("number", case.number, gone["number"]),
            ("decided_at", case.decided_at, None if of_case["only_read"] else decided),
            ("submitted_at", case.submitted_at, decided),
            ("drafter_post_id", case.drafter_post_id, of_case["post"]),
            ("drafter_unit_id", case.drafter_unit_id, of_case["unit"]),
            ("drafter_unit_name", case.drafter_unit_name, record["unit"]),
            ("needs", list(case.needs), of_case["needs"]),
            ("only_read", case.only_read, of_case["only_read"]),
            ("last_seq", case.last_seq, event.seq),
            ("updated_at", case.updated_at, event.at),
            *((name, getattr(case, name), empty) for name, empty in EMPTIED.items()),
            ("content_hash", bytes(case.content_hash), b""),
        ),
        event.seq,
    )


EMPTIED: dict[str, object] = {
    **dict.fromkeys(("matter_code", "matter_name", "question", "drafter_name"), ""),
    **dict.fromkeys(("amount", "deadline", "flagged_seq")),
    **dict.fromkeys(("urgent", "bulk"), False),
    **dict.fromkeys(("drafter_person_id", "table_id", "revision", "round"), 0),
    "joint_units": [],
}
"""Columns of a case that say nothing any more once it is destroyed (sql/destroying.sql)."""


def _check_register(check: _Check, event: Event) -> None:
    kept, record = check.stored.disposal, event.payload["record"]
    check.same("disposal", "existence", kept is not None, True, event.seq)
    if kept is None:
        return
    check.all_same(
        "disposal",
        (
            ("title", kept.title, event.payload["destroyed"].get("title", "")),
            ("file", kept.file_name, record["file"]),
            ("made_on", kept.made_on.isoformat(), record["made_on"]),
            ("retention_code", kept.retention_code, record["retention_code"]),
            ("starts_on", kept.starts_on.isoformat(), record["starts_on"]),
            ("expires_on", kept.expires_on.isoformat(), record["expires_on"]),
            ("marking", kept.marking, record["marking"]),
            ("disclosure", kept.disclosure, record["disclosure"]),
            ("disposed_at", kept.disposed_at, event.at),
        ),
        event.seq,
    )


def _check_decision(check: _Check, event: Event) -> None:
    """That what is told of the deciding act is what its entry in the log has."""
    said = event.payload["decision"]
    appended = check.stored.leaves.get(said["seq"])
    if appended is None:
        check.same("decision", "leaf", False, True, said["seq"])
        return
    leaf = parse_leaf(appended.leaf)
    for name in [*differing(leaf, told(event)), *untrue(event.payload, leaf.digests)]:
        check.same("decision", name, False, True, said["seq"])


def told(event: Event) -> dict[str, Disclosed]:
    """The fields of the deciding act that go on being proven, as the act of destruction keeps them."""
    return {
        name: Disclosed(base64.urlsafe_b64decode(each["salt"] + "="), each["value"])
        for name, each in event.payload["decision"]["fields"].items()
    }


def _check_number(check: _Check, event: Event) -> None:
    stored = check.stored.record
    number, then = stored.number if stored else None, event.payload["case"]["numbered"]
    check.same("number", "existence", number is not None, then is not None, event.seq)
    if number is None or then is None or stored is None:
        return
    check.all_same(
        "number",
        (
            ("text", number.text, event.payload["destroyed"]["number"]),
            ("symbol", number.symbol, then["symbol"]),
            ("fiscal_year", number.fiscal_year, then["fiscal_year"]),
            ("serial", number.serial, then["serial"]),
            ("given_at", moment(stored.given_at) if stored.given_at else None, then["given_at"]),
        ),
        event.seq,
    )
