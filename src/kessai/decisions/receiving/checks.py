"""Comparing what is stored of receipts with what the log has bound: every field of every event, and what follows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kessai.decisions import machine
from kessai.decisions.models import Event, Receipt, ReceiptEvent
from kessai.decisions.receiving import events, rules, writes
from kessai.drafting import queries as drafts
from kessai.kernel.words import N_, Plain
from kessai.ledger import queries as ledger
from kessai.ledger.findings import Finding, finding
from kessai.ledger.queries import AppendedLeaf
from kessai.ledger.sealing import mismatches
from kessai.records import queries as records
from kessai.records.queries import GivenReceiptNumber

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything stored of one receipt."""

    tenant_id: int
    receipt_id: UUID
    row: Receipt | None
    events: Sequence[ReceiptEvent]
    leaves: Mapping[int, AppendedLeaf]
    number: tuple[GivenReceiptNumber, datetime] | None
    gone_with: Mapping[str, Any] | None = None
    """What the act says by which the case went that it says it was destroyed with."""


def is_receipt(leaves: Mapping[int, AppendedLeaf]) -> bool:
    """Whether the entries of the log under an id are of a receipt, and not of a case."""
    return any(events.MARK in appended.leaf for appended in leaves.values())


def names(tenant_id: int, ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Number and title of those of some ids that are receipts."""
    rows = Receipt.objects.filter(tenant_id=tenant_id, id__in=list(ids)).values_list("id", "number", "title")
    return {receipt: (number, title) for receipt, number, title in rows}


def receipt_ids(*, tenant_id: int) -> set[UUID]:
    """Every receipt that a table still knows of."""
    mine = {"tenant_id": tenant_id}
    found = set(Receipt.objects.filter(**mine).values_list("id", flat=True))
    found |= set(ReceiptEvent.objects.filter(**mine, seq=1).values_list("receipt_id", flat=True))
    return found | records.numbered_receipts(tenant_id=tenant_id)


def stored_receipts(*, tenant_id: int, receipt_ids: Collection[UUID]) -> Iterator[Stored]:
    """What is stored of receipts, read a few hundred at a time, in the order of their ids."""
    wanted = sorted(receipt_ids)
    for start in range(0, len(wanted), CHUNK):
        ids = wanted[start : start + CHUNK]
        rows = {row.id: row for row in Receipt.objects.filter(tenant_id=tenant_id, id__in=ids)}
        of: dict[UUID, list[ReceiptEvent]] = {}
        for event in ReceiptEvent.objects.filter(tenant_id=tenant_id, receipt_id__in=ids).order_by("seq"):
            of.setdefault(event.receipt_id, []).append(event)
        leaves = ledger.leaves_of(tenant_id=tenant_id, case_ids=ids)
        numbers = records.receipt_numbers(tenant_id=tenant_id, receipt_ids=ids)
        acts = _acts_of_destruction(tenant_id, [each[-1] for each in of.values()])
        for each in ids:
            yield Stored(
                *(tenant_id, each, rows.get(each), of.get(each, ()), leaves.get(each, {}), numbers.get(each)),
                gone_with=acts.get(each),
            )


def _acts_of_destruction(tenant_id: int, last: Sequence[ReceiptEvent]) -> dict[UUID, Mapping[str, Any]]:
    """By receipt, what the case's act of destruction says, for those whose last event says they went with a case."""
    said = {
        event.receipt_id: str(event.payload.get("case")) for event in last if event.kind == rules.DESTROYED
    }
    cases = [UUID(case) for case in said.values() if _is_id(case)]
    acts = Event.objects.filter(tenant_id=tenant_id, case_id__in=cases, kind=machine.DESTROYED_EVENT)
    payloads = {str(case): payload for case, payload in acts.values_list("case_id", "payload")}
    return {receipt: payloads[case] for receipt, case in said.items() if case in payloads}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class _Check:
    """Collects what does not match in one receipt."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.found: list[Finding] = []

    def add(
        self, what: str, message: str, *, seq: int | None = None, field: str = "", **params: Plain
    ) -> None:
        stored = self.stored
        self.found.append(
            finding(stored.tenant_id, what, message, case=stored.receipt_id, seq=seq, field=field, **params)
        )

    def same(self, field: str, now: object, then: object) -> None:
        if now != then:
            self.add("derived", N_("%(name)s が、記録された事実と合いません。"), field=field, name=field)


def check_receipt(stored: Stored) -> list[Finding]:
    """Everything in a stored receipt that does not match what the log has bound."""
    check = _Check(stored)
    if stored.row is None:
        check.add("missing_receipt", N_("収受した文書の記録が、まるごと失われています。"), field="receipt")
    _check_events(check)
    try:
        _check_row(check)
    except (ValueError, TypeError, AttributeError, LookupError):
        check.add(
            "unreadable",
            N_("%(name)s の記録が、読み取れない形に変えられています。"),
            field="receipt",
            name="receipt",
        )
    return check.found


def _was_destroyed(stored: Stored) -> bool:
    """Whether its content was destroyed with its case: of its events the one that says so is left."""
    return bool(stored.events) and stored.events[-1].kind == rules.DESTROYED


def _check_events(check: _Check) -> None:
    there = {event.seq: event for event in check.stored.events}
    last = max((*there, *check.stored.leaves), default=0)
    emptied = _was_destroyed(check.stored)
    for seq in sorted({*there, *check.stored.leaves} | set(range(1, min(last, 100_000) + 1))):
        event, leaf = there.get(seq), check.stored.leaves.get(seq)
        if event is None and emptied and leaf is not None and seq < last:
            continue
        if event is None:
            check.add("deleted_event", N_("%(n)s番目の記録が、失われています。"), seq=seq, n=seq)
        elif leaf is None:
            check.add("unbound_event", N_("%(n)s番目の記録が、台帳に載っていません。"), seq=seq, n=seq)
        else:
            _check_event(check, event, leaf)


def _check_event(check: _Check, event: ReceiptEvent, appended: AppendedLeaf) -> None:
    if appended.appended_at != event.at:
        check.same(f"entry {event.seq}.appended_at", appended.appended_at, event.at)
    try:
        digests = {str(k): str(v) for k, v in json.loads(appended.leaf)["fields"].items()}
        bound = events.fields(event)
        wrong = mismatches(bytes(event.salt), bound, digests)
        # Where nothing fits, it is the salt that was changed, or the event stands in another's place.
        if set(wrong) == {*bound, *digests}:
            wrong = ["salt"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        wrong = ["leaf"]
    for name in wrong:
        check.add(
            "altered",
            N_("%(n)s番目の記録の「%(name)s」が、台帳に載せた時と違います。"),
            seq=event.seq,
            field=name,
            n=event.seq,
            name=name,
        )


def _check_row(check: _Check) -> None:
    stored, row = check.stored, check.stored.row
    gone = _was_destroyed(stored)
    if not stored.events or row is None or not (gone or stored.events[0].kind == rules.RECEIVED):
        return
    first: Mapping[str, Any] = stored.events[0].payload
    registered = datetime.fromisoformat(first["registered_at"]) if gone else stored.events[0].at
    now = rules.standing([rules.Told(e.seq, e.kind, e.payload) for e in stored.events])
    for column, then in writes.columns(now).items():
        check.same(f"receipt.{column}", getattr(row, column), then)
    for column, then in (
        ("unit_id", first["unit"]),
        ("unit_name", first["unit_name"]),
        ("fiscal_year", first["fiscal_year"]),
        ("serial", first["serial"]),
        ("number", first["number"]),
        ("last_seq", stored.events[-1].seq),
        ("registered_at", registered),
        ("updated_at", stored.events[-1].at),
    ):
        check.same(f"receipt.{column}", getattr(row, column), then)
    then = GivenReceiptNumber(first["unit"], first["fiscal_year"], first["serial"], first["number"])
    check.same("receipt number", stored.number, (then, registered))
    if gone:
        check.same("receipt.events", len(stored.events), 1)
        by = stored.gone_with or {}
        check.same("receipt.case", str(stored.receipt_id) in by.get("case", {}).get("receipts", ()), True)
        check.same("receipt.consent", first["consent"], by.get("consent"))
    _check_files(check, [file for event in stored.events for file in event.payload.get("files", ())])


def _check_files(check: _Check, files: Sequence[Mapping[str, Any]]) -> None:
    for file in {str(each["sha256"]): each for each in files}.values():
        digest = str(file["sha256"])
        now = drafts.hash_stored(tenant_id=check.stored.tenant_id, sha256=digest)
        if now != digest:
            check.add(
                "attachment",
                N_("収受した「%(title)s」の本体が失われています。")
                if now is None
                else N_("収受した「%(title)s」の中身が、収受した時と違います。"),
                field="file",
                title=str(file["title"]),
            )
