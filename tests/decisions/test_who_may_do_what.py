"""Every declared act × everybody × every state: allowed, refused, or answered as if there were no case.

What is expected stands in who_may_do_what.txt, which is read beside the handbook. After a change:
``pytest tests/decisions/test_who_may_do_what.py --rewrite-tables``, and read the difference.
"""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction

from clearances import MARKED
from decisions import everybody
from decisions.everybody import ACTS, DRAFT, NOBODYS, OUTSIDE, ROLES, STATES, State
from kessai.decisions import machine
from kessai.decisions.repeats import Outcome
from kessai.kernel.errors import Cannot, NotFound
from scenario import Scenario
from tables_of_tests import compare

TABLE = Path(__file__).with_name("who_may_do_what.txt")
ELSEWHERE = ("draft", "hold")
"""Who tries the acts for which a case is not in the state at all: nobody may, be they who they are."""
REFUSED, OTHER = "nobody may", "any other act"


@contextlib.contextmanager
def taken_back(scenario: Scenario) -> Iterator[None]:
    """Undo what is done, and the time that it took."""
    now = scenario.stage.now
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        scenario.stage.now = now


def outcome(scenario: Scenario, case_id: UUID, do: Callable[[], object]) -> str:
    last = everybody.last_seq(scenario, case_id)
    try:
        with taken_back(scenario):
            done = do()
    except NotFound:
        return "0"
    except Cannot:
        return "-"
    return "=" if isinstance(done, Outcome) and done.seq <= last else "+"


def cells(scenario: Scenario, case_id: UUID, state: State, name: str) -> dict[str, str]:
    """What comes of an act by role; only those in whose state it is at all are tried by everybody."""
    act = ACTS[name]
    tried = ROLES if state.is_for(act) else ELSEWHERE

    def by(role: str) -> str:
        return outcome(scenario, case_id, lambda: act.do(scenario, case_id, state.who(role), state))

    return {role: by(role) for role in tried}


def lines(scenario: Scenario) -> Iterator[str]:
    for name, state in STATES.items():
        with taken_back(scenario):
            case_id = state.reach(scenario)
            here = [act for act in ACTS if state.of_case != DRAFT or state.is_for(ACTS[act])]
            found = {act: cells(scenario, case_id, state, act) for act in here}
        yield from block(f"{name}: {state.aim}", found)


def block(head: str, found: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """The rows of one state: what somebody may, one by one; what nobody may, together where it is alike."""
    yield f"{head:<34}" + "".join(f"{role:^6}" for role in ROLES).rstrip()
    refused: dict[str, list[str]] = {}
    others: dict[str, set[str]] = {role: set() for role in ELSEWHERE}
    for act, cells_of in found.items():
        if len(cells_of) < len(ROLES):
            for role, cell in cells_of.items():
                others[role].add(cell)
            continue
        row = "".join(f"{cells_of[role]:^6}" for role in ROLES).rstrip()
        if {"+", "="} & set(cells_of.values()):
            yield f"  {act:<32}{row}"
        else:
            refused.setdefault(row, []).append(act)
    for row, acts in refused.items():
        yield f"  {REFUSED:<32}{row}"
        yield from textwrap.wrap(", ".join(acts), 120, initial_indent=" " * 6, subsequent_indent=" " * 6)
    if any(others.values()):
        said = {role: "/".join(sorted(others[role])) for role in ELSEWHERE}
        yield f"  {OTHER:<32}" + "".join(f"{said.get(r, ''):^6}" for r in ROLES).rstrip()


@pytest.fixture
def everyone(db: None) -> Scenario:
    return everybody.everyone()


@pytest.mark.timeout(1200)
def test_everybody_may_what_the_table_says_and_nothing_else(
    everyone: Scenario, request: pytest.FixtureRequest
) -> None:
    compare(request, TABLE, list(lines(everyone)))


def rows() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Of the table: state, act, outcome by role."""
    state = ""
    for row in TABLE.read_text().splitlines():
        if row.startswith(("#", " " * 6)):
            continue
        if row.startswith("  "):
            outcomes = {role: row[34 + 6 * n : 40 + 6 * n].strip() for n, role in enumerate(ROLES)}
            yield state, row[:34].strip(), outcomes
        else:
            state = row.split(":")[0]


def test_the_highest_marking_keeps_no_one_away_who_is_cleared_and_hides_the_case_from_everybody_else(
    db: None,
) -> None:
    """Whatever the table allows, of a case of confidentiality 3: the same with clearance, and without as a stranger."""
    scenario = everybody.everyone(MARKED)
    allowed = [(state, act, role) for state, act, of in rows() for role, cell in of.items() if cell in "+="]
    for name, state in STATES.items():
        if name == "marked, away":
            # Marked in the table already, where not everybody who is asked is cleared.
            continue
        here = [(act, role) for of, act, role in allowed if of == name and act != OTHER]
        with taken_back(scenario):
            case_id = state.reach(scenario)

            def comes(act: str, role: str, state: State = state, case_id: UUID = case_id) -> str:
                return outcome(
                    scenario, case_id, lambda: ACTS[act].do(scenario, case_id, state.who(role), state)
                )

            cleared = {cell: comes(*cell) for cell in here}
            everybody.forget_clearances(scenario.stage)
            found = {cell: comes(*cell) for cell in here}
        wrong = {cell: came for cell, came in cleared.items() if came not in "+="}
        wrong |= {cell: came for cell, came in found.items() if came not in without_clearance(state, *cell)}
        assert not wrong, f"{name}: {wrong}"


def without_clearance(state: State, act: str, role: str) -> str:
    """What comes of an act that is allowed with clearance.

    A draft that was never submitted is its drafter's own, whatever it is marked; but it goes to nobody. And whoever
    manages a file is told that a case in it is beyond them.
    """
    if act == "destroy":
        return "-"
    if (state.of_case, role) != (DRAFT, "draft"):
        return "0"
    return "-" if act in ("submit", "plan a step", "hand over", "show a draft") else "+"


def test_every_declared_act_has_its_rows_and_somebody_who_may() -> None:
    declared = {act.declared for act in ACTS.values()} | NOBODYS
    assert declared >= set(machine.ACT_BY_NAME)
    assert {act for _, act, outcomes in rows() if "+" in outcomes.values()} == set(ACTS)


def test_nobody_does_what_the_state_is_not_for() -> None:
    others = [outcomes for _, act, outcomes in rows() if act == OTHER]
    assert len(others) == sum(state.of_case != DRAFT for state in STATES.values())
    assert not any("+" in outcome for outcomes in others for outcome in outcomes.values())


def test_whoever_has_no_part_in_a_case_finds_none() -> None:
    for state, act, outcomes in rows():
        if act != OTHER:
            assert {outcomes[role] for role in OUTSIDE} == {"0"}, f"{state}: {act}"
