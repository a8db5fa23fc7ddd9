"""What is stored of cover sheets, against what they show and the bytes that were kept (see decisions.checks)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from kessai.decisions import machine
from kessai.decisions.additions.rules import ADDED
from kessai.decisions.models import CoverSheet, SignedSheet
from kessai.drafting import queries as drafts

if TYPE_CHECKING:
    from kessai.decisions.checks import _Check


def check_sheets(check: _Check) -> None:
    """Every sheet that was made: for the decision, or for what was added or issued, and the bytes that were kept."""
    later = {
        event.seq
        for event in check.stored.events
        if event.kind in (ADDED, machine.NUMBERED, *machine.ISSUING)
    }
    made = {sheet.shows: sheet for sheet in check.stored.cover_sheets}
    for sheet in made.values():
        check.same("cover_sheet", "shows", sheet.shows in {0, *later}, True)
        _check_bytes(check, "cover_sheet", sheet)
    for signed in check.stored.signed_sheets:
        if _check_bytes(check, "signed_sheet", signed):
            _check_signed(check, signed, made.get(signed.shows))


def _check_bytes(check: _Check, part: str, sheet: CoverSheet | SignedSheet) -> bool:
    tenant = check.stored.tenant_id
    digest = bytes(sheet.sha256).hex()
    if drafts.hash_stored(tenant_id=tenant, sha256=digest) != digest:
        check.same(part, "bytes", None, digest)
        return False
    check.same(part, "size", sheet.size, drafts.size_stored(tenant_id=tenant, sha256=digest))
    return True


def _check_signed(check: _Check, signed: SignedSheet, sheet: CoverSheet | None) -> None:
    """A signature is appended: what was signed stands at the head of the file, and must be the sheet that was made."""
    if sheet is None:
        check.same("signed_sheet", "shows", signed.shows, None)
        return
    digest = bytes(signed.sha256).hex()
    with drafts.open_blob(tenant_id=check.stored.tenant_id, sha256=digest) as stream:
        head = hashlib.sha256(stream.read(sheet.size)).hexdigest()
    check.same("signed_sheet", "sheet", head, bytes(sheet.sha256).hex())
