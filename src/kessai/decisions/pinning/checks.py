"""What comments are pinned to, against the version that they were made on (see decisions.checks)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kessai.decisions.pinning import rules

if TYPE_CHECKING:
    from kessai.decisions.checks import _Check


def check_pins(check: _Check) -> None:
    """Each event that says where its words are pinned: by an act that may be, to what was there."""
    for event in check.stored.events:
        if "anchor" not in event.payload:
            continue
        revision = check.stored.revisions.get(event.revision)
        if revision is None:
            continue  # A revision that is lost is named where the revisions are compared.
        found = rules.compared(
            event.payload, event.kind, event.remark, revision.content_json, revision.attachments_json
        )
        check.all_same(f"pin {event.seq}", list(found), event.seq)
