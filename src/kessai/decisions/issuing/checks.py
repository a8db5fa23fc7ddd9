"""What a stored case says of its issue, against the events after the decision (see decisions.checks)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kessai.decisions import machine
from kessai.decisions.issuing import rules
from kessai.decisions.models import Event
from kessai.drafting import queries as drafts
from kessai.drafting.rules import Content
from kessai.kernel.words import N_

if TYPE_CHECKING:
    from kessai.decisions.checks import _Check


def check_issue(check: _Check) -> None:
    """What was issued and what is still to be, against the events after the decision."""
    stored = check.stored
    decided = next((e for e in stored.events if e.kind == machine.DECIDED_EVENT), None)
    foreseen = decided is not None and bool(decided.payload.get("to_issue"))
    check.same("issuing", "existence", stored.issuing is not None, foreseen)
    revision = stored.revisions.get(check.submitted[-1].revision)
    content = Content.from_json(revision.content_json) if revision else None
    events = [rules.Told(e.seq, e.kind, e.payload) for e in stored.events if e.kind in machine.ISSUING]
    found = rules.progress(rules.foreseen(content) if content else (), events)
    if stored.issuing is not None and content is not None:
        check.same("issuing", "state", stored.issuing.state, found.state)
        check.same("issuing", "planned_on", stored.issuing.planned_on, rules.planned_on(content.values))
    rows = {row.seq: row for row in stored.issues}
    for seq in sorted(rows.keys() | {issue.seq for issue in found.issues}):
        row, then = rows.get(seq), found.issue(seq)
        if row is None or then is None:
            check.same(f"issue {seq}", "existence", row is not None, then is not None, seq)
        else:
            check.same(f"issue {seq}", "state", row.state, then.state, seq)
            check.same(f"issue {seq}", "issued_on", row.issued_on, then.issued_on, seq)
    _check_documents(check)
    _check_sealed(check)


def _check_sealed(check: _Check) -> None:
    """Where public codes lead, against the events that gave them, and the letters with their seal on the disk."""
    given = {
        each["code"]: (event.seq, place, each)
        for event in check.stored.events
        for place, each in enumerate(event.payload.get("sealed", ()), start=1)
    }
    rows = {row.code: row for row in check.stored.sealed_letters}
    for code in sorted(rows.keys() | given.keys()):
        row, then = rows.get(code), given.get(code)
        if row is None or then is None:
            check.same("sealed letter", "code", row and code, then and code)
            continue
        seq, place, each = then
        check.same("sealed letter", "seq", row.seq, seq, seq)
        check.same("sealed letter", "place", row.place, place, seq)
        now = drafts.hash_stored(tenant_id=check.stored.tenant_id, sha256=each["sha256"])
        check.same(f"sealed letter {place}", "bytes", now, each["sha256"], seq)


def _check_letters(check: _Check, event: Event) -> None:
    """The letters as they went out, against their bytes on the disk."""
    for number, letter in enumerate(event.payload.get("letters", ()), start=1):
        now = drafts.hash_stored(tenant_id=check.stored.tenant_id, sha256=str(letter["sha256"]))
        if now != letter["sha256"]:
            check.add(
                "attachment",
                N_("施行文%(n)s「%(title)s」の本体が失われています。")
                if now is None
                else N_("施行文%(n)s「%(title)s」の中身が、施行した時と違います。"),
                seq=event.seq,
                field=f"letter.{number}.bytes",
                n=number,
                title=str(letter["title"]),
            )


def _check_documents(check: _Check) -> None:
    """What a seal was put to: the hash of the document that the record of its issue names."""
    issued = {e.seq: e for e in check.stored.events if e.kind == machine.ISSUED}
    for event in issued.values():
        said = event.payload
        files = [file["sha256"] for file in (*said["documents"], *said.get("letters", ()))]
        check.same(
            f"issue {event.seq}",
            "document",
            rules.document_hash(original=said["original"], files=files),
            said["document"],
            event.seq,
        )
        _check_letters(check, event)
    for event in check.stored.events:
        if event.kind in (machine.SEALED, machine.SEAL_REFUSED):
            of = issued.get(event.payload["about"])
            then = of.payload["document"] if of else None
            check.same(f"seal {event.seq}", "document", event.payload["document"], then, event.seq)
