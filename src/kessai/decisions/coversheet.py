"""The cover sheet (決裁文書・鑑) of a decided original, as PDF/A-2a (ISO 19005-2, level A: tagged, Unicode).

Made from the original's canonical text and what was added to it later: the same give the same bytes, whenever made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import typst
from django.db import transaction

from kessai.decisions import glyphs, queries
from kessai.decisions.additions.queries import Added
from kessai.decisions.additions.queries import added as added_to
from kessai.decisions.models import CoverSheet
from kessai.decisions.sheet import additions, moment_of, sheet
from kessai.drafting import blobs
from kessai.organisation import queries as organisation

TEMPLATE = Path(__file__).parent / "typst" / "coversheet.typ"
METADATA_LONGEST = 1000
"""Characters. PDF/A-2 allows 32,767 bytes in a string (ISO 19005-2, 6.1.13)."""


def render(*, body: str, sha256: str, ministry: str, added: Sequence[Added] = ()) -> bytes:
    """The PDF/A of a decided original: its canonical JSON, the hex SHA-256 of it, the ministry's name.

    ``added``: what was added after the decision, in its order.
    """
    original: Mapping[str, Any] = json.loads(body)
    shown = _printable(
        sheet(original, sha256=sha256, ministry=ministry)
        | {"added": additions([asdict(each) for each in added])}
    )
    return typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=[str(path.parent) for path in glyphs.font_files()],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={
            "sheet": json.dumps(shown, ensure_ascii=False),
            "title": _metadata(f"{original['number']} {original['content']['title']}"),
            "author": _metadata(ministry),
            "family": glyphs.FAMILY,
        },
        pdf_standards=["a-2a"],
        timestamp=int((added[-1].at if added else moment_of(original["decided_at"])).timestamp()),
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
    """Make and keep the cover sheet of a decided case with what was added so far, once.

    LookupError before the decision.

    The bytes are on the disk before the row names them. Of two who make it at once one row stays, and both
    made the same bytes.
    """
    added = added_to(tenant_id=tenant_id, case_id=case_id)
    shows = added[-1].seq if added else 0
    made = CoverSheet.objects.filter(tenant_id=tenant_id, case_id=case_id, shows=shows)
    if made.exists():
        return
    body, sha256, _ = queries.original(tenant_id=tenant_id, case_id=case_id)
    ministry = organisation.tenant(tenant_id=tenant_id).name
    pdf = render(body=body, sha256=sha256, ministry=ministry, added=added)
    digest, size = blobs.store(tenant_id=tenant_id, stream=BytesIO(pdf), limit=len(pdf))
    row = CoverSheet(
        tenant_id=tenant_id,
        case_id=case_id,
        shows=shows,
        sha256=bytes.fromhex(digest),
        size=size,
        made_at=at,
    )
    with transaction.atomic():
        CoverSheet.objects.bulk_create([row], ignore_conflicts=True)
