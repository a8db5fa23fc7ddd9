"""Who acts. Which posts they hold is read from the chart of the day of the act, never carried along."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    person_id: int
