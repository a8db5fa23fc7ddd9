"""What was done together with others, against what the row of the case allowed (see decisions.checks)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kessai.decisions import planning
from kessai.decisions.bulk import rules

if TYPE_CHECKING:
    from kessai.decisions.checks import _Check


def check_bulk(check: _Check) -> None:
    """Each event that says it was done so: by the holder, and by a row that allowed it then."""
    for event in check.stored.events:
        if "bulk" not in event.payload:
            continue
        ruled = planning.ruled(e.payload for e in check.ruling if e.seq < event.seq)
        found = rules.compared(event.payload, ruled, event.kind, event.capacity)
        check.all_same(f"bulk {event.seq}", list(found), event.seq)
