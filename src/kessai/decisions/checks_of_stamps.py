"""What is stored of signed files and their renewals, against what was signed (see decisions.checks)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kessai.decisions.models import StampedFile
from kessai.decisions.signatures import queries as signatures

if TYPE_CHECKING:
    from kessai.decisions.checks import _Check

PART = "stamped_file"


def check_stamps(check: _Check) -> None:
    """Each file that was signed has its row, and each other row a file that is a renewal of one of them."""
    stored = check.stored
    signed = {bytes(sheet.sha256).hex(): sheet.size for sheet in stored.signed_sheets}
    for event in stored.events:
        signed |= {each["sha256"]: each["size"] for each in event.payload.get("sealed", ())}
    rows = {bytes(row.sha256).hex(): row for row in stored.stamped_files}
    for sha256, size in signed.items():
        row = rows.pop(sha256, None)
        check.same(PART, "existence", row is not None, True)
        if row is not None:
            check.all_same(PART, (("first", bytes(row.first).hex(), sha256), ("size", row.size, size)))
    for row in rows.values():
        _check_renewal(check, row, signed)


def _check_renewal(check: _Check, row: StampedFile, signed: dict[str, int]) -> None:
    size = signed.get(bytes(row.first).hex())
    check.same(PART, "first", size is not None, True)
    if size is not None:
        check.same(PART, "renewal", signatures.is_renewal(row, size=size), True)
