"""The cover sheet (決裁文書・鑑) of a decided original, as PDF/A-3a (ISO 19005-3, level A: tagged, Unicode).

Made from the original's canonical text and what was added to it later: the same give the same bytes, whenever made.
The original itself is embedded, and the act of decision with its leaf in the log. What is made is signed afterwards:
the signed sheet has the unsigned one at its head, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import typst
from django.db import transaction
from django.db.models import Model

from kessai.decisions import events, glyphs, queries
from kessai.decisions.checks import sealing_event
from kessai.decisions.later import NOTHING_LATER, Later, later_of, sheet_of
from kessai.decisions.models import CoverSheet, Event, SignedSheet
from kessai.decisions.sheet import moment_of
from kessai.decisions.signatures import operations as signatures
from kessai.decisions.signatures import writes as stamped
from kessai.drafting import blobs
from kessai.ledger.sealing import canonical
from kessai.organisation import queries as organisation
from kessai.signing import identities
from kessai.signing import pdf as signing
from kessai.signing.configured import RECORD

FIELD = "Record"
"""Of the signature, by its name in the file."""

TEMPLATE = Path(__file__).parent / "typst" / "coversheet.typ"


def render(*, body: str, sha256: str, ministry: str, act: str = "", later: Later = NOTHING_LATER) -> bytes:
    """The PDF/A of an original: its canonical JSON, the hex SHA-256 of it, the ministry's name. ``act``: JSON of the
    act of decision, if it is to be embedded."""
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
            "original": body,
            "act": act,
        },
        pdf_standards=["a-3a"],
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
    act = _sealing_act(tenant_id, case_id)
    pdf = render(body=body, sha256=sha256, ministry=ministry, act=act, later=later)
    row = CoverSheet(tenant_id=tenant_id, case_id=case_id, shows=later.shows, made_at=at)
    _store(row, pdf)
    with transaction.atomic():
        _keep(row)


def sign(*, tenant_id: int, case_id: UUID, at: datetime) -> None:
    """Sign the latest cover sheet of a case, once. LookupError before it is made; CannotUseKey and CannotSign,
    which may pass."""
    sheet = CoverSheet.objects.filter(tenant_id=tenant_id, case_id=case_id).order_by("shows").last()
    if sheet is None:
        raise LookupError(f"case {case_id} has no cover sheet")
    if SignedSheet.objects.filter(tenant_id=tenant_id, case_id=case_id, shows=sheet.shows).exists():
        return
    with blobs.path_of(tenant_id=tenant_id, sha256=bytes(sheet.sha256).hex()).open("rb") as stream:
        unsigned = stream.read()
    ministry = organisation.tenant(tenant_id=tenant_id).name
    with signatures.watched(tenant_id=tenant_id, use=RECORD, at=at):
        by = identities.record_seal(tenant_id=tenant_id, ministry=ministry)
        signed = signing.sign(unsigned, by=by, field=FIELD)
    row = SignedSheet(tenant_id=tenant_id, case_id=case_id, shows=sheet.shows, signed_at=at)
    _store(row, signed)
    with transaction.atomic():
        if _keep(row):
            stamped.keep(
                tenant_id=tenant_id,
                case_id=case_id,
                sha256=bytes(row.sha256).hex(),
                size=row.size,
                until=signing.stamped_until(signed),
                at=at,
            )


def _store(row: CoverSheet | SignedSheet, made: bytes) -> None:
    digest, row.size = stamped.store(tenant_id=row.tenant_id, content=made)
    row.sha256 = bytes.fromhex(digest)


def _keep(row: CoverSheet | SignedSheet) -> bool:
    """Whether it is this one that stays: of two who sign at once each makes another file. None does of a case that was
    destroyed meanwhile."""
    if not stamped.lock_with_content(tenant_id=row.tenant_id, case_id=row.case_id):
        return False
    model: type[Model] = type(row)
    model._default_manager.bulk_create([row], ignore_conflicts=True)
    stays = model._default_manager.filter(pk=row.pk, sha256=row.sha256).exists()
    if stays:
        stamped.named(tenant_id=row.tenant_id, sha256=bytes(row.sha256).hex())
    return stays


def _sealing_act(tenant_id: int, case_id: UUID) -> str:
    """The event that binds the original, as it is disclosed: its leaf in the log, and each field with its salt."""
    happened = Event.objects.filter(tenant_id=tenant_id, case_id=case_id).order_by("seq")
    event = sealing_event(list(happened))
    assert event is not None
    return canonical(events.disclosed(event, events.fields(event), bytes(event.salt))).decode()
