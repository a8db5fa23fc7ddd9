"""Routes on which posts were merged after the case was sent, read as they are today.

On the day of a reorganisation nobody writes a step. Whoever reads or acts sees the route through the successions of
that day; the next act stores what that came to (replay.merged, replay.without).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from kessai.decisions import machine, replay
from kessai.organisation import queries as organisation

_MERGED = (Path(__file__).parent / "sql" / "merged.sql").read_text()


@dataclass(frozen=True, slots=True)
class Route:
    """The steps of a round as they are stored, the positions at which nobody is asked today, and what that makes."""

    before: Sequence[replay.Step]
    merged: Sequence[int]
    now: Mapping[int, replay.Step]


def route_of_today(steps: Sequence[replay.Step], successors: Mapping[int, int]) -> Route:
    """``successors``: abolished posts with those that act for them today."""
    merged = replay.merged(steps, successors)
    return Route(steps, merged, {step.position: step for step in replay.without(steps, merged)})


def route_on(steps: Sequence[replay.Step], on: date) -> Route:
    """The same, with the successions of a day."""
    return route_of_today(steps, organisation.successors(post_ids={s.post_id for s in steps}, on=on))


def as_steps(rows: Iterable[Mapping[str, Any]]) -> list[replay.Step]:
    """Rows of steps as the rules see them."""
    return [
        replay.Step(r["position"], r["stage"], r["kind"], r["post_id"], r["state"], quorum=r["quorum"])
        for r in rows
    ]


def state_now(rows: Iterable[Mapping[str, Any]], successors: Mapping[int, int]) -> list[dict[str, Any]]:
    """Steps of one case, as rows with position, stage, kind, post_id, state and quorum, with their states of today."""
    stored = [dict(row) for row in rows]
    steps = as_steps(stored)
    now = route_of_today(steps, successors).now
    return [row | {"state": now[row["position"]].state} for row in stored]


@dataclass(frozen=True, slots=True)
class Differences:
    """Steps that are open as stored and ask nobody today, and steps that wait as stored and are open today."""

    hidden: Sequence[tuple[int, UUID, int]] = ()
    shown: Sequence[tuple[int, UUID, int]] = ()

    def params(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, steps in (("hidden", self.hidden), ("shown", self.shown)):
            found[f"{name}_tenants"] = [tenant for tenant, _, _ in steps]
            found[f"{name}_cases"] = [case for _, case, _ in steps]
            found[f"{name}_positions"] = [position for _, _, position in steps]
        return found


def differences(*, posts: Collection[int], tenants: Collection[int], on: date) -> Differences:
    """What the inbox of some posts must know of the mergers of their cases; nothing on nearly every day."""
    with connection.cursor() as cursor:
        cursor.execute(_MERGED, {"posts": list(posts), "tenants": list(tenants), "day": on})
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    if not rows:
        return Differences()
    successors = organisation.successors(post_ids={row["post_id"] for row in rows}, on=on)
    cases: dict[tuple[int, UUID], list[dict[str, Any]]] = {}
    for row in rows:
        cases.setdefault((row["tenant_id"], row["case_id"]), []).append(row)
    hidden, shown = [], []
    for (tenant, case), steps in cases.items():
        for row, now in zip(steps, state_now(steps, successors), strict=True):
            if row["state"] == machine.OPEN != now["state"]:
                hidden.append((tenant, case, row["position"]))
            elif row["state"] != machine.OPEN == now["state"]:
                shown.append((tenant, case, row["position"]))
    return Differences(hidden, shown)
