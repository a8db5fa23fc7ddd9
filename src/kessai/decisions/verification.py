"""Recomputing the record of cases from what is stored, and comparing it with what the log has bound.

Every event's fields are read back and their salted digests taken again; everything derived — case, steps,
number, filing, decided original, files on disk — must follow from the events.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions import access, events, planning, rules
from kessai.decisions.models import Case, CoverSheet, DecidedOriginal, Event, Step
from kessai.drafting import queries as drafts
from kessai.drafting.queries import FixedRevision
from kessai.drafting.rules import content_hash
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.words import N_, Plain, Text
from kessai.ledger import queries as ledger
from kessai.ledger import verification as log
from kessai.ledger.queries import Proof
from kessai.ledger.sealing import mismatches
from kessai.ledger.verification import Finding
from kessai.records import queries as records
from kessai.records.queries import StoredRecord

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything stored of one case."""

    tenant_id: int
    case_id: UUID
    case: Case | None
    events: Sequence[Event]
    steps: Sequence[Step]
    revisions: Mapping[int, FixedRevision]
    leaves: Mapping[int, bytes]
    original: DecidedOriginal | None
    cover_sheet: CoverSheet | None
    record: StoredRecord | None


def stored_cases(*, tenant_id: int, case_ids: Iterable[UUID]) -> Iterator[Stored]:
    """What is stored of cases, read a few hundred at a time."""
    wanted = sorted(case_ids)
    for start in range(0, len(wanted), CHUNK):
        yield from _chunk(tenant_id, wanted[start : start + CHUNK])


def _chunk(tenant_id: int, ids: Sequence[UUID]) -> Iterator[Stored]:
    cases = {case.id: case for case in Case.objects.filter(tenant_id=tenant_id, id__in=ids)}
    by_case: dict[UUID, list[Event]] = {}
    for event in Event.objects.filter(tenant_id=tenant_id, case_id__in=ids).order_by("seq"):
        by_case.setdefault(event.case_id, []).append(event)
    steps: dict[UUID, list[Step]] = {}
    for step in Step.objects.filter(tenant_id=tenant_id, case_id__in=ids).order_by("round", "position"):
        steps.setdefault(step.case_id, []).append(step)
    revisions: dict[UUID, dict[int, FixedRevision]] = {}
    for (case_id, number), revision in drafts.revisions(tenant_id=tenant_id, draft_ids=ids).items():
        revisions.setdefault(case_id, {})[number] = revision
    leaves = ledger.leaves_of(tenant_id=tenant_id, case_ids=ids)
    originals = {o.case_id: o for o in DecidedOriginal.objects.filter(tenant_id=tenant_id, case_id__in=ids)}
    sheets = {s.case_id: s for s in CoverSheet.objects.filter(tenant_id=tenant_id, case_id__in=ids)}
    kept = records.stored(tenant_id=tenant_id, case_ids=ids)
    for case_id in ids:
        yield Stored(
            tenant_id=tenant_id,
            case_id=case_id,
            case=cases.get(case_id),
            events=by_case.get(case_id, ()),
            steps=steps.get(case_id, ()),
            revisions=revisions.get(case_id, {}),
            leaves=leaves.get(case_id, {}),
            original=originals.get(case_id),
            cover_sheet=sheets.get(case_id),
            record=kept.get(case_id),
        )


