"""Clearances of the stage's posts and people."""

from __future__ import annotations

from kessai.organisation.clearance import operations
from stage import Stage

MARKED, RESTRICTED = "confidentiality3", "関係者限り"
ALL = ("chief", "deputy_director", "director", "director_general", "general_affairs")


def clear(
    stage: Stage, *codes: str, covers: tuple[str, ...] = (MARKED, RESTRICTED), person: bool = False
) -> None:
    """Let posts, or the people of the same codes, see what is marked; nothing in ``covers`` takes it away."""
    lines = ["post,staff_no,covers"]
    for code in codes:
        subject = f",{code}" if person else f"{code},"
        lines += [f"{subject},{each}" for each in covers or ("",)]
    operations.import_clearances(
        tenant_id=stage.tenant_id, source="\n".join(lines).encode(), at=stage.later()
    )
