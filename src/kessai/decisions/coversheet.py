"""The cover sheet (決裁文書・鑑) of a decided original, as PDF/A-2a (ISO 19005-2, level A: tagged, Unicode).

Made from the original's canonical text and what was added to it later: the same give the same bytes, whenever made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import typst
from django.db import transaction

from kessai.decisions import glyphs, machine, queries
from kessai.decisions.additions.queries import Added
from kessai.decisions.additions.queries import added as added_to
from kessai.decisions.additions.rules import ADDED
from kessai.decisions.circulating import sheet as circulation
from kessai.decisions.circulating.queries import numbered_afterwards
from kessai.decisions.issuing import queries as issuing
from kessai.decisions.issuing.queries import IssueView, Waived
from kessai.decisions.models import CoverSheet, Event
from kessai.decisions.sheet import additions, issues, moment_of, sheet
from kessai.decisions.sheet import waived as waived_text
from kessai.drafting import blobs
from kessai.ledger import verification as log
from kessai.organisation import queries as organisation

TEMPLATE = Path(__file__).parent / "typst" / "coversheet.typ"
METADATA_LONGEST = 1000
"""Characters. PDF/A-2 allows 32,767 bytes in a string (ISO 19005-2, 6.1.13)."""


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


def render(*, body: str, sha256: str, ministry: str, later: Later = NOTHING_LATER) -> bytes:
    """The PDF/A of an original: its canonical JSON, the hex SHA-256 of it, the ministry's name."""
    original: Mapping[str, Any] = json.loads(body)
    if "ended_at" in original:
        arranged = circulation.sheet(original, sha256=sha256, ministry=ministry, number=later.number)
    else:
        arranged = sheet(original, sha256=sha256, ministry=ministry)
    ended = moment_of(original.get("ended_at") or original["decided_at"])
    shown = _printable(
        arranged
        | {
            "added": additions([asdict(each) for each in later.added]),
            "issued": issues([asdict(each) for each in later.issued]),
            "waived": waived_text(asdict(later.waived) if later.waived else None),
        }
    )
    return typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=[str(path.parent) for path in glyphs.font_files()],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={
            "sheet": json.dumps(shown, ensure_ascii=False),
            "title": _metadata(f"{arranged['number']} {original['content']['title']}"),
            "author": _metadata(ministry),
            "family": glyphs.FAMILY,
        },
        pdf_standards=["a-2a"],
        timestamp=int((later.last or ended).timestamp()),
    )


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return glyphs.printable(value)
    if isinstance(value, list):
        return [_printable(each) for each in value]
    return {key: _printable(each) for key, each in value.items()}


def _metadata(text: str) -> str:
    return " ".join(glyphs.visible(text).split())[:METADATA_LONGEST]


def make(*, tenant_id: int, case_id: UUID, at: datetime) -> None:
    """Make and keep the cover sheet of a decided case with what was added and issued so far, or of a circulation, once.

    LookupError before the decision, or the end.

    The bytes are on the disk before the row names them. Of two who make it at once one row stays, and both
    made the same bytes.
    """
    later = _later(tenant_id, case_id)
    made = CoverSheet.objects.filter(tenant_id=tenant_id, case_id=case_id, shows=later.shows)
    if made.exists():
        return
    body, sha256, _ = queries.original(tenant_id=tenant_id, case_id=case_id)
    ministry = organisation.tenant(tenant_id=tenant_id).name
    pdf = render(body=body, sha256=sha256, ministry=ministry, later=later)
    digest, size = blobs.store(tenant_id=tenant_id, stream=BytesIO(pdf), limit=len(pdf))
    row = CoverSheet(
        tenant_id=tenant_id,
        case_id=case_id,
        shows=later.shows,
        sha256=bytes.fromhex(digest),
        size=size,
        made_at=at,
    )
    with transaction.atomic():
        CoverSheet.objects.bulk_create([row], ignore_conflicts=True)


def _later(tenant_id: int, case_id: UUID) -> Later:
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