class _Check:
    """Collects what does not match in one case."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.found: list[Finding] = []

    def add(
        self, what: str, message: str, *, seq: int | None = None, field: str = "", **params: Plain
    ) -> None:
        self.found.append(
            Finding(self.stored.tenant_id, what, Text(message, params), self.stored.case_id, seq, field)
        )

    def same(self, place: str, field: str, now: object, then: object, seq: int | None = None) -> None:
        if now != then:
            self.add(
                "derived",
                N_("「%(place)s」の %(name)s が、記録された事実と合いません。"),
                seq=seq,
                field=f"{place}.{field}",
                place=place,
                name=field,
            )


def check_case(stored: Stored) -> list[Finding]:
    """Everything in a stored case that does not match what the log has bound."""
    check = _Check(stored)
    if stored.case is None:
        check.add("missing_case", N_("台帳に記録のある案件が、まるごと失われています。"))
    _check_sequence(check)
    for event in stored.events:
        _check_event(check, event)
    submitted = [event for event in stored.events if event.kind == rules.SUBMITTED]
    if stored.case is not None and submitted:
        _check_route(check, stored.case)
        _check_columns(check, stored.case, submitted)
        _check_decision(check, stored.case)
    return check.found


def _check_sequence(check: _Check) -> None:
    there = {event.seq for event in check.stored.events}
    last = max(there | set(check.stored.leaves), default=0)
    for seq in range(1, last + 1):
        if seq not in there:
            check.add(
                "deleted_event", N_("台帳に載っている%(n)s番目の記録が、失われています。"), seq=seq, n=seq
            )
        elif seq not in check.stored.leaves:
            check.add("unbound_event", N_("%(n)s番目の記録が、台帳に載っていません。"), seq=seq, n=seq)


def _check_event(check: _Check, event: Event) -> None:
    """Take the digests of the event's fields again and name each that the leaf does not have."""
    revision = check.stored.revisions.get(event.revision)
    leaf = check.stored.leaves.get(event.seq)
    submits = event.kind == rules.SUBMITTED
    if submits and revision is None:
        check.add(
            "missing_revision", N_("第%(n)s版の内容が失われています。"), seq=event.seq, n=event.revision
        )
    elif submits and revision is not None:
        _check_revision(check, event, revision)
    if leaf is None:
        return
    bound = events.fields(
        event,
        content=revision.content_json if submits and revision else None,  # type: ignore[arg-type]
        attachments=revision.attachments_json if submits and revision else (),  # type: ignore[arg-type]
    )
    for name in mismatches(bytes(event.salt), bound, _digests(leaf)):
        check.add(
            "altered",
            N_("%(n)s番目の記録の「%(name)s」が、台帳に載せた時と違います。"),
            seq=event.seq,
            field=name,
            n=event.seq,
            name=name,
        )


