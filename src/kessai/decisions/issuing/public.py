"""What anybody may know of a letter with an official seal whose code they have: no content, and no person.

No access check: whoever has the code has the letter on which it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ObjectDoesNotExist

from kessai.decisions import events, machine
from kessai.decisions.issuing import queries, rules
from kessai.decisions.models import Case, Event, SealedLetter
from kessai.decisions.signatures import queries as signatures
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting.queries import CannotOpen
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_
from kessai.ledger import queries as ledger
from kessai.organisation import queries as organisation
from kessai.records import queries as records
from kessai.signing import checking, identities
from kessai.signing.checking import Checked

PUBLIC = ("confidentiality1", "open")
"""Marking and disclosure of what everybody may read; only then is the title said."""
_CODE = re.compile(r"([1-9][0-9]{0,8})-[a-z2-7]{26}")

LETTER, RENEWED, ENCLOSURE, OTHER = "letter", "renewed", "enclosure", "other"


class CannotVouch(Cannot):
    """What is stored of the letter is not what the seal's keeper recorded: nothing is said of it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A letter and its seal. ``renewals``: hex SHA-256 of the same file with later time stamps; ``enclosures``: of the
    files that went out with it; ``title``: "" where it is not public; ``ended_at``: since when the record of its issue
    has no force (a correction, or an issue that was not).
    """

    tenant_id: int
    code: str
    ministry: str
    ministry_en: str
    number: str
    issued_on: date
    seal: str
    seal_en: str
    keeper: str
    sealed_at: datetime
    sha256: str
    renewals: tuple[str, ...]
    enclosures: tuple[str, ...]
    title: str
    ended_at: datetime | None
    destroyed_at: datetime | None = None
    """When the case was lawfully destroyed: of the letter no more than this is known."""

    def is_what(self, sha256: str) -> str:
        """What a file is: the letter, the letter with later time stamps, one of its enclosures, or something else."""
        if sha256 == self.sha256:
            return LETTER
        if sha256 in self.renewals:
            return RENEWED
        return ENCLOSURE if sha256 in self.enclosures else OTHER


def sealed(*, code: str) -> Sealed | None:
    """The letter with a code; None if there is none. Errors: CannotVouch."""
    parts = _CODE.fullmatch(code)
    tenant_id = int(parts[1]) if parts else 0
    found = SealedLetter.objects.filter(tenant_id=tenant_id, code=code).first()
    if found is None:
        return _destroyed(tenant_id, code) if parts else None
    told = queries.told(tenant_id=tenant_id, case_id=found.case_id)
    try:
        if _as_recorded(found, told):
            return _read(found, told)
    except (LookupError, TypeError, ValueError, ObjectDoesNotExist) as error:
        raise _cannot_vouch() from error
    raise _cannot_vouch()


def _cannot_vouch() -> CannotVouch:
    return CannotVouch(
        N_("この文書の記録は、公印を押した時のものと合いません。"),
        N_(
            "この文書を、この画面で確かめられたことにしないでください。文書にある連絡先に電話で知らせてください。"
        ),
    )


def _as_recorded(found: SealedLetter | Event, told: Sequence[Event]) -> bool:
    """Whether what is stored of the issue and its seal is what the log has bound, field by field."""
    of_case = ledger.leaves_of(tenant_id=found.tenant_id, case_ids=[found.case_id])
    leaves = of_case.get(found.case_id, {})
    return all(
        event.seq in leaves
        and leaves[event.seq].leaf == events.leaf(event, events.fields(event), bytes(event.salt))
        for event in told
    )


def _read(found: SealedLetter, told: Sequence[Event]) -> Sealed:
    """What the events say of the letter. Raises LookupError, TypeError or ValueError where they do not say it."""
    tenant_id, by_seq = found.tenant_id, {event.seq: event for event in told}
    put = by_seq[found.seq]
    issue, entry = by_seq[put.payload["about"]], put.payload["sealed"][found.place - 1]
    if entry["code"] != found.code:
        raise LookupError(found.code)
    tenant = organisation.tenant(tenant_id=tenant_id)
    case = Case.objects.get(tenant_id=tenant_id, id=found.case_id)
    filed = records.filed(tenant_id=tenant_id, case_id=case.id)
    is_public = filed is not None and (filed.marking, filed.disclosure) == PUBLIC
    return Sealed(
        tenant_id=tenant_id,
        code=found.code,
        ministry=tenant.name,
        ministry_en=tenant.name_en,
        number=case.number,
        issued_on=date.fromisoformat(issue.payload["issued_on"]),
        seal=put.payload["seal"]["name"],
        seal_en=put.payload["seal"]["name_en"],
        keeper=put.post_title,
        sealed_at=put.at,
        sha256=entry["sha256"],
        renewals=signatures.renewals(tenant_id=tenant_id, first=entry["sha256"]),
        enclosures=tuple(file["sha256"] for file in issue.payload["documents"]),
        title=issue.payload["letters"][entry["letter"] - 1]["title"] if is_public else "",
        ended_at=_ended_at(told, issue.seq),
    )


def _destroyed(tenant_id: int, code: str) -> Sealed | None:
    """What the act says of a letter by which its case was destroyed. Errors: CannotVouch."""
    of = Event.objects.filter(tenant_id=tenant_id, kind=machine.DESTROYED_EVENT)
    gone = of.filter(payload__seals__contains=[{"code": code}]).first()
    if gone is None:
        return None
    if not _as_recorded(gone, [gone]):
        raise _cannot_vouch()
    said = next(each for each in gone.payload["seals"] if each["code"] == code)
    tenant = organisation.tenant(tenant_id=tenant_id)
    return Sealed(
        tenant_id=tenant_id,
        code=code,
        ministry=tenant.name,
        ministry_en=tenant.name_en,
        number=gone.payload["destroyed"]["number"],
        issued_on=date.fromisoformat(said["issued_on"]),
        seal=said["seal"]["name"],
        seal_en=said["seal"]["name_en"],
        keeper=said["keeper"],
        sealed_at=datetime.fromisoformat(said["sealed_at"]),
        sha256=said["sha256"],
        renewals=(),
        enclosures=(),
        title="",
        ended_at=None,
        destroyed_at=gone.at,
    )


def _ended_at(told: Sequence[Event], seq: int) -> datetime | None:
    later = (event for event in told if event.payload.get("about") == seq)
    return next((event.at for event in later if rules.AFTER.get(event.kind) == rules.VOID), None)


def signature(letter: Sealed) -> Checked | None:
    """The electronic signature of a letter as it is kept, with its last time stamps, checked now or some minutes ago;
    None if its file is lost or not handed out."""
    last = (letter.sha256, *letter.renewals)[-1]
    try:
        with drafts.open_blob(tenant_id=letter.tenant_id, sha256=last) as stream:
            found = checking.check_again(stream.read(), trust=identities.trust())
    except (NotFound, CannotOpen):
        return None
    return found[0] if found else None
