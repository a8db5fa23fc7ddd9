"""Comparing one stored case with what the log has bound: every field of every event, and all that follows.

The digests of each event's fields are taken again; case, steps, draft, number, filing, decided original and
files on disk must follow from the events. Whatever was done to the rows, the check names it and goes on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kessai.decisions import events, machine, planning, replay
from kessai.decisions.bulk.checks import check_bulk
from kessai.decisions.checks_of_sheets import check_sheets
from kessai.decisions.checks_of_stamps import check_stamps
from kessai.decisions.destroying.checks import check_destroyed, was_destroyed
from kessai.decisions.issuing.checks import check_issue
from kessai.decisions.models import Case, CaseLink, DecidedOriginal, Event, Step
from kessai.decisions.pinning.checks import check_pins
from kessai.decisions.previewing import writes as previewing
from kessai.decisions.rewording import rules as rewording
from kessai.decisions.stored import Stored
from kessai.decisions.talking import rules as talking
from kessai.drafting import queries as drafts
from kessai.drafting.queries import StoredRevision
from kessai.drafting.rules import Content, content_hash
from kessai.kernel.calendar import day_in_japan, fiscal_year
from kessai.kernel.words import N_, Plain
from kessai.ledger.findings import Finding, finding
from kessai.ledger.sealing import mismatches
from kessai.records.queries import StoredFiling

EVENTS_AT_MOST = 100_000
"""Of one case. A seq beyond is a made-up one, and what lies between is not called deleted."""


class _Check:
    """Collects what does not match in one case."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.submitted = [event for event in stored.events if event.kind in machine.FIXING]
        self.drafted = [event for event in self.submitted if event.position is None]
        self.ruling = [event for event in stored.events if event.kind in machine.RULING]
        self.found: list[Finding] = []

    def add(
        self, what: str, message: str, *, seq: int | None = None, field: str = "", **params: Plain
    ) -> None:
        self.found.append(
            finding(
                self.stored.tenant_id,
                what,
                message,
                case=self.stored.case_id,
                seq=seq,
                field=field,
                **params,
            )
        )

    def same(self, place: str, field: str, now: object, then: object, seq: int | None = None) -> None:
        if now != then:
            self.add(
                "derived",
                N_("%(name)s が、記録された事実と合いません。"),
                seq=seq,
                field=f"{place}.{field}",
                name=f"{place}.{field}",
            )

    def all_same(
        self, place: str, compared: Sequence[tuple[str, object, object]], seq: int | None = None
    ) -> None:
        for field, now, then in compared:
            self.same(place, field, now, then, seq)

    def guarded(self, place: str, part: Callable[[], None]) -> None:
        """Run a part of the check; stored values so wrong that it stumbles over them are named as such."""
        try:
            part()
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError):
            self.add(
                "unreadable",
                N_("%(name)s の記録が、読み取れない形に変えられています。"),
                field=place,
                name=place,
            )


def check_case(stored: Stored) -> list[Finding]:
    """Everything in a stored case that does not match what the log has bound."""
    check = _Check(stored)
    if stored.case is None:
        check.add("missing_case", N_("記録の残っている案件が、まるごと失われています。"))
    gone = was_destroyed(stored)
    _check_sequence(check, emptied=gone)
    for event in stored.events:
        check.guarded(f"event {event.seq}", lambda event=event: _check_event(check, event))  # type: ignore[misc]
    if gone:
        check.guarded("destroyed", lambda: check_destroyed(check))
        return check.found
    check.same("disposal", "existence", stored.disposal is not None, False)
    _check_revisions(check)
    case = stored.case
    if case is not None and check.submitted:
        check.guarded("route", lambda: _check_route(check, case))
        check.guarded("case", lambda: _check_columns(check, case))
        check.guarded("draft", lambda: _check_draft(check, case))
        check.guarded("link", lambda: _check_link(check))
        check.guarded("previews", lambda: _check_previews(check))
        check.guarded("record", lambda: _check_decision(check, case))
        check.guarded("issue", lambda: check_issue(check))
        check.guarded("bulk", lambda: check_bulk(check))
        check.guarded("pins", lambda: check_pins(check))
    return check.found


