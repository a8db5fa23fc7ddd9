"""What the signature of a stolen key is still worth: as much as others saw before the theft."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from merklelog.policy import NONE, Policy, Seen


def still_counts(
    seen: Iterable[Seen], policy: Policy, stamped: Iterable[datetime], *, since: datetime
) -> bool:
    """Whether a checkpoint counts whose log key others may have had from ``since`` on.

    It does if a time-stamp over it is earlier (``stamped``: the times of those that hold), or if the witnesses that
    cosigned it earlier (of those that are ``seen``) are a quorum by themselves. A policy without a quorum says nothing.
    """
    early = {each.witness.name for each in seen if each.time < since.timestamp()}
    witnessed = policy.quorum != NONE and policy.is_met(early)
    return witnessed or any(at < since for at in stamped)
