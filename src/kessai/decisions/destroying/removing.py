"""Deleting the bytes of files that something named, and nothing names any more."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kessai.decisions.access import SQL
from kessai.decisions.wholefile.queries import copies_of
from kessai.drafting import blobs
from kessai.drafting.inspecting import queries as inspecting
from kessai.drafting.inspecting import writes

SETTLED = timedelta(hours=1)
"""Within so much time after bytes came, a row names them; until then nobody takes them for forgotten."""


def remove_released(*, tenant_id: int, at: datetime) -> int:
    """Delete the released files of a ministry that nothing names, with what was derived from them.

    Returned: how many came so lately that something may yet come to name them; they wait.
    """
    waiting = 0
    for sha256 in inspecting.released(tenant_id=tenant_id):
        with transaction.atomic():
            if still_named(tenant_id=tenant_id, sha256=sha256):
                # Whatever names it releases it again.
                writes.keep(tenant_id=tenant_id, sha256=sha256)
            elif _came_lately(tenant_id, sha256, at):
                waiting += 1
            else:
                writes.destroy(tenant_id=tenant_id, sha256=sha256)
    return waiting


def _came_lately(tenant_id: int, sha256: str, at: datetime) -> bool:
    came = blobs.came_at(tenant_id=tenant_id, sha256=sha256)
    return came is not None and came > at - SETTLED


def remove_copies(*, tenant_id: int, case_id: UUID) -> None:
    """Delete the copies of a case as one PDF, as it was at any time."""
    shutil.rmtree(copies_of(tenant_id=tenant_id, case_id=case_id), ignore_errors=True)


def still_named(*, tenant_id: int, sha256: str) -> bool:
    """Whether anything that is kept names a file."""
    params: dict[str, Any] = {
        "tenant": tenant_id,
        "sha256": sha256,
        "named": json.dumps([{"sha256": sha256}]),
    }
    with connection.cursor() as cursor:
        cursor.execute(SQL["still_named"], params)
        (named,) = cursor.fetchone()
    return bool(named)
