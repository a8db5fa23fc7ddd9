"""What hinders signatures now, for operators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kessai.decisions.models import SigningFault
from kessai.kernel.words import Text

GRACE = timedelta(minutes=5)
"""For how long it may fail before it is announced: an authority that is restarted is no news."""

KEY, STAMP = SigningFault.KEY, SigningFault.STAMP


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
    """All that do not sign, the oldest first. No access check: for operators."""
    rows = SigningFault.objects.order_by("since", "tenant_id", "use")
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    return tuple(
        Fault(r.tenant_id, r.use, r.cause, r.since, r.last_at, Text(r.message, r.params)) for r in rows
    )


def is_failing(*, at: datetime) -> bool:
    """Whether anything has failed to be signed for longer than a moment."""
    return SigningFault.objects.filter(since__lte=at - GRACE).exists()
