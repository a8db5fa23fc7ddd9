"""There is one database; 'owner' is another role's connection to it, which only migrations use."""

from __future__ import annotations

from typing import Any


class OneDatabase:
    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True
