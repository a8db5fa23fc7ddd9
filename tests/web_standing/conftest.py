"""The same ministry and visitors as for the other pages."""

from __future__ import annotations

from web.conftest import as_, stage

__all__ = ["as_", "stage"]
