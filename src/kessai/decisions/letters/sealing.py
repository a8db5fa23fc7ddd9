"""Letters with their official seal (公印): its mark and a QR code on the page, its electronic signature in the file."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from kessai.decisions.letters import printing
from kessai.decisions.letters import rules as letters
from kessai.decisions.models import Case
from kessai.decisions.signatures import writes as signatures
from kessai.drafting import queries as drafts
from kessai.kernel.calendar import era_text
from kessai.ledger.sealing import Json
from kessai.organisation import queries as organisation
from kessai.signing import identities, pdf

FIELD = "Seal"
"""Of the signature, by its name in the file."""
CODE_BYTES = 16
"""Of chance in a code: nobody finds one by trying."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A letter whose sealed bytes are stored. ``letter``: its place among those of the issue; ``code``: see below;
    ``filename``: what it is called there, without which evidence would not bind it (docs/evidence)."""

    letter: int
    code: str
    filename: str
    size: int
    sha256: str
    until: datetime
    """Its time stamp can be checked; no part of the act."""

    def to_json(self) -> dict[str, Json]:
        return {
            "letter": self.letter,
            "code": self.code,
            "filename": self.filename,
            "size": self.size,
            "sha256": self.sha256,
        }


def code(tenant_id: int) -> str:
    """By which a letter is found by whoever has it in their hands, and by nobody else."""
    chance = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode("ascii").rstrip("=").lower()
    return f"{tenant_id}-{chance}"


def address(code: str) -> str:
    """Of the page on which anybody verifies a letter."""
    return f"{settings.KESSAI_PUBLIC_URL}/seal/{code}/"


def seal_letters(*, case: Case, said: Mapping[str, Any], at: datetime) -> Iterator[Sealed]:
    """Make, sign and store the letters of an issue that have room for a seal. ``said``: what the issue recorded.

    Errors: CannotSign.
    """
    revision = drafts.revision(tenant_id=case.tenant_id, draft_id=case.id, number=case.revision)
    ministry = organisation.tenant(tenant_id=case.tenant_id).name
    by = identities.official_seal(
        tenant_id=case.tenant_id, ministry=ministry, code=said["seal"]["code"], name=said["seal"]["name"]
    )
    day = era_text(date.fromisoformat(said["issued_on"]))
    known = letters.Known(number=case.number, day=day, sender=said["sender"])
    files = [file.title for file in revision.attachments]
    for place, each in enumerate(said.get("letters", ()), start=1):
        letter = revision.content.letters[each["letter"] - 1]
        if not letters.has_room_for_seal(letter):
            continue
        mine = code(case.tenant_id)
        page = letters.arranged(letter, known, files=files, to=each["to"], seal=said["seal"]["name"])
        plain = printing.pdf([page], author=ministry, made=int(at.timestamp()), address=address(mine))
        signed = pdf.sign(plain, by=by, field=FIELD)
        digest, size = signatures.store(tenant_id=case.tenant_id, content=signed)
        yield Sealed(place, mine, each["filename"], size, digest, pdf.stamped_until(signed))
