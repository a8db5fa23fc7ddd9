"""Deleting the bytes of destroyed records, once the act that destroyed them is committed."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from kessai.decisions.access import SQL
from kessai.drafting import blobs
from kessai.drafting.inspecting import writes as inspecting

SETTLED = timedelta(hours=1)
"""Within so much time after bytes came, a row names them; until then nobody takes them for forgotten."""


def remove(*, tenant_id: int, files: Collection[str], at: datetime) -> list[str]:
    """Delete those of some files (hex SHA-256) that nothing names, with what was derived from them.

    Returned: those that came so lately that a draft may yet come to name them.
    """
    later = []
    for sha256 in files:
        if still_named(tenant_id=tenant_id, sha256=sha256):
            continue
        came = blobs.came_at(tenant_id=tenant_id, sha256=sha256)
        if came is not None and came > at - SETTLED:
            later.append(sha256)
            continue
        with transaction.atomic():
            inspecting.destroy(tenant_id=tenant_id, sha256=sha256)
    return later


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
