"""Letters as they go out: with number and day, as PDF, stored by their hash before the issue that names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from kessai.decisions.letters import printing
from kessai.decisions.letters import rules as letters
from kessai.decisions.models import Case
from kessai.drafting import blobs
from kessai.drafting import queries as drafts
from kessai.kernel.calendar import era_text
from kessai.ledger.sealing import Json
from kessai.organisation import queries as organisation


@dataclass(frozen=True, slots=True)
class Printed:
    """A letter whose bytes are stored. ``place``: which of the decided letters, from 1; ``to``: who stands on it."""

    place: int
    to: tuple[str, ...]
    title: str
    filename: str
    size: int
    sha256: str

    def to_json(self) -> dict[str, Json]:
        return {
            "letter": self.place,
            "to": list(self.to),
            "title": self.title,
            "filename": self.filename,
            "size": self.size,
            "sha256": self.sha256,
        }


def print_letters(
    *, case: Case, addressees: Sequence[str], others: int, day: date, sender: str, at: datetime
) -> tuple[Printed, ...]:
    """Make and store the letters of a decided case that go out to some addressees on a day.

    ``sender``: the name on those that name nobody; ``others``: the letter for addressees whom none of them names.
    Errors: CannotAct where there is no such letter.
    """
    revision = drafts.revision(tenant_id=case.tenant_id, draft_id=case.id, number=case.revision)
    decided = revision.content.letters
    if not decided:
        return ()
    letters.judge_others(decided, others)
    author = organisation.tenant(tenant_id=case.tenant_id).name
    known = letters.Known(number=case.number, day=era_text(day), sender=sender)
    files = [file.title for file in revision.attachments]
    found = []
    for place, to in letters.going_out(decided, addressees, others):
        letter = decided[place - 1]
        page = letters.arranged(letter, known, files=files, to=to)
        pdf = printing.pdf([page], author=author, made=int(at.timestamp()))
        digest, size = blobs.store(tenant_id=case.tenant_id, stream=BytesIO(pdf), limit=len(pdf))
        name = letters.filename(letter.title, to, each=letter.layout.each)
        found.append(Printed(place, tuple(to), letter.title, name, size, digest))
    return tuple(found)
