"""The one place where pages read the time; tests replace it."""

from __future__ import annotations

from datetime import datetime

from kessai.kernel.calendar import JAPAN


def now() -> datetime:
    """The time of the request, aware, in Japan."""
    return datetime.now(JAPAN)
