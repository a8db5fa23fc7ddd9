"""A decided case whose retention is over, and what its records manager does, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from kessai.decisions.destroying import operations
from kessai.decisions.destroying.operations import Ordered
from kessai.records.models import Record
from stage import Stage

THEN = datetime(2020, 10, 6, 3, 0, tzinfo=UTC)
LAST_DAY = datetime(2026, 3, 31, 14, 59, tzinfo=UTC)
"""Just before midnight in Japan, on the last of the five years from 1 April 2021."""
OVER = datetime(2026, 3, 31, 15, 0, tzinfo=UTC)
PHRASE = "砂丘の風紋"
"""In title and text of the case: what is looked for after its destruction."""


def file_of(stage: Stage, case: UUID) -> UUID:
    found: UUID = Record.objects.values_list("file_id", flat=True).get(
        tenant_id=stage.tenant_id, case_id=case
    )
    return found


def consented(stage: Stage, file: UUID, by: str = "director", **said: str) -> None:
    operations.record_consent(
        actor=stage.actor(by),
        tenant_id=stage.tenant_id,
        file_id=file,
        at=stage.now,
        **{"given_by": "内閣総理大臣", "reference": "府公第45号", "given_on": "令和8年3月20日", **said},
    )


def destroyed(stage: Stage, file: UUID, by: str = "director", act: UUID | None = None) -> Ordered:
    return operations.destroy_file(
        actor=stage.actor(by), tenant_id=stage.tenant_id, file_id=file, act_id=act or uuid4(), at=stage.now
    )


def destroyed_long_ago(stage: Stage) -> tuple[UUID, UUID]:
    """A case decided so long ago that it could be destroyed today, and was; and its file, in which another is left."""
    now, stage.now = stage.now, THEN
    gone, _ = stage.decided(), stage.decided()
    stage.now = now
    file = file_of(stage, gone)
    consented(stage, file, given_on="2026-10-01")
    operations.destroy(
        actor=stage.actor("director"),
        tenant_id=stage.tenant_id,
        case_id=gone,
        act_id=uuid4(),
        at=stage.later(),
    )
    return gone, file