def _check_sequence(check: _Check, *, emptied: bool) -> None:
    """That every event is there and in the log. ``emptied``: of a destroyed case, in the log only, but for the last."""
    there = {event.seq for event in check.stored.events}
    known = there | set(check.stored.leaves)
    last = max((seq for seq in known if seq <= EVENTS_AT_MOST), default=0)
    for seq in sorted(known | set(range(1, last + 1))):
        logged = seq in check.stored.leaves
        if seq not in there and not (emptied and logged and seq < last):
            check.add("deleted_event", N_("%(n)s番目の記録が、失われています。"), seq=seq, n=seq)
        elif not logged:
            check.add("unbound_event", N_("%(n)s番目の記録が、台帳に載っていません。"), seq=seq, n=seq)


def _check_event(check: _Check, event: Event) -> None:
    """Take the digests of the event's fields again and name each that the leaf does not have."""
    appended = check.stored.leaves.get(event.seq)
    if appended is None:
        return
    check.same(f"entry {event.seq}", "appended_at", appended.appended_at, event.at, event.seq)
    bound = bound_fields(check.stored, event)
    salt, digests = bytes(event.salt), _digests(appended.leaf)
    wrong = mismatches(salt, bound, digests)
    if set(wrong) == {*bound, *digests}:
        _name_foreign(check, event, salt, bound)
        return
    for name in wrong:
        check.add(
            "altered",
            N_("%(n)s番目の記録の「%(name)s」が、台帳に載せた時と違います。"),
            seq=event.seq,
            field=name,
            n=event.seq,
            name=name,
        )


def bound_fields(stored: Stored, event: Event) -> dict[str, Any]:
    """Every field of a stored event that the log has bound, by name."""
    revision = stored.revisions.get(event.revision) if event.kind in machine.FIXING else None
    return events.fields(
        event,
        content=revision.content_json if revision else None,
        attachments=revision.attachments_json if revision else (),
    )


def _name_foreign(check: _Check, event: Event, salt: bytes, bound: Mapping[str, Any]) -> None:
    """Nothing of an event fits its leaf: it stands in another's place, or its salt was changed."""
    for seq, other in check.stored.leaves.items():
        if seq != event.seq and not mismatches(salt, bound, _digests(other.leaf)):
            check.add(
                "reordered",
                N_("%(n)s番目の記録は、もとは%(then)s番目でした。順番が入れ替えられています。"),
                seq=event.seq,
                field="seq",
                n=event.seq,
                then=seq,
            )
            return
    check.add(
        "altered",
        N_("%(n)s番目の記録は、台帳に載せた時とどの項目も合いません（salt が変えられています）。"),
        seq=event.seq,
        field="salt",
        n=event.seq,
    )


