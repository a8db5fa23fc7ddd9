"""What a verification says: each thing that does not match, and where it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kessai.kernel.words import Plain, Text


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not match. ``case``, ``seq`` and ``field`` where it belongs to one."""

    tenant_id: int
    what: str
    text: Text
    case: UUID | None = None
    seq: int | None = None
    field: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "tenant": self.tenant_id,
            "what": self.what,
            "case": str(self.case) if self.case else None,
            "seq": self.seq,
            "field": self.field or None,
            "text": str(self.text),
        }


def finding(
    tenant_id: int,
    what: str,
    message: str,
    *,
    case: UUID | None = None,
    seq: int | None = None,
    field: str = "",
    **params: Plain,
) -> Finding:
    return Finding(tenant_id, what, Text(message, params), case, seq, field)
