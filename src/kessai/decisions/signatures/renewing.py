"""Time stamps of signed files are renewed before the certificate behind the last one ends.

The renewed file is another one, with the former at its head, byte for byte; both are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from django.conf import settings
from django.db import transaction

from kessai.decisions.signatures import operations, queries, writes
from kessai.decisions.signatures.queries import RENEWAL, Version
from kessai.drafting import blobs
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting.queries import CannotOpen
from kessai.kernel.errors import NotFound
from kessai.kernel.words import Text
from kessai.signing import identities, pdf
from kessai.signing.configured import CannotUseKey
from kessai.signing.pdf import CannotGetStamp, CannotOutlast, CannotSign

AT_ONCE = 500
"""Files of a ministry in one go."""
URGENT = timedelta(days=30)
"""So long before a stamp ends it is announced that it cannot be renewed."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A file whose stamp could not be renewed."""

    version: Version
    why: Text


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of one go. ``more``: others are left to be renewed."""

    done: tuple[Version, ...]
    failed: tuple[Failed, ...]
    more: bool


def in_good_time() -> timedelta:
    """How long before its end a stamp is renewed."""
    return timedelta(days=settings.KESSAI_TIMESTAMPING.renew_days)


def renew(*, tenant_id: int, at: datetime, within: timedelta) -> Renewed:
    """Renew the files of a ministry whose stamps end within a time, AT_ONCE at most. What hinders all ends the go."""
    due = queries.due(tenant_id=tenant_id, before=at + within, limit=AT_ONCE)
    done, failed = list[Version](), list[Failed]()
    for each in due:
        try:
            done.append(_renewed(tenant_id, each, at))
        except (CannotSign, CannotUseKey, NotFound, CannotOpen) as error:
            failed.append(Failed(each, error.what))
            if isinstance(error, (CannotGetStamp, CannotOutlast, CannotUseKey)):
                break
    return Renewed(tuple(done), tuple(failed), more=not failed and len(due) == AT_ONCE)


def _renewed(tenant_id: int, version: Version, at: datetime) -> Version:
    with drafts.open_blob(tenant_id=tenant_id, sha256=version.sha256) as stream:
        content = stream.read()
    try:
        made = pdf.renew(content, trust=identities.trust())
    except (CannotSign, CannotUseKey) as error:
        # For a new certificate of the authority one may wait while there is time.
        if not isinstance(error, CannotOutlast) or version.until <= at + URGENT:
            operations.failed(error, tenant_id=tenant_id, use=RENEWAL, at=at)
        raise
    operations.worked(tenant_id=tenant_id, use=RENEWAL)
    sha256, size = blobs.store(tenant_id=tenant_id, stream=BytesIO(made), limit=len(made))
    now = Version(version.case_id, version.first, sha256, size, pdf.stamped_until(made))
    with transaction.atomic():
        writes.keep(
            tenant_id=tenant_id,
            case_id=now.case_id,
            sha256=now.sha256,
            size=now.size,
            until=now.until,
            at=at,
            first=now.first,
        )
    return now
