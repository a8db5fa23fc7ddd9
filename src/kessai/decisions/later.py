"""What was added to a decision and issued of it since, and the sheet of an original with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kessai.decisions import machine
from kessai.decisions.additions.queries import Added
from kessai.decisions.additions.queries import added as added_to
from kessai.decisions.additions.rules import ADDED
from kessai.decisions.circulating import sheet as circulation
from kessai.decisions.circulating.queries import numbered_afterwards
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.issuing.queries import IssueView, Waived
from kessai.decisions.models import Event
from kessai.decisions.sheet import additions, issues, sheet
from kessai.decisions.sheet import waived as waived_text
from kessai.ledger import verification as log


@dataclass(frozen=True, slots=True)
class Later:
    """What was added to a decision and issued of it since, in its order; ``last``: when the last was recorded."""

    added: Sequence[Added] = ()
    issued: Sequence[IssueView] = ()
    waived: Waived | None = None
    last: datetime | None = None
    shows: int = 0
    """Seq of the last of it."""
    number: str = ""
    """What a circulation got after its end."""


NOTHING_LATER = Later()


def sheet_of(original: Mapping[str, Any], *, sha256: str, ministry: str, later: Later) -> dict[str, Any]:
    """Everything on the sheet of an original, in the order of the page."""
    if "ended_at" in original:
        arranged = circulation.sheet(original, sha256=sha256, ministry=ministry, number=later.number)
    else:
        arranged = sheet(original, sha256=sha256, ministry=ministry)
    return arranged | {
        "added": additions([asdict(each) for each in later.added]),
        "issued": issues([asdict(each) for each in later.issued]),
        "waived": waived_text(asdict(later.waived) if later.waived else None),
    }


def later_of(*, tenant_id: int, case_id: UUID) -> Later:
    """What there is since the decision, as of one moment."""
    with log.snapshot():
        mine = {"tenant_id": tenant_id, "case_id": case_id}
        last = Event.objects.filter(**mine, kind__in=(ADDED, *machine.ISSUING)).order_by("seq").last()
        numbered = numbered_afterwards(tenant_id=tenant_id, case_id=case_id)
        last = last or numbered
        return Later(
            added=added_to(tenant_id=tenant_id, case_id=case_id),
            issued=issuing.issues(tenant_id=tenant_id, case_id=case_id),
            waived=issuing.waived(tenant_id=tenant_id, case_id=case_id),
            last=last.at if last else None,
            shows=last.seq if last else 0,
            number=str(numbered.payload["number"]) if numbered else "",
        )
