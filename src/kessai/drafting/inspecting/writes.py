"""Having a file that was just stored looked into, and taking infected ones away, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from kessai.drafting import blobs, tasks
from kessai.drafting.inspecting import queries
from kessai.drafting.models import Findable, Inspection, Released, Scan
from kessai.drafting.showing import operations as showing
from kessai.kernel.words import N_


def look_into(*, tenant_id: int, sha256: str, at: datetime) -> None:
    """Have a stored file looked into, and scanned where there is a scanner: nobody else opens it before that.

    Errors: CannotStore, where its bytes were taken away as infected since they were stored.
    """
    assert connection.in_atomic_block
    _is_there(tenant_id, sha256)
    tasks.inspect.defer(tenant_id=tenant_id, sha256=sha256)
    if queries.scanning():
        Scan.objects.get_or_create(
            tenant_id=tenant_id, sha256=sha256, defaults={"state": queries.WAITING, "asked_at": at}
        )
        tasks.scan.defer(tenant_id=tenant_id, sha256=sha256)


def _is_there(tenant_id: int, sha256: str) -> None:
    """Bytes that were taken away and came again are there; not those that went while they came."""
    scan = _locked(tenant_id, sha256)
    if scan is None or scan.removed_at is None:
        return
    if blobs.size_stored(tenant_id=tenant_id, sha256=sha256) is None:
        raise blobs.CannotStore(
            N_("このファイルは、ウイルスが見つかったため消されました。"),
            N_("添付せずに、情報セキュリティの担当に連絡してください。"),
        )
    Scan.objects.filter(tenant_id=tenant_id, sha256=sha256).update(removed_at=None)


def lock_infected(*, tenant_id: int, sha256: str) -> bool:
    """Whether something was found in a file; nobody puts it on a record until the transaction ends."""
    scan = _locked(tenant_id, sha256)
    return scan is not None and scan.state == queries.BAD


def _locked(tenant_id: int, sha256: str) -> Scan | None:
    assert connection.in_atomic_block
    return Scan.objects.select_for_update().filter(tenant_id=tenant_id, sha256=sha256).first()


def take_away(*, tenant_id: int, sha256: str, at: datetime) -> bool:
    """Delete the bytes of a locked file and what was made to show it; whether they were there. What was found stays."""
    assert connection.in_atomic_block
    removed = Scan.objects.filter(tenant_id=tenant_id, sha256=sha256, removed_at=None)
    removed.update(removed_at=at)
    showing.forget(tenant_id=tenant_id, sha256=sha256)
    return blobs.remove(tenant_id=tenant_id, sha256=sha256)


def release(*, tenant_id: int, files: Iterable[str]) -> None:
    """Something names these files (hex SHA-256) no more: their bytes go, unless something else names them."""
    assert connection.in_atomic_block
    rows = [Released(tenant_id=tenant_id, sha256=sha256) for sha256 in sorted(set(files))]
    Released.objects.bulk_create(rows, ignore_conflicts=True)


def keep(*, tenant_id: int, sha256: str) -> None:
    """Something else names a file that was released."""
    Released.objects.filter(tenant_id=tenant_id, sha256=sha256).delete()


def destroy(*, tenant_id: int, sha256: str) -> None:
    """Delete the bytes of a file that nothing names any more, and all that was derived from them."""
    assert connection.in_atomic_block
    _locked(tenant_id, sha256)
    Released.objects.filter(tenant_id=tenant_id, sha256=sha256).delete()
    for derived in (Inspection, Findable, Scan):
        derived.objects.filter(tenant_id=tenant_id, sha256=sha256).delete()
    showing.forget(tenant_id=tenant_id, sha256=sha256)
    blobs.remove(tenant_id=tenant_id, sha256=sha256)
