"""Time stamps of signed files are renewed before the certificate behind the last one ends.

The renewed file is another one, with the former at its head, byte for byte; both are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from kessai.decisions.signatures import operations, queries, writes
from kessai.decisions.signatures.queries import RENEWAL, Version
from kessai.drafting import queries as drafts
from kessai.drafting.blobs import CannotStore
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Text
from kessai.signing import identities, pdf
from kessai.signing.configured import CannotUseKey
from kessai.signing.pdf import CannotGetStamp, CannotOutlast

AT_ONCE = 500
"""Files of a ministry in one go."""
URGENT = timedelta(days=30)
"""So long before a stamp ends it is announced that it cannot be renewed."""
HINDERS_ALL = (CannotGetStamp, CannotOutlast, CannotUseKey, CannotStore)


class CannotRenew(Cannot):
    """No version of a signed file is there as it was kept."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A file whose stamp could not be renewed."""

    version: Version
    why: Text


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of one go. ``more``: others are left to be renewed. The last go tells of all that failed."""

    done: tuple[Version, ...]
    failed: tuple[Failed, ...]
    more: bool


def in_good_time() -> timedelta:
    """How long before its end a stamp is renewed."""
    return timedelta(days=settings.KESSAI_TIMESTAMPING.renew_days)


def renew(*, tenant_id: int, at: datetime, within: timedelta) -> Renewed:
    """Renew the files of a ministry whose stamps end within a time, AT_ONCE at most.

    What hinders all ends the go; a file that cannot be renewed hinders no other, and the next go comes past it again.
    """
    done, failed, more = list[Version](), list[Failed](), False
    faults = list[tuple[Version, Cannot]]()
    for each in _due(tenant_id, at + within):
        if more := len(done) == AT_ONCE:
            break
        try:
            if now := _renewed(tenant_id, each, at):
                done.append(now)
        except Cannot as error:
            failed.append(Failed(each, error.what))
            # For a new certificate of the authority one may wait while there is time.
            if not isinstance(error, CannotOutlast) or each.until <= at + URGENT:
                faults.append((each, error))
            if isinstance(error, HINDERS_ALL):
                break
    _tell(tenant_id, at, stamped=bool(done), faults=faults, all_well=not failed and not more)
    return Renewed(tuple(done), tuple(failed), more)


def _due(tenant_id: int, before: datetime) -> Iterator[Version]:
    last: Version | None = None
    while found := queries.due(tenant_id=tenant_id, before=before, limit=AT_ONCE, after=last):
        yield from found
        last = found[-1]


def _tell(
    tenant_id: int, at: datetime, *, stamped: bool, faults: Sequence[tuple[Version, Cannot]], all_well: bool
) -> None:
    """Keep what failed in a go, so that it is announced; or that nothing did, which only a go to the end can know."""
    if stamped:
        operations.stamped(tenant_id=tenant_id)
    if faults:
        operations.failed(_in_short(faults), tenant_id=tenant_id, use=RENEWAL, at=at)
    elif all_well:
        operations.over(tenant_id=tenant_id, use=RENEWAL)


def _in_short(faults: Sequence[tuple[Version, Cannot]]) -> Cannot:
    """What hinders all, or else how many files fail, and the first of them."""
    version, error = faults[0]
    if isinstance(faults[-1][1], HINDERS_ALL):
        return faults[-1][1]
    return CannotRenew(
        N_("更新できない署名した文書：%(n)s件。はじめのファイルは %(sha256)s です（%(why)s）。"),
        n=len(faults),
        sha256=version.sha256,
        why=str(error.what),
    )


def _renewed(tenant_id: int, version: Version, at: datetime) -> Version | None:
    """None where the case was destroyed meanwhile. Errors: Cannot."""
    found = queries.sound(tenant_id=tenant_id, first=version.first)
    if found is None:
        raise CannotRenew(
            N_("署名した文書のファイルがないか、内容が変わっています（%(sha256)s）。"),
            N_("バックアップからこのファイルを戻してください。"),
            sha256=version.sha256,
        )
    with drafts.open_blob(tenant_id=tenant_id, sha256=found.sha256) as stream:
        content = stream.read()
    made = pdf.renew(content, trust=identities.trust())
    sha256, size = writes.store(tenant_id=tenant_id, content=made)
    now = Version(version.case_id, version.first, sha256, size, pdf.stamped_until(made))
    with transaction.atomic():
        if not writes.lock_with_content(tenant_id=tenant_id, case_id=now.case_id):
            return None
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
