"""Acts through the public operations, one process; beside a transaction that writes one row."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

import psycopg

from benchmarks.measuring import Watch, head, say
from kessai.decisions import operations as deciding
from stage import Stage

CASES = 150
ACTS = ("submit", "approve", "decide")


def run(stage: Stage, url: str) -> None:
    head(f"acts: {CASES} cases of submit, two approvals and a decision, in one process")
    watch = Watch()
    with psycopg.connect(url) as bare:
        bare.execute("CREATE TABLE bench_floor (id uuid PRIMARY KEY)")
        bare.commit()
        _walk(stage, 5, Watch(), bare)
        _walk(stage, CASES, watch, bare)
    floor = watch.median("one row")
    for act in ACTS:
        median = watch.median(act)
        say(f"{act}, median", f"{median * 1000:.2f} ms", f"{median / floor:.1f} × a commit of one row")
    say("commit of one row, median", f"{floor * 1000:.2f} ms")
    count = sum(len(watch.taken[act]) for act in ACTS)
    say("acts per second", f"{count / watch.total(*ACTS):.0f}")


def _walk(stage: Stage, cases: int, watch: Watch, bare: psycopg.Connection) -> None:
    for _ in range(cases):
        draft = stage.draft()
        with watch.time("submit"):
            case = stage.submit(draft).case_id
        for code in ("deputy_director", "director"):
            approve = _ready(stage, case, code, deciding.approve)
            with watch.time("approve"):
                approve()
        decide = _ready(stage, case, "director_general", deciding.decide)
        with watch.time("decide"):
            decide()
        with watch.time("one row"):
            bare.execute("INSERT INTO bench_floor VALUES (%s)", [uuid4()])
            bare.commit()


def _ready(stage: Stage, case: UUID, code: str, act: Callable[..., object]) -> Callable[[], object]:
    """The act with everything that the page had shown: what is measured is the act alone."""
    return partial(
        act,
        actor=stage.actor(code),
        tenant_id=stage.tenant_id,
        case_id=case,
        position=stage.step(case, code),
        seen=stage.seen(case),
        act_id=uuid4(),
        at=stage.later(),
    )
