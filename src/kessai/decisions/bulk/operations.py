"""Answering several cases at once: each in a transaction of its own, with its own act, event and ledger entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions import handed_over, machine, operations, repeats
from kessai.decisions.bulk import rules
from kessai.decisions.repeats import Outcome
from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot, NotFound


@dataclass(frozen=True, slots=True)
class Item:
    """One case to answer. ``act``: approve or decide; ``seen`` and ``act_id`` are those of the page that asked."""

    tenant_id: int
    case_id: UUID
    position: int
    act: str
    seen: str
    act_id: UUID


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an item: what was done, or why it was refused."""

    item: Item
    outcome: Outcome | None
    refusal: Cannot | None


def approve_many(
    *, actor: Actor, items: Sequence[Item], at: datetime, opinion: str = ""
) -> tuple[Result, ...]:
    """Approve, consent to or decide each of several cases (S25); one that is refused holds up no other.

    ``opinion`` is given with each. Sent again, every item that was done answers with what it came to. Errors:
    CannotAct, before any is done: none or too many, or the opinion is too long.
    """
    items = tuple({(item.tenant_id, item.case_id, item.position): item for item in items}.values())
    rules.judge_number(len(items))
    opinion = repeats.remark_of(opinion)
    return tuple(_one(actor, item, at, opinion) for item in items)


def _one(actor: Actor, item: Item, at: datetime, opinion: str) -> Result:
    do = operations.decide if item.act == machine.DECISION else operations.approve
    try:
        outcome = do(
            actor=actor,
            tenant_id=item.tenant_id,
            case_id=item.case_id,
            position=item.position,
            seen=item.seen,
            act_id=item.act_id,
            at=at,
            opinion=opinion,
            bulk=True,
        )
    except NotFound as refusal:
        told = handed_over.refusal(actor=actor, tenant_id=item.tenant_id, case_id=item.case_id, at=at)
        return Result(item, None, told or refusal)
    except Cannot as refusal:
        return Result(item, None, refusal)
    return Result(item, outcome, None)
