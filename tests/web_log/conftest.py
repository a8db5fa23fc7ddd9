"""A ministry, and who signs in there."""

from __future__ import annotations

from web.conftest import as_, stage

__all__ = ["as_", "stage"]
