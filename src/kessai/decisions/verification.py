"""Recomputing the record: of every ministry, of one ministry's cases, of one decision before a user's eyes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions import access, machine
from kessai.decisions.checks import check_case, sealing_event
from kessai.decisions.models import Case, Event, ReceiptEvent
from kessai.decisions.receiving import checks as receipts
from kessai.decisions.stored import case_ids, stored_cases, tenants
from kessai.drafting import queries as drafts
from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.ledger import queries as ledger
from kessai.ledger import verification as log
from kessai.ledger.findings import Finding, finding
from kessai.ledger.published import Published, published_logs
from kessai.ledger.queries import Proof
from kessai.records import queries as records

__all__ = [
    "CannotVerify",
    "DecisionProof",
    "Named",
    "Report",
    "check_case",
    "stored_cases",
    "verify_all",
    "verify_decision",
    "verify_records",
]


class CannotVerify(Cannot):
    """There is nothing to verify where one was asked to."""


@dataclass(frozen=True, slots=True)
class Named:
    """A finding, with number and title of its case to find it by; empty where it belongs to none."""

    finding: Finding
    number: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What verifying came to. ``pending``: entries that wait for their number, which is no fault; ``destroyed``: cases
    of which only the act is left by which their content lawfully went."""

    tenants: int
    cases: int
    destroyed: int
    events: int
    entries: int
    pending: int
    findings: tuple[Named, ...]

    @property
    def clean(self) -> bool:
        return not self.findings


def verify_all(*, tenant_id: int | None = None) -> Report:
    """Recompute the record of every ministry, or of one, in one view of the database.

    It may run beside a working system: what is written meanwhile is not in the view. CannotVerify for a
    ministry that has neither record nor log.
    """
    # Files first, then rows: the sequencer commits rows before it writes the files that claim them.
    published = published_logs()
    with log.snapshot():
        everyone = tenants() | set(log.logs()) | published.keys()
        if tenant_id is not None and tenant_id not in everyone:
            raise CannotVerify(
                N_("番号%(n)sの府省には、記録も台帳もありません。"),
                N_("番号は kessai ledger show で確かめられます。"),
                n=tenant_id,
            )
        chosen = sorted(everyone) if tenant_id is None else [tenant_id]
        return _report([_verify_one(each, published.get(each)) for each in chosen])


@dataclass(frozen=True, slots=True)
class _One:
    found: tuple[Named, ...]
    cases: int
    destroyed: int
    events: int
    count: log.LogCount


def _verify_one(tenant_id: int, published: Published | None) -> _One:
    in_log, count = log.verify_log(tenant_id, published or Published(None, 0))
    in_records, cases = verify_records(tenant_id)
    found = sorted([*in_log, *in_records], key=_by_case)
    mine = {"tenant_id": tenant_id}
    events = Event.objects.filter(**mine).count() + ReceiptEvent.objects.filter(**mine).count()
    destroyed = Event.objects.filter(**mine, kind=machine.DESTROYED_EVENT).count()
    return _One(_named(tenant_id, found), cases, destroyed, events, count)


def _by_case(each: Finding) -> tuple[str, int]:
    return str(each.case or ""), each.seq or 0


def _report(ones: list[_One]) -> Report:
    return Report(
        tenants=len(ones),
        cases=sum(one.cases for one in ones),
        destroyed=sum(one.destroyed for one in ones),
        events=sum(one.events for one in ones),
        entries=sum(one.count.entries for one in ones),
        pending=sum(one.count.pending for one in ones),
        findings=tuple(named for one in ones for named in one.found),
    )


def _named(tenant_id: int, found: Iterable[Finding]) -> tuple[Named, ...]:
    found = list(found)
    wanted = {each.case for each in found if each.case is not None}
    names = _titles(tenant_id, wanted)
    return tuple(Named(each, *(names.get(each.case, ("", "")) if each.case else ("", ""))) for each in found)


