"""What hinders signatures now, and how long those that were made can be checked. No access checks."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from kessai.decisions.models import SigningFault, StampedFile
from kessai.drafting import blobs
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting.queries import CannotOpen
from kessai.kernel.errors import NotFound
from kessai.kernel.words import Text

GRACE = timedelta(minutes=5)
"""For how long it may fail before it is announced: an authority that is restarted is no news."""

KEY, STAMP = SigningFault.KEY, SigningFault.STAMP
RENEWAL = "renewal"
"""The use that is no key's: renewing the time stamps of signed files."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A key of a ministry does not sign: ``use``, ``cause`` as in the model; ``said``: the last failure."""

    tenant_id: int
    use: str
    cause: str
    since: datetime
    last_at: datetime
    said: Text


def faults(*, tenant_id: int | None = None) -> tuple[Fault, ...]:
    """All that do not sign, the oldest first."""
    rows = SigningFault.objects.order_by("since", "tenant_id", "use")
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    return tuple(
        Fault(r.tenant_id, r.use, r.cause, r.since, r.last_at, Text(r.message, r.params)) for r in rows
    )


def is_failing(*, at: datetime) -> bool:
    """Whether anything has failed to be signed for longer than a moment."""
    return SigningFault.objects.filter(since__lte=at - GRACE).exists()


@dataclass(frozen=True, slots=True)
class Version:
    """A signed file as it is now: ``first``, ``sha256`` in hex (the same until it is renewed)."""

    case_id: UUID
    first: str
    sha256: str
    size: int
    until: datetime


# Of each file the version whose stamp lasts longest.
_CURRENT = """
SELECT s.case_id, encode(s.first, 'hex'), encode(s.sha256, 'hex'), s.size, s.until FROM decisions_stampedfile s
WHERE s.tenant_id = %(tenant)s AND NOT EXISTS (
    SELECT 1 FROM decisions_stampedfile n
    WHERE n.tenant_id = s.tenant_id AND n.first = s.first AND n.until > s.until)
"""


def due(*, tenant_id: int, before: datetime, limit: int, after: Version | None = None) -> tuple[Version, ...]:
    """Files of a ministry whose last stamp can be checked no longer than ``before``, the first to end first; those
    behind ``after``. As their rows say: see ``sound``."""
    more = "AND (s.until, s.sha256) > (%(until)s, decode(%(sha256)s, 'hex'))" if after else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_CURRENT} AND s.until < %(before)s {more} ORDER BY s.until, s.sha256 LIMIT %(limit)s",
            {
                "tenant": tenant_id,
                "before": before,
                "limit": limit,
                "until": after.until if after else None,
                "sha256": after.sha256 if after else None,
            },
        )
        return tuple(Version(*row) for row in cursor.fetchall())


def sound(*, tenant_id: int, first: str) -> Version | None:
    """Of a signed file the version with the latest stamp whose bytes are there, and are what its row says; each is read
    until one is. None if there is none."""
    rows = StampedFile.objects.filter(tenant_id=tenant_id, first=bytes.fromhex(first))
    for row in rows.order_by("-until", "sha256"):
        sha256 = bytes(row.sha256).hex()
        with suppress(OSError):
            if blobs.hash_stored(tenant_id=tenant_id, sha256=sha256) == sha256:
                return Version(row.case_id, first, sha256, row.size, row.until)
    return None


def current(*, tenant_id: int, first: str) -> str:
    """The hex SHA-256 of a signed file as it is now: of its last renewal that is sound, or its own."""
    found = sound(tenant_id=tenant_id, first=first)
    return found.sha256 if found else first


def renewed(*, tenant_id: int, case_id: UUID) -> dict[str, Version]:
    """The signed files of a case that were renewed, as they are now, by the hex SHA-256 of what was signed."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_CURRENT} AND s.case_id = %(case)s AND s.first <> s.sha256",
            {"tenant": tenant_id, "case": case_id},
        )
        found = [Version(*row) for row in cursor.fetchall()]
    return {each.first: each for each in found}


def renewals(*, tenant_id: int, first: str) -> tuple[str, ...]:
    """The renewals of a signed file that are what they should be, by their hex SHA-256, the last one last: it stands at
    their head, and nothing but time stamps was added. Each is read; there is one in many years."""
    digest = bytes.fromhex(first)
    rows = StampedFile.objects.filter(tenant_id=tenant_id, first=digest).order_by("until", "sha256")
    size = next((row.size for row in rows if bytes(row.sha256) == digest), None)
    return tuple(
        bytes(row.sha256).hex()
        for row in rows
        if bytes(row.sha256) != digest and size is not None and is_renewal(row, size=size)
    )


def is_renewal(row: StampedFile, *, size: int) -> bool:
    """Whether a renewed file is there as its row says; ``size``: of what was signed."""
    # Imported where it is asked for: whoever reads cases does without pyHanko.
    from kessai.signing import checking

    sha256 = bytes(row.sha256).hex()
    try:
        with drafts.open_blob(tenant_id=row.tenant_id, sha256=sha256) as stream:
            content = stream.read()
    except (NotFound, CannotOpen):
        return False
    return (
        hashlib.sha256(content).hexdigest() == sha256
        and len(content) == row.size
        and hashlib.sha256(content[:size]).digest() == bytes(row.first)
        and checking.only_stamped(content)
    )
