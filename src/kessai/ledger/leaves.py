"""What a leaf says of itself: the case and seq it belongs to, and the digests of its fields."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID


def _read(leaf: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(leaf or b"")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def address(leaf: bytes | None, tenant_id: int) -> tuple[UUID | None, int | None]:
    """The case and seq that a leaf names, in this log; (None, None) for one of another log or none at all."""
    found = _read(leaf)
    try:
        if found["log"] != tenant_id or type(found["seq"]) is not int:
            return None, None
        return UUID(found["case"]), found["seq"]
    except (KeyError, ValueError, TypeError, AttributeError):
        return None, None


def differing_fields(one: bytes, other: bytes) -> str:
    """The fields whose digests differ between two leaves, comma-separated."""
    here, there = _read(one).get("fields"), _read(other).get("fields")
    if not isinstance(here, dict) or not isinstance(there, dict):
        return ""
    return ", ".join(sorted(name for name in {*here, *there} if here.get(name) != there.get(name)))