def _digests(leaf: bytes) -> dict[str, str]:
    try:
        fields = json.loads(leaf)["fields"]
        return {str(name): str(digest) for name, digest in fields.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _check_revisions(check: _Check) -> None:
    for event in check.submitted:
        revision = check.stored.revisions.get(event.revision)
        if revision is None:
            check.add(
                "missing_revision",
                N_("第%(n)s版の内容が失われています。"),
                seq=event.seq,
                field=f"revision {event.revision}",
                n=event.revision,
            )
            continue
        place = f"revision {event.revision}"
        check.guarded(place, lambda e=event, r=revision: _check_revision(check, e, r))  # type: ignore[misc]
        check.guarded(place, lambda e=event, r=revision: _check_files(check, e, r))  # type: ignore[misc]
    for number in sorted(set(check.stored.revisions) - {event.revision for event in check.submitted}):
        check.same(f"revision {number}", "existence", True, False)


def _check_revision(check: _Check, event: Event, revision: StoredRevision) -> None:
    place = f"revision {revision.number}"
    check.same(place, "made_at", revision.made_at, event.at, event.seq)
    submitted = event.payload.get("content_hash")
    check.same(place, "content_hash", revision.content_hash.hex(), submitted, event.seq)
    recomputed = content_hash(revision.content_json, revision.attachments_json).hex()
    check.same(place, "content", recomputed, submitted, event.seq)


def _check_files(check: _Check, event: Event, revision: StoredRevision) -> None:
    for number, file in enumerate(revision.attachments_json, start=1):
        digest = str(file["sha256"])
        now = drafts.hash_stored(tenant_id=check.stored.tenant_id, sha256=digest)
        if now != digest:
            check.add(
                "attachment",
                N_("添付%(n)s「%(title)s」の本体が失われています。")
                if now is None
                else N_("添付%(n)s「%(title)s」の中身が、提出した時と違います。"),
                seq=event.seq,
                field=f"attachment.{number}.bytes",
                n=number,
                title=str(file["title"]),
            )


def _check_route(check: _Check, case: Case) -> None:
    """Replay the events and compare every step. Each round has one decider; of what is only read, none has."""
    rounds: replay.Rounds = {}
    requests: tuple[talking.Request, ...] = ()
    opened: dict[tuple[int, int], datetime] = {}
    planned: dict[tuple[int, int], Mapping[str, Any]] = {}
    state = machine.ROUTED
    for event in check.stored.events:
        said = event.payload
        planned |= {
            (event.round, int(entry["position"])): entry
            for entry in (*said.get("route", ()), *said.get("added", ()))
        }
        before = {step.position: step.state for step in rounds.get(event.round, ())}
        if rewording.is_one(event.kind, event.position):
            today = replay.without(rounds.get(event.round, ()), said.get("merged", ()))
            _check_rewording(check, event, today)
        state, rounds = replay.happen(
            state,
            rounds,
            planning.happened(
                kind=event.kind, round=event.round, position=event.position, seq=event.seq, payload=said
            ),
        )
        steps = rounds.get(event.round, ())
        heard = talking.Said(event.kind, event.seq, event.round, event.position, said, state, steps)
        requests = talking.after(requests, heard)
        for step in steps:
            if step.state == machine.OPEN and before.get(step.position) != machine.OPEN:
                opened[event.round, step.position] = event.at
    check.same("case", "state", case.state, state)
    _check_requests(check, requests)
    sealed = sealing_event(check.stored.events) is not None
    check.same("case", "sealed", sealed, state in (machine.DECIDED, machine.CIRCULATED))
    for number, steps in rounds.items():
        deciders = sum(step.kind == machine.DECIDE for step in steps)
        check.same(f"round {number}", "deciders", deciders, 0 if case.only_read else 1)
    expected = {(n, step.position): step for n, steps in rounds.items() for step in steps}
    stored = {(step.round, step.position): step for step in check.stored.steps}
    for key in sorted(expected.keys() | stored.keys()):
        place, row, then = f"step {key[0]}-{key[1]}", stored.get(key), expected.get(key)
        if row is None or then is None:
            check.same(place, "existence", row is not None, then is not None)
        else:
            _check_step(check, place, row, then, planned[key])
            check.same(place, "opened_at", row.opened_at, opened.get(key))


def _check_rewording(check: _Check, event: Event, steps: Sequence[replay.Step]) -> None:
    """A correction by an approver: in their turn, where the row allows it, of words and of nothing else."""
    before = [earlier for earlier in check.submitted if earlier.seq < event.seq]
    revisions = check.stored.revisions
    then = revisions.get(before[-1].revision) if before else None
    now = revisions.get(event.revision)
    if then is None or now is None:
        check.same(f"rewording {event.seq}", "revisions", False, True, event.seq)
        return
    compared = rewording.compared(
        event.payload,
        planning.ruled(e.payload for e in check.ruling if e.seq < event.seq),
        next((step for step in steps if step.position == event.position), None),
        event.capacity,
        (then.content_json, now.content_json),
        (then.attachments_json, now.attachments_json),
    )
    check.all_same(f"rewording {event.seq}", list(compared), event.seq)


def _check_requests(check: _Check, expected: Sequence[talking.Request]) -> None:
    """What is asked in inboxes beside the steps: nothing else, and nobody else, than the events say."""
    stored = {row.seq: row for row in check.stored.requests}
    then = {request.seq: request for request in expected}
    for seq in sorted(stored.keys() | then.keys()):
        row, request, place = stored.get(seq), then.get(seq), f"request {seq}"
        if row is None or request is None:
            check.same(place, "existence", row is not None, request is not None, seq)
            continue
        check.all_same(
            place,
            (
                ("kind", row.kind, request.kind),
                ("post_id", row.post_id, request.post_id),
                ("round", row.round, request.round),
                ("position", row.position, request.position),
                ("closed_seq", row.closed_seq, request.closed),
            ),
            seq,
        )


def _check_previews(check: _Check) -> None:
    """Who looked at the draft beforehand, and what they said, against what each submission says of it."""
    then: dict[int, list[Any]] = {}
    for event in check.submitted:
        said = event.payload.get("previewed", ())
        then[event.seq] = [{key: one[key] for key in one if key != "changed"} for one in said]
    now: dict[int, list[Any]] = {}
    for row in check.stored.previews:
        now.setdefault(row.recorded_seq or 0, []).append(previewing.said(row))
    for seq in sorted(then.keys() | now.keys()):
        check.same("previews", "said", now.get(seq, []), then.get(seq, []), seq)


def _check_step(check: _Check, place: str, row: Step, then: replay.Step, planned: Mapping[str, Any]) -> None:
    check.all_same(
        place,
        (
            ("state", row.state, then.state),
            ("stage", row.stage, then.stage),
            ("kind", row.kind, then.kind),
            ("post_id", row.post_id, then.post_id),
            ("acted_seq", row.acted_seq, then.acted),
            ("held_seq", row.held_seq, then.held),
            ("added_by", row.added_by, then.added_by),
            ("quorum", row.quorum, then.quorum),
            ("answer_by", row.answer_by, then.answer_by),
            ("post_title", row.post_title, planned["post_title"]),
            ("unit_name", row.unit_name, planned["unit"]),
            ("reasons", row.reasons, planned["reasons"]),
            ("delegated", row.delegated, planned["delegated"]),
        ),
    )


def _check_columns(check: _Check, case: Case) -> None:
    """The columns of the case against its latest submission, what rules it since, and its last event."""
    latest, drafted, last = check.submitted[-1], check.drafted[-1], check.stored.events[-1]
    ruling = check.ruling[-1]
    check.all_same(
        "case",
        (
            ("content_hash", bytes(case.content_hash).hex(), latest.payload.get("content_hash")),
            ("matter_name", case.matter_name, latest.payload.get("matter_name")),
            ("table_id", case.table_id, ruling.payload.get("table")),
            ("needs", case.needs, ruling.payload.get("needs", [])),
            ("joint_units", case.joint_units, [each["unit_id"] for each in ruling.payload.get("joint", [])]),
            ("flagged_seq", case.flagged_seq, ruling.seq if ruling.kind == machine.FLAGGED else None),
            ("only_read", case.only_read, latest.payload.get("only_read", False)),
            ("bulk", case.bulk, ruling.payload.get("bulk_allowed", False)),
            ("drafter_post_id", case.drafter_post_id, check.submitted[0].post_id),
            ("drafter_person_id", case.drafter_person_id, drafted.person_id),
            ("drafter_name", case.drafter_name, drafted.person_name),
            ("drafter_unit_id", case.drafter_unit_id, latest.payload.get("drafter_unit_id")),
            ("drafter_unit_name", case.drafter_unit_name, drafted.unit_name),
            ("revision", case.revision, latest.revision),
            ("round", case.round, ruling.round),
            ("last_seq", case.last_seq, last.seq),
            ("submitted_at", case.submitted_at, check.submitted[0].at),
            ("updated_at", case.updated_at, last.at),
        ),
    )
    revision = check.stored.revisions.get(latest.revision)
    if revision is None:
        return
    content = Content.from_json(revision.content_json)
    check.all_same(
        "case",
        (
            ("title", case.title, content.title),
            ("question", case.question, content.question),
            ("amount", case.amount, content.amount),
            ("deadline", case.deadline, content.deadline),
            ("urgent", case.urgent, bool(content.urgent_reason)),
            ("matter_code", case.matter_code, content.matter_code),
        ),
    )


def _check_draft(check: _Check, case: Case) -> None:
    """The draft behind the case; while it is closed, its files are those that were submitted."""
    draft, latest = check.stored.draft, check.submitted[-1]
    if draft is None:
        check.same("draft", "existence", False, True)
        return
    check.all_same(
        "draft",
        (
            ("post_id", draft.post_id, latest.payload.get("draft_post", check.drafted[-1].post_id)),
            ("revisions", draft.revisions, len(check.submitted)),
            # While the case is on its way the drafter may have a revision in hand.
            (
                "open",
                draft.open,
                draft.open if case.state == machine.ROUTED else case.state in machine.WITH_DRAFTER,
            ),
        ),
    )
    revision = check.stored.revisions.get(latest.revision)
    if revision is not None and not draft.open:
        check.same("draft", "matter_code", draft.matter_code, revision.content_json["matter"])
        files = [file.to_json() for file in draft.files]
        check.same("draft", "attachments", files, revision.attachments_json)


def _check_link(check: _Check) -> None:
    """What a case corrects, was copied from, or answers, against what its first submission says of it."""
    link, said = check.stored.link, check.submitted[0].payload
    for kind in CaseLink.KINDS:
        there = link.earlier_id if link is not None and link.kind == kind else None
        then = UUID(said[kind]["case"]) if kind in said else None
        check.same("link", kind, there, then, check.submitted[0].seq)
    begun = [str(each) for each in check.stored.receipts]
    answered = [each["receipt"] for each in said.get("receipts", ())]
    check.same("link", "receipts", begun, answered, check.submitted[0].seq)


def _check_decision(check: _Check, case: Case) -> None:
    """Number, filing, original and sheet against the events of the decision, or of the end of a circulation."""
    stored = check.stored
    number = stored.record.number if stored.record else None
    filed = stored.record.filed if stored.record else None
    decided = sealing_event(stored.events)
    numbered = next((e for e in stored.events if e.kind in (machine.DECIDED_EVENT, machine.NUMBERED)), None)
    kept = decided is not None and ("retention_code" in decided.payload or not case.only_read)
    parts = {
        "original": (stored.original, decided is not None),
        "number": (number, numbered is not None),
        "record": (filed, kept),
    }
    for name, (now, then) in parts.items():
        check.same(name, "existence", now is not None, then)
    check.same("case", "number", case.number, numbered.payload.get("number") if numbered else "")
    check.same("case", "decided_at", case.decided_at, decided.at if decided and not case.only_read else None)
    if number is not None and numbered is not None:
        payload = numbered.payload
        check.all_same(
            "number",
            (
                ("text", number.text, payload.get("number")),
                ("symbol", number.symbol, payload.get("symbol")),
                ("fiscal_year", number.fiscal_year, payload.get("fiscal_year")),
                ("serial", number.serial, payload.get("serial")),
                ("given_at", stored.record.given_at if stored.record else None, numbered.at),
            ),
            numbered.seq,
        )
    if decided is None:
        made = (*stored.cover_sheets, *stored.signed_sheets, *stored.stamped_files)
        check.same("cover_sheet", "existence", bool(made), False)
        return
    if filed is not None:
        _check_filing(check, filed, decided)
    if stored.original is not None:
        _check_original(check, stored.original, decided)
    check_sheets(check)
    check_stamps(check)


def sealing_event(stored: Sequence[Event]) -> Event | None:
    """The event by which a case was decided, or a circulation came to its end; it binds the original."""
    return next((e for e in stored if e.kind == machine.DECIDED_EVENT or "original" in e.payload), None)


def _check_filing(check: _Check, filed: StoredFiling, decided: Event) -> None:
    payload, latest = decided.payload, check.ruling[-1]
    ended = payload.get("ended_on")
    made_on = date.fromisoformat(ended) if ended else day_in_japan(decided.at)
    expires = filed.expires_on.isoformat() if filed.expires_on else None
    check.all_same(
        "record",
        (
            ("title", filed.title, latest.payload["filing"]["title"]),
            ("made_on", filed.made_on, made_on),
            ("starts_on", filed.starts_on.isoformat(), payload.get("starts_on")),
            ("expires_on", expires, payload.get("expires_on")),
            ("retention_code", filed.retention_code, payload.get("retention_code")),
            ("marking", filed.marking, payload.get("marking")),
            ("disclosure", filed.disclosure, payload.get("disclosure")),
        ),
        decided.seq,
    )
    if filed.file_name is None:
        check.same("record", "file", None, "there", decided.seq)
        return
    kept = _body(check.stored.original).get("record")
    if isinstance(kept, dict):
        names = ("file_name", "class_large", "class_medium", "disposal")
        check.all_same("file", [(name, getattr(filed, name), kept.get(name)) for name in names], decided.seq)
    check.all_same(
        "file",
        (
            ("unit_id", filed.file_unit_id, payload.get("unit_id")),
            ("fiscal_year", filed.file_fiscal_year, fiscal_year(made_on)),
            ("retention_code", filed.file_retention_code, payload.get("retention_code")),
        ),
        decided.seq,
    )


def _body(original: DecidedOriginal | None) -> dict[str, object]:
    try:
        body = json.loads(original.body) if original else {}
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _check_original(check: _Check, original: DecidedOriginal, decided: Event) -> None:
    then = decided.payload.get("original")
    check.all_same(
        "original",
        (
            ("sha256", bytes(original.sha256).hex(), then),
            ("body", hashlib.sha256(original.body.encode()).hexdigest(), then),
            ("decided_at", original.decided_at, decided.at),
        ),
        decided.seq,
    )
