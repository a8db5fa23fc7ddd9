"""Answering several cases at once (一括, S25): where it may be done, and as whom.

Pure. It is no act of its own: each case is approved, consented to or decided by itself, and its record says 一括.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kessai.decisions import machine, replay
from kessai.decisions.rules import CannotAct, event_of
from kessai.kernel.words import N_

MOST = 50
"""Cases at once: more than anybody reads before pressing."""

KINDS = tuple(kind for act in machine.MACHINE if act.bulk for kind in act.kinds)
"""Kinds of step that may be answered so: review, consent, decide."""

CAPACITIES = (machine.OWN_CAPACITY, machine.DELEGATED)


def act_of(kind: str) -> str:
    """The act by which a kind of step is answered so."""
    return machine.DECISION if kind == machine.DECIDE else machine.APPROVE


EVENTS = tuple(event_of(kind, act_of(kind)) for kind in KINDS)
ONE_BY_ONE = N_("案件を開いて、一件ずつ処理してください。")


def judge(*, allowed: bool, step: replay.Step, own: bool) -> None:
    """Whether a step may be answered together with others. ``allowed``: by the row; ``own``: by who holds its post."""
    if not allowed:
        raise CannotAct(N_("この案件の決裁規程の行は、まとめて処理することを認めていません。"), ONE_BY_ONE)
    if not own:
        raise CannotAct(N_("ほかの職に代わって（代決）、まとめて処理することはできません。"), ONE_BY_ONE)
    if step.kind not in KINDS or step.state != machine.OPEN:
        raise CannotAct(N_("まとめて処理できるのは、順番が来ている審査・合議・決裁だけです。"), ONE_BY_ONE)


def judge_number(n: int) -> None:
    """Whether so many cases may be answered at once."""
    if not n:
        raise CannotAct(
            N_("案件が一つも選ばれていません。"), N_("受信箱で、処理する案件に印を付けてください。")
        )
    if n > MOST:
        raise CannotAct(
            N_("一度にまとめて処理できるのは%(most)s件までです（選ばれたのは%(n)s件）。"),
            N_("何回かに分けてください。"),
            most=MOST,
            n=n,
        )


def compared(
    said: Mapping[str, Any], ruled: Mapping[str, Any], kind: str, capacity: str
) -> Iterator[tuple[str, object, object]]:
    """What an event that says it was done so is against what it must be: field, now, then."""
    yield "said", said["bulk"], True
    yield "allowed", ruled.get("bulk_allowed", False), True
    yield "event", kind in EVENTS, True
    yield "capacity", capacity in CAPACITIES, True