def _digests(leaf: bytes) -> dict[str, str]:
    try:
        fields = json.loads(leaf)["fields"]
        return {str(name): str(digest) for name, digest in fields.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _check_revision(check: _Check, event: Event, revision: FixedRevision) -> None:
    recomputed = content_hash(revision.content_json, revision.attachments_json)  # type: ignore[arg-type]
    if not recomputed == revision.content_hash == bytes.fromhex(str(event.payload.get("content_hash", ""))):
        check.add(
            "content_hash",
            N_("第%(n)s版の指紋が、内容と合いません。"),
            seq=event.seq,
            field="content_hash",
            n=event.revision,
        )
    for number, file in enumerate(revision.attachments, start=1):
        if drafts.hash_stored(tenant_id=check.stored.tenant_id, sha256=file.sha256) != file.sha256:
            check.add(
                "attachment",
                N_("添付%(n)s「%(title)s」の中身が、提出した時と違います。"),
                seq=event.seq,
                field=f"attachment.{number}.bytes",
                n=number,
                title=file.title,
            )


def _check_route(check: _Check, case: Case) -> None:
    """Replay the events and compare every step."""
    rounds: dict[int, tuple[rules.Step, ...]] = {}
    opened: dict[tuple[int, int], datetime] = {}
    acted: dict[tuple[int, int], int] = {}
    state = rules.ROUTED
    for event in check.stored.events:
        happened = rules.Happened(event.kind, event.round, event.position, _route_of(event))
        state, rounds = rules.happen(state, rounds, happened)
        for step in rounds.get(event.round, ()):
            if step.state == rules.OPEN:
                opened.setdefault((event.round, step.position), event.at)
        if event.position is not None:
            acted[event.round, event.position] = event.seq
    check.same("case", "state", case.state, state)
    expected = {(n, step.position): step for n, steps in rounds.items() for step in steps}
    planned = {
        (event.round, int(entry["position"])): entry
        for event in check.stored.events
        if event.kind == rules.SUBMITTED
        for entry in event.payload.get("route", ())
    }
    stored = {(step.round, step.position): step for step in check.stored.steps}
    for key in expected.keys() | stored.keys():
        place = f"step {key[0]}-{key[1]}"
        row, step = stored.get(key), expected.get(key)
        if row is None or step is None or key not in planned:
            check.same(place, "existence", row is not None, step is not None)
            continue
        entry = planned[key]
        for name, now, then in (
            ("state", row.state, step.state),
            ("stage", row.stage, step.stage),
            ("kind", row.kind, step.kind),
            ("post_id", row.post_id, step.post_id),
            ("post_title", row.post_title, entry["post_title"]),
            ("unit_name", row.unit_name, entry["unit"]),
            ("reasons", row.reasons, entry["reasons"]),
            ("delegated", row.delegated, entry["delegated"]),
            ("opened_at", row.opened_at, opened.get(key)),
            ("acted_seq", row.acted_seq, acted.get(key)),
        ):
            check.same(place, name, now, then)


def _route_of(event: Event) -> tuple[rules.Step, ...]:
    if event.kind != rules.SUBMITTED:
        return ()
    return planning.first_steps(event.payload.get("route", ()))


def _check_columns(check: _Check, case: Case, submitted: Sequence[Event]) -> None:
    """The columns of the case against its latest submission."""
    latest, revision = submitted[-1], check.stored.revisions.get(submitted[-1].revision)
    if revision is not None:
        content = revision.content
        for name, then in (
            ("title", content.title),
            ("question", content.question),
            ("amount", content.amount),
            ("deadline", content.deadline),
            ("urgent", bool(content.urgent_reason)),
            ("matter_code", content.matter_code),
        ):
            check.same("case", name, getattr(case, name), then)
    for name, then in (
        ("content_hash", str(latest.payload.get("content_hash"))),
        ("matter_name", latest.payload.get("matter_name")),
        ("table_id", latest.payload.get("table")),
        ("drafter_post_id", latest.post_id),
        ("drafter_person_id", latest.person_id),
        ("drafter_name", latest.person_name),
        ("drafter_unit_id", latest.payload.get("drafter_unit_id")),
        ("drafter_unit_name", latest.unit_name),
        ("revision", latest.revision),
        ("round", latest.round),
        ("last_seq", check.stored.events[-1].seq),
        ("submitted_at", submitted[0].at),
    ):
        now = getattr(case, name)
        check.same("case", name, bytes(now).hex() if name == "content_hash" else now, then)


def _check_decision(check: _Check, case: Case) -> None:
    """Number, filing, original and cover sheet against the event of the decision."""
    decided = next((e for e in check.stored.events if e.kind == rules.DECIDED_EVENT), None)
    stored = check.stored
    if decided is None:
        check.same("case", "number", case.number, "")
        check.same("case", "decided_at", case.decided_at, None)
        for name, now in (("original", stored.original), ("record", stored.record)):
            check.same(name, "existence", now is not None, False)
        return
    payload = decided.payload
    check.same("case", "number", case.number, payload.get("number"))
    check.same("case", "decided_at", case.decided_at, decided.at)
    _check_original(check, payload)
    number = stored.record.number if stored.record else None
    filed = stored.record.filed if stored.record else None
    if number is None or filed is None:
        check.same("record", "existence", False, True, seq=decided.seq)
        return
    for name, now, key in (
        ("text", number.text, "number"),
        ("symbol", number.symbol, "symbol"),
        ("fiscal_year", number.fiscal_year, "fiscal_year"),
        ("serial", number.serial, "serial"),
    ):
        check.same("number", name, now, payload.get(key), seq=decided.seq)
    check.same("number", "given_at", stored.record.given_at if stored.record else None, decided.at)
    _check_filing(check, filed, payload, case, decided)


def _check_filing(
    check: _Check, filed: records.Filed, payload: Mapping[str, object], case: Case, decided: Event
) -> None:
    expires = filed.expires_on.isoformat() if filed.expires_on else None
    for name, now, then in (
        ("title", filed.title, case.title),
        ("made_on", filed.made_on, day_in_japan(decided.at)),
        ("starts_on", filed.starts_on.isoformat(), payload.get("starts_on")),
        ("expires_on", expires, payload.get("expires_on")),
        ("retention_code", filed.retention_code, payload.get("retention_code")),
        ("marking", filed.marking, payload.get("marking")),
        ("disclosure", filed.disclosure, payload.get("disclosure")),
    ):
        check.same("record", name, now, then, seq=decided.seq)
    body = _body(check.stored.original)
    kept = body.get("record")
    if isinstance(kept, dict):
        for name in ("file_name", "class_large", "class_medium", "disposal"):
            check.same("record", name, getattr(filed, name), kept.get(name), seq=decided.seq)


def _body(original: DecidedOriginal | None) -> dict[str, object]:
    try:
        body = json.loads(original.body) if original else {}
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _check_original(check: _Check, payload: Mapping[str, object]) -> None:
    original = check.stored.original
    if original is None:
        check.same("original", "existence", False, True)
        return
    check.same("original", "sha256", bytes(original.sha256).hex(), payload.get("original"))
    check.same(
        "original", "body", hashlib.sha256(original.body.encode()).hexdigest(), payload.get("original")
    )
    sheet = check.stored.cover_sheet
    if sheet is not None:
        digest = bytes(sheet.sha256).hex()
        now = drafts.hash_stored(tenant_id=check.stored.tenant_id, sha256=digest)
        check.same("cover_sheet", "bytes", now, digest)


def verify_records(tenant_id: int) -> tuple[list[Finding], int]:
    """All that does not match in the cases of a ministry, and how many were looked at."""
    ids = set(Case.objects.filter(tenant_id=tenant_id).values_list("id", flat=True))
    ids |= ledger.cases_with_entries(tenant_id=tenant_id)
    found = [
        finding
        for stored in stored_cases(tenant_id=tenant_id, case_ids=ids)
        for finding in check_case(stored)
    ]
    for gap in records.number_gaps(tenant_id=tenant_id):
        found.append(
            log.finding(tenant_id, "number_gap", N_("文書番号に欠けがあります（%(series)s）。"), series=gap)
        )
    return found, len(ids)


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
    """Check one decision anew: its record, its place in the log, the log's signature; None if not decided."""
    access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, on=day_in_japan(at))
    (stored,) = stored_cases(tenant_id=tenant_id, case_ids=[case_id])
    decided = next((e for e in stored.events if e.kind == rules.DECIDED_EVENT), None)
    if decided is None:
        return None
    findings = tuple(check_case(stored))
    checked = ledger.check_proof(tenant_id=tenant_id, case_id=case_id, seq=decided.seq)
    bound = sum(len(_digests(leaf)) for leaf in stored.leaves.values())
    broken = bool(findings) or (checked is not None and not (checked.included and checked.signature_ok))
    body = stored.original.body if stored.original else ""
    return DecisionProof(
        verdict="broken" if broken else "ok" if checked else "pending",
        number=str(decided.payload.get("number", "")),
        content_now=hashlib.sha256(body.encode()).hexdigest(),
        content_then=str(decided.payload.get("original", "")),
        findings=findings,
        proof=checked.proof if checked else None,
        included=bool(checked and checked.included),
        signature_ok=bool(checked and checked.signature_ok),
        fields=bound,
    )
