"""The cover sheet (決裁文書・鑑) of a decided original, as PDF/A-2a (ISO 19005-2, level A: tagged, Unicode).

Made from the original's canonical text and what was added to it later: the same give the same bytes, whenever made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import typst
from django.db import transaction

from kessai.decisions import glyphs, queries
from kessai.decisions.later import NOTHING_LATER, Later, later_of, sheet_of
from kessai.decisions.models import CoverSheet
from kessai.decisions.sheet import moment_of
from kessai.drafting import blobs
from kessai.organisation import queries as organisation

TEMPLATE = Path(__file__).parent / "typst" / "coversheet.typ"


def render(*, body: str, sha256: str, ministry: str, later: Later = NOTHING_LATER) -> bytes:
    """The PDF/A of an original: its canonical JSON, the hex SHA-256 of it, the ministry's name."""
    original: Mapping[str, Any] = json.loads(body)
    arranged = sheet_of(original, sha256=sha256, ministry=ministry, later=later)
    ended = moment_of(original.get("ended_at") or original["decided_at"])
    return typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=glyphs.folders() if arranged["letters"] else [str(p.parent) for p in glyphs.font_files()],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={
            "sheet": json.dumps(glyphs.all_printable(arranged), ensure_ascii=False),
            "title": glyphs.metadata(f"{arranged['number']} {original['content']['title']}"),
            "author": glyphs.metadata(ministry),
            "family": glyphs.FAMILY,
            "letters": glyphs.LETTERS,
        },
        pdf_standards=["a-2a"],
        timestamp=int((later.last or ended).timestamp()),
    )


def make(*, tenant_id: int, case_id: UUID, at: datetime) -> None:
    """Make and keep the cover sheet of a decided case with what was added and issued so far, or of a circulation, once.

    LookupError before the decision, or the end.

    The bytes are on the disk before the row names them. Of two who make it at once one row stays, and both
    made the same bytes.
    """
    later = later_of(tenant_id=tenant_id, case_id=case_id)
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
