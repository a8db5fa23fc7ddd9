"""Files in which the virus scanner found something: where they are used, and which records bind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from kessai.decisions import machine
from kessai.decisions.models import Case, Event, ReceiptEvent
from kessai.drafting import blobs
from kessai.drafting.inspecting import queries as inspecting

DRAFT, CASE, RECEIPT = "draft", "case", "receipt"


@dataclass(frozen=True, slots=True)
class Use:
    """Where a file is: attached to a draft, bound by a revision of a case or by an issue of it, or registered with a
    receipt.

    ``state``: of the case. A case keeps the id of its draft.
    """

    kind: str
    id: UUID
    revision: int | None = None
    state: str = ""

    @property
    def binds(self) -> bool:
        """The log has the digest of its bytes, whatever has become of the case: verifying reads them."""
        return self.kind != DRAFT


@dataclass(frozen=True, slots=True)
class Found:
    """An infected file, in which ``threat`` was found. ``size``: of its bytes at ``path``; None where they are gone."""

    tenant_id: int
    sha256: str
    threat: str
    found_at: datetime
    removed_at: datetime | None
    path: Path
    size: int | None
    uses: tuple[Use, ...]

    @property
    def removable(self) -> bool:
        return self.size is not None and not any(use.binds for use in self.uses)


def infected(*, tenant_id: int) -> tuple[Found, ...]:
    """Every file of a ministry in which something was found, the earliest first. No access check."""
    return tuple(
        Found(
            tenant_id=tenant_id,
            sha256=one.sha256,
            threat=one.threat,
            found_at=one.found_at,
            removed_at=one.removed_at,
            path=blobs.path_of(tenant_id=tenant_id, sha256=one.sha256),
            size=blobs.size_stored(tenant_id=tenant_id, sha256=one.sha256),
            uses=uses(tenant_id=tenant_id, sha256=one.sha256),
        )
        for one in inspecting.infected(tenant_id=tenant_id)
    )


def uses(*, tenant_id: int, sha256: str) -> tuple[Use, ...]:
    """Where a file is used, those that bind it first."""
    bound = inspecting.revisions_with(tenant_id=tenant_id, sha256=sha256)
    cases = Case.objects.filter(tenant_id=tenant_id)
    states = dict(cases.filter(id__in={case for case, _ in bound}).values_list("id", "state"))
    letters = Event.objects.filter(
        tenant_id=tenant_id, kind=machine.ISSUED, payload__letters__contains=[{"sha256": sha256}]
    )
    issued = cases.filter(id__in=letters.values("case_id")).order_by("id")
    received = ReceiptEvent.objects.filter(tenant_id=tenant_id, payload__files__contains=[{"sha256": sha256}])
    return (
        *(Use(CASE, case, number, states.get(case, "")) for case, number in bound),
        *(Use(CASE, *case) for case in issued.values_list("id", "revision", "state")),
        *(Use(RECEIPT, one) for one in received.order_by("receipt_id").values_list("receipt_id", flat=True)),
        *(Use(DRAFT, draft) for draft in inspecting.drafts_with(tenant_id=tenant_id, sha256=sha256)),
    )
