"""Thirty-two people at once on the same few cases, acts of every kind: what happened, happened in an order."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from kessai.decisions import checks, stored
from kessai.decisions.models import Case, Event
from kessai.kernel.errors import Cannot
from kessai.records.models import DocumentNumber
from kessai.records.queries import number_gaps
from scenario import Scenario
from stage import Stage

AtOnce = Callable[..., list[Any]]
THREADS, ACTS = 32, 12
PEOPLE = ("deputy_director", "director", "budget", "document", "director_general")

# Act, how often, words that it needs.
ON_A_STEP: dict[str, tuple[int, str | None]] = {
    "approve": (10, ""),
    "decide": (3, ""),
    "refuse_consent": (2, "反対です"),
    "return_to_drafter": (1, "直してください"),
    "hold": (2, "考える"),
    "resume": (1, None),
    "take_back": (3, None),
    "object_to": (1, "主旨が変わった"),
    "reject": (1, "だめです"),
}
ON_THE_CASE = {"withdraw": 2, "cancel": 1, "escalate": 1, "revise": 4, "resubmit": 4}


def one_act(scenario: Scenario, dice: random.Random, case_id: UUID) -> None:
    """Somebody sees the case as it is now and does something, which may be refused by the time it arrives."""
    kinds = {
        **{act: often for act, (often, _) in ON_A_STEP.items()},
        **ON_THE_CASE,
        "add_step": 3,
        "return_to": 2,
    }
    act = dice.choices(list(kinds), list(kinds.values()))[0]
    by = dice.choice(PEOPLE)
    asked = scenario.asked(case_id)
    if asked and dice.random() < 0.7:
        by = dice.choice(asked)
    if act in ON_A_STEP:
        scenario.act(act, case_id, by, ON_A_STEP[act][1])
    elif act == "add_step":
        scenario.add(
            case_id, by, dice.choice(["general_affairs", "personnel"]), dice.choice(["review", "consult"])
        )
    elif act == "return_to":
        scenario.act(act, case_id, by, "見直し", to=scenario.position(case_id, "deputy_director"))
    elif act == "revise":
        scenario.revise(case_id, substance=dice.random() < 0.3, text=f"直した文{dice.random()}")
    elif act == "resubmit":
        scenario.resubmit(case_id, substance=False)
    else:
        scenario.course(act, case_id, **({} if act == "withdraw" else {"reason": "理由"}))


@pytest.mark.parametrize("seed", [1, 2])
def test_of_thirty_two_at_once_nobody_waits_for_ever_and_nothing_is_lost(
    committed_stage: Stage, at_once: AtOnce, seed: int
) -> None:
    scenario = Scenario(committed_stage)
    cases = [scenario.routed(matter) for matter in ("r1", "r2", "r2", "r1", "r2", "r3")]

    def somebody(nth: int) -> int:
        """How many of the acts were done; what else than a refusal came of one goes to whoever asked."""
        dice = random.Random(seed * 1000 + nth)
        done = 0
        for _ in range(ACTS):
            with contextlib.suppress(Cannot):
                one_act(scenario, dice, dice.choice(cases))
                done += 1
        return done

    answers = at_once([partial(somebody, nth) for nth in range(THREADS)])
    assert [each for each in answers if not isinstance(each, int)] == []
    assert sum(answers) > THREADS
    tenant = committed_stage.tenant_id
    for case in stored.stored_cases(tenant_id=tenant, case_ids=cases):
        assert checks.check_case(case) == []
    for row in Case.objects.filter(tenant_id=tenant):
        seqs = (
            Event.objects.filter(tenant_id=tenant, case_id=row.id)
            .order_by("seq")
            .values_list("seq", flat=True)
        )
        assert list(seqs) == list(range(1, row.last_seq + 1))
        decided = Event.objects.filter(tenant_id=tenant, case_id=row.id, kind="decided").count()
        assert decided == (row.state == "decided") == DocumentNumber.objects.filter(case_id=row.id).count()
    assert number_gaps() == []
