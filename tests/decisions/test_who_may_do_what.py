"""Every act × everybody × every state: allowed, refused, or answered as if there were no case.

The expected outcomes stand in who_may_do_what.txt, written down and not computed by what is tested.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

import stage as the_stage
from decisions.deputies import away, secretary, told, with_deputies
from kessai.decisions import machine
from kessai.kernel.errors import Cannot, NotFound
from kessai.organisation.models import Appointment, Person, Post, PostVersion, Tenant, Unit
from scenario import Scenario
from stage import FOREVER

TABLE = Path(__file__).with_name("who_may_do_what.txt")
R2 = ("deputy_director", "director", "budget", "document")

# Who: the code of the person on the stage. The step that is aimed at is that of the state, for everybody.
ROLES = {
    "drafter": "chief",
    "colleague": "clerk",
    "holder": "",
    "acted": "before",
    "consulted": "minister",
    "reader": "general_affairs",
    "deputy": "councillor",
    "secretary": "aide",
    "stranger": "personnel",
    "foreigner": "foreign",
    "yesterday": "former",
}
# State: the post whose step is aimed at, and whether the Director-General is away.
STATES = {
    "review": ("director", False),
    "consent": ("budget", False),
    "refused": ("budget", False),
    "settle": ("vice_minister", False),
    "decide": ("director_general", False),
    "decide, away": ("director_general", True),
    "returned": ("director_general", False),
    "withdrawn": ("deputy_director", False),
    "decided": ("director_general", False),
    "rejected": ("director_general", False),
    "abandoned": ("director_general", False),
    "cancelled": ("director_general", False),
}


def before(aim: str) -> str:
    """Who acted last before the step that is aimed at."""
    return "deputy_director" if aim in ("director", "deputy_director") else "director"


def at(scenario: Scenario, state: str) -> UUID:
    """A case of R2 in a state, with a consultation and a reader beside, where it has got beyond its first step."""
    if state == "withdrawn":
        case_id = scenario.routed("r2")
        scenario.course("withdraw", case_id)
        return case_id
    case_id = scenario.routed("r2", "deputy_director")
    scenario.add(case_id, "director", "minister", "consult")
    scenario.add(case_id, "director", "general_affairs", "circulate")
    scenario.add(case_id, "director", "vice_minister", "review")
    scenario.course("remove_step", case_id, "director", target=scenario.position(case_id, "vice_minister"))
    reached = {"review": 1, "consent": 2, "refused": 2, "settle": 2}.get(state, 4)
    if reached > 1:
        scenario.stage.approve(case_id, *R2[1:reached])
    if state in ("refused", "settle"):
        scenario.act("refuse_consent", case_id, "budget", "反対です")
    if state == "settle":
        scenario.course("escalate", case_id, reason="折り合わない")
    end = {"returned": "return_to_drafter", "decided": "decide", "rejected": "reject", "abandoned": "abandon"}
    if state in end:
        scenario.act(end[state], case_id, "director_general", "理由")
    if state == "cancelled":
        scenario.course("cancel", case_id, reason="理由")
    return case_id


def on_step(act: str, words: str | None = None) -> Callable[[Scenario, UUID, str, str], Any]:
    def do(scenario: Scenario, case_id: UUID, by: str, aim: str) -> Any:
        return scenario.act(act, case_id, by, words, position=scenario.position(case_id, aim))

    return do


def on_own_step(act: str, post: str, words: str | None = None) -> Callable[[Scenario, UUID, str, str], Any]:
    """Aimed by everybody at the step of one post."""

    def do(scenario: Scenario, case_id: UUID, by: str, aim: str) -> Any:
        return scenario.act(act, case_id, by, words, position=scenario.position(case_id, post))

    return do


def on_case(act: str, **more: Any) -> Callable[[Scenario, UUID, str, str], Any]:
    return lambda scenario, case_id, by, aim: scenario.course(act, case_id, by, **more)


def _add(scenario: Scenario, case_id: UUID, by: str, aim: str) -> Any:
    return scenario.course(
        "add_step",
        case_id,
        by,
        position=scenario.position(case_id, aim),
        kind="consult",
        post_id=scenario.stage.posts["document"],
        reason="確認",
    )


def _move(scenario: Scenario, case_id: UUID, by: str, aim: str) -> Any:
    return scenario.course(
        "move_consent",
        case_id,
        by,
        position=scenario.position(case_id, "minister"),
        post_id=scenario.stage.posts["personnel"],
        reason="所掌外",
    )


def _remove(scenario: Scenario, case_id: UUID, by: str, aim: str) -> Any:
    return scenario.course("remove_step", case_id, by, target=scenario.position(case_id, "minister"))


def _return_to(scenario: Scenario, case_id: UUID, by: str, aim: str) -> Any:
    to = scenario.position(case_id, "deputy_director")
    return scenario.act("return_to", case_id, by, "見直し", position=scenario.position(case_id, aim), to=to)


def _submit(scenario: Scenario, case_id: UUID, by: str, aim: str) -> Any:
    from kessai.decisions import operations

    return operations.submit(
        actor=scenario.stage.actor(by),
        tenant_id=scenario.stage.tenant_id,
        draft_id=case_id,
        act_id=uuid4(),
        at=scenario.stage.later(),
        substance=False,
    )


def _instruct(scenario: Scenario, case_id: UUID, by: str, aim: str) -> Any:
    return told(scenario.stage, case_id, by=by)


ACTS: dict[str, Callable[[Scenario, UUID, str, str], Any]] = {
    machine.SUBMIT: _submit,
    machine.APPROVE: on_step("approve", ""),
    machine.DECISION: on_step("decide", ""),
    machine.RETURN: on_step("return_to_drafter", "理由"),
    "return to": _return_to,
    machine.REFUSE: on_step("refuse_consent", "理由"),
    machine.OPINE: on_own_step("opine", "minister", "意見"),
    machine.LET_GO_ON: on_step("settle", "理由"),
    machine.READ: on_own_step("mark_read", "general_affairs"),
    machine.HOLD: on_step("hold", "理由"),
    machine.REJECT: on_step("reject", "理由"),
    machine.ABANDON: on_step("abandon", "理由"),
    machine.TAKE_BACK: lambda scenario, case_id, by, aim: on_own_step("take_back", before(aim))(
        scenario, case_id, by, aim
    ),
    machine.ADD_STEP: _add,
    machine.REMOVE_STEP: _remove,
    machine.MOVE: _move,
    machine.WITHDRAW: on_case("withdraw"),
    "begin " + machine.REVISE: lambda scenario, case_id, by, aim: scenario.rework(
        case_id, begin=True, by=by, text="x"
    ),
    machine.ESCALATE: on_case("escalate", reason="経過"),
    machine.CANCEL: on_case("cancel", reason="理由"),
    "instruct": _instruct,
}


@pytest.fixture
def scenario(db: None) -> Scenario:
    """The stage with a colleague of the drafter, a secretary, somebody who left yesterday, and another ministry."""
    stage = with_deputies(the_stage.build())
    for code, unit in (("clerk", "pp"), ("aide", "ps")):
        post = Post.objects.create(tenant_id=stage.tenant_id, code=code)
        of = Unit.objects.get(tenant_id=stage.tenant_id, code=unit)
        PostVersion.objects.create(
            post=post,
            unit=of,
            period=FOREVER,
            title=code,
            title_en=code,
            level="section_chief",
            in_line=False,
        )
        person = Person.objects.create(tenant_id=stage.tenant_id, staff_no=code, name=code, name_en=code)
        Appointment.objects.create(post=post, person=person, period=FOREVER)
        stage.posts[code], stage.people[code] = post.id, person.id
    secretary(stage, "aide")
    other = Tenant.objects.create(id=701, code="t701", name="別の省", name_en="Another Ministry")
    foreign = Person.objects.create(tenant=other, staff_no="foreign", name="別の人", name_en="foreign")
    stage.people["foreign"], stage.posts["foreign"] = foreign.id, -1
    former = Person.objects.create(
        tenant_id=stage.tenant_id, staff_no="former", name="前任", name_en="former"
    )
    stage.people["former"], stage.posts["former"] = former.id, -2
    for code in ("director", "budget", "vice_minister", "director_general"):
        Appointment.objects.create(
            post_id=stage.posts[code],
            person=former,
            place=2,
            period=DateRange(date(2026, 4, 1), date(2026, 10, 6)),
        )
    return Scenario(stage)


@contextlib.contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def outcome(scenario: Scenario, case_id: UUID, do: Callable[[], Any]) -> str:
    last = scenario.case(case_id).last_seq
    try:
        with taken_back():
            done = do()
    except NotFound:
        return "0"
    except Cannot:
        return "-"
    return "=" if done is not None and done.seq <= last else "+"


def person(role: str, aim: str) -> str:
    code = ROLES[role]
    return before(aim) if code == "before" else code or aim


def lines(scenario: Scenario) -> Iterator[str]:
    for state, (aim, out) in STATES.items():
        with taken_back():
            case_id = at(scenario, state)
            if out:
                away(scenario.stage, "director_general")
            yield f"{state}: {aim}"
            for name, act in ACTS.items():
                cells = [
                    outcome(scenario, case_id, partial(act, scenario, case_id, person(role, aim), aim))
                    for role in ROLES
                ]
                yield f"  {name:<13}" + "".join(f"{cell:^10}" for cell in cells).rstrip()


def test_everybody_may_what_the_table_says_and_nothing_else(scenario: Scenario) -> None:
    told = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    assert list(lines(scenario)) == told
