"""How a case or a draft is written in an address: ``<tenant>-<uuid>``."""

from __future__ import annotations

import re
from typing import NamedTuple
from uuid import UUID

from django.urls import register_converter

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class Ref(NamedTuple):
    """A case or a draft (a case keeps the id of its draft)."""

    tenant_id: int
    id: UUID

    def __str__(self) -> str:
        return f"{self.tenant_id}-{self.id}"

    @classmethod
    def read(cls, text: str) -> Ref | None:
        """The reference in a text; None where there is none."""
        if not re.fullmatch(rf"[0-9]{{1,9}}-{_UUID}", text):
            return None
        tenant, _, id = text.partition("-")
        return cls(int(tenant), UUID(id))


class RefConverter:
    regex = rf"[0-9]{{1,9}}-{_UUID}"

    def to_python(self, value: str) -> Ref:
        found = Ref.read(value)
        if found is None:
            raise ValueError(value)
        return found

    def to_url(self, value: Ref | str) -> str:
        return str(value)


register_converter(RefConverter, "ref")