def _titles(tenant_id: int, ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """Number and title of cases, from whatever of them is left."""
    rows = Case.objects.filter(tenant_id=tenant_id, id__in=ids).values_list("id", "number", "title")
    names = {case: (number, title) for case, number, title in rows}
    gone = ids - names.keys()
    kept = records.stored(tenant_id=tenant_id, case_ids=gone)
    revisions = drafts.stored_revisions(tenant_id=tenant_id, draft_ids=gone)
    names |= receipts.names(tenant_id, gone)
    for case in gone - names.keys():
        given = kept[case].number if case in kept else None
        latest = revisions[case][max(revisions[case])].content_json if case in revisions else None
        title = latest.get("title", "") if isinstance(latest, dict) else ""
        names[case] = (given.text if given else "", str(title))
    return names


def verify_records(tenant_id: int) -> tuple[list[Finding], int]:
    """All that does not match in the cases of a ministry, and how many were looked at."""
    found: list[Finding] = []
    cases = 0
    of_receipts = receipts.receipt_ids(tenant_id=tenant_id)
    for stored in stored_cases(tenant_id=tenant_id, case_ids=case_ids(tenant_id=tenant_id)):
        if stored.case_id in of_receipts or receipts.is_receipt(stored.leaves):
            of_receipts.add(stored.case_id)
            continue
        cases += 1
        found += check_case(stored)
    for receipt in receipts.stored_receipts(tenant_id=tenant_id, receipt_ids=of_receipts):
        found += receipts.check_receipt(receipt)
    for gap in records.receipt_gaps(tenant_id=tenant_id):
        found.append(
            finding(
                tenant_id,
                "number_gap",
                N_("収受番号の並びに欠けか余りがあります（%(series)s）。"),
                field=f"receipts {gap}",
                series=gap,
            )
        )
    for gap in records.number_gaps(tenant_id=tenant_id):
        found.append(
            finding(
                tenant_id,
                "number_gap",
                N_("文書番号の並びに欠けか余りがあります（%(series)s）。"),
                field=f"series {gap}",
                series=gap,
            )
        )
    for name in records.files_without_origin(tenant_id=tenant_id):
        found.append(
            finding(
                tenant_id,
                "file_origin",
                N_("行政文書ファイル「%(file)s」の作成日か保存期間が、中の文書と合いません。"),
                field=f"file {name}",
                file=name,
            )
        )
    return found, cases


@dataclass(frozen=True, slots=True)
class DecisionProof:
    """What checking one decision came to. ``verdict``: ok, pending (not yet numbered), broken."""

    verdict: str
    number: str
    content_now: str
    content_then: str
    findings: tuple[Finding, ...]
    proof: Proof | None
    included: bool
    signature_ok: bool
    fields: int

    @property
    def content_same(self) -> bool:
        return self.content_now == self.content_then and not self.findings


def verify_decision(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> DecisionProof | None:
    """Check one decision, or one circulation that is over, anew: its record, its place in the log, the log's signature.

    None where there is neither.
    """
    with log.snapshot():
        access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
        (stored,) = stored_cases(tenant_id=tenant_id, case_ids=[case_id])
        decided = sealing_event(stored.events)
        if decided is None:
            return None
        findings = tuple(check_case(stored))
        checked = ledger.check_proof(tenant_id=tenant_id, case_id=case_id, seq=decided.seq)
    broken = bool(findings) or (checked is not None and not (checked.included and checked.signature_ok))
    body = stored.original.body if stored.original else ""
    return DecisionProof(
        verdict="broken" if broken else "ok" if checked else "pending",
        number=str(decided.payload.get("number") or (stored.case.number if stored.case else "")),
        content_now=hashlib.sha256(body.encode()).hexdigest(),
        content_then=str(decided.payload.get("original", "")),
        findings=findings,
        proof=checked.proof if checked else None,
        included=bool(checked and checked.included),
        signature_ok=bool(checked and checked.signature_ok),
        fields=sum(_bound_fields(appended.leaf) for appended in stored.leaves.values()),
    )


def _bound_fields(leaf: bytes) -> int:
    try:
        return len(json.loads(leaf)["fields"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0
