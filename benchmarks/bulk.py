"""Several cases answered at once (一括), beside the same cases one by one: the page before, and the act."""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

import stage as the_stage
from benchmarks.measuring import Watch, head, repeat, say
from kessai.decisions import operations as deciding
from kessai.decisions import queries
from kessai.decisions.bulk import operations
from kessai.decisions.bulk import queries as bulk
from kessai.decisions.bulk.operations import Item
from kessai.decisions.bulk.queries import Wanted
from kessai.decisions.bulk.rules import MOST
from stage import Stage

ROUTINE = {"number": 7, "matter_code": "routine", "level": "director_general", "bulk": True}
TENANT = 701
AT_A_TIME = 10
"""So many at once and so many one by one, in turns: both meet the same machine."""


def run(stage: Stage, url: str) -> None:
    head(f"answering {MOST} cases at once, one by one")
    stage = the_stage.build(TENANT, rows=(*the_stage.ROWS, ROUTINE), matters=("routine",))
    _page(stage, [_waiting(stage) for _ in range(MOST)])
    together = [_waiting(stage) for _ in range(MOST)]
    apart = [_waiting(stage) for _ in range(MOST)]
    items = [
        Item(TENANT, case, stage.step(case, "director"), "approve", stage.seen(case), uuid4())
        for case in together
    ]
    watch = Watch()
    for turn, first in enumerate(range(0, MOST, AT_A_TIME)):
        few = slice(first, first + AT_A_TIME)
        ways = [partial(_at_once, stage, items[few], watch), partial(_singly, stage, apart[few], watch)]
        for way in ways if turn % 2 else reversed(ways):
            way()
    at_once, singly = watch.total("at once"), watch.total("singly")
    say("approving them at once", f"{at_once * 1000:.0f} ms", f"{at_once / singly:.2f} × one by one")


def _waiting(stage: Stage) -> UUID:
    """A case of a kind that may be answered with others, with the Director."""
    return stage.submitted("routine", by="deputy_director")


def _page(stage: Stage, cases: list[UUID]) -> None:
    actor, at = stage.actor("director"), stage.later()
    wanted = [Wanted(TENANT, case, stage.step(case, "director")) for case in cases]
    bulk.asked(actor=actor, wanted=wanted[:1], at=at)
    together, singly = 0.0, 0.0
    for first in range(0, MOST, AT_A_TIME):
        few = wanted[first : first + AT_A_TIME]
        together += sum(repeat(1, partial(bulk.asked, actor=actor, wanted=few, at=at)))
        for case in cases[first : first + AT_A_TIME]:
            opened = partial(queries.case_page, actor=actor, tenant_id=TENANT, case_id=case, at=at)
            singly += sum(repeat(1, opened))
    say("the page before it", f"{together * 1000:.0f} ms", f"{together / singly:.2f} × opening each case")


def _at_once(stage: Stage, items: list[Item], watch: Watch) -> None:
    actor, at = stage.actor("director"), stage.later()
    with watch.time("at once"):
        operations.approve_many(actor=actor, items=items, at=at)


def _singly(stage: Stage, cases: list[UUID], watch: Watch) -> None:
    for case in cases:
        approve = partial(
            deciding.approve,
            actor=stage.actor("director"),
            tenant_id=TENANT,
            case_id=case,
            position=stage.step(case, "director"),
            seen=stage.seen(case),
            act_id=uuid4(),
            at=stage.later(),
        )
        with watch.time("singly"):
            approve()
