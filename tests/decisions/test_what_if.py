"""A table tried on the cases of the past."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

import rulebook
from kessai.decisions.authority import queries
from kessai.decisions.authority.rules import Shape, Tally, Tried, tally
from kessai.decisions.authority.what_if import CannotTry
from kessai.kernel.errors import NotFound
from kessai.kernel.words import Text
from kessai.organisation.rules import LEVELS, RANK
from stage import Stage

FIRST, LAST = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture
def stage(db: None) -> Stage:
    return rulebook.build()


def what_if(stage: Stage, table_id: int, **more: Any) -> queries.WhatIf:
    given = {"actor": stage.actor("personnel"), "since": FIRST, "until": LAST, "at": stage.now, **more}
    return queries.what_if(tenant_id=stage.tenant_id, table_id=table_id, **given)


def contracts(stage: Stage) -> None:
    for yen in ("100万円", "800万円", "900万円", "2,000万円"):
        stage.submitted("contract", amount=yen, counterparty="青葉総合調査")


def test_a_lower_limit_moves_deciders_up_and_costs_steps(stage: Stage) -> None:
    contracts(stage)
    stage.submitted("r1")
    found = what_if(stage, rulebook.drafted(stage))
    total = found.total
    assert (total.cases, total.same, total.other_decider, total.up, total.down) == (5, 3, 2, 2, 0)
    assert total.moves["director", "director_general"] == 2
    assert total.steps_after - total.steps_before == 2 == total.more_steps
    assert list(found.by_matter) == ["事案contract", "事案r1"] and found.by_matter["事案r1"].same == 1


def test_the_table_in_force_changes_nothing(stage: Stage) -> None:
    contracts(stage)
    total = what_if(stage, rulebook.table_of(stage)).total
    assert (total.cases, total.same, total.steps_before) == (4, 4, total.steps_after)


def test_fewer_consents_are_fewer_steps(stage: Stage) -> None:
    contracts(stage)

    def without(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["consents"] = ""

    total = what_if(stage, rulebook.drafted(stage, without, examples=None)).total
    assert (total.fewer_consents, total.fewer_steps, total.more_consents, total.other_decider) == (4, 4, 0, 0)


def test_cases_without_a_route_are_counted_with_the_reason(stage: Stage) -> None:
    contracts(stage)
    stage.submitted("r1")

    def only_small(rows: list[dict[str, str]]) -> None:
        rows[:] = [row for row in rows if row["number"] in ("5", "7")]

    total = what_if(stage, rulebook.drafted(stage, only_small, examples=None)).total
    assert total.no_route == 2 and total.same == 3
    assert sorted(total.reasons.values()) == [1, 1]


def test_only_the_last_submission_of_the_period_counts(stage: Stage) -> None:
    ref = stage.draft("contract", amount="800万円", counterparty="青葉総合調査")
    case_id = stage.submit(ref).case_id
    stage.send_back(case_id, "deputy_director")
    stage.submit(ref)
    table_id = rulebook.drafted(stage)
    assert what_if(stage, table_id).total.cases == 1
    today = stage.now.date()
    assert what_if(stage, table_id, since=today - timedelta(9), until=today - timedelta(5)).total.cases == 0


def test_a_period_that_ends_before_it_begins_is_refused(stage: Stage) -> None:
    with pytest.raises(CannotTry):
        what_if(stage, rulebook.table_of(stage), since=LAST, until=FIRST)


def test_an_operator_may_ask_and_a_stranger_not(stage: Stage) -> None:
    from kessai.kernel.actor import Actor
    from kessai.organisation.models import Person, Tenant

    contracts(stage)
    assert what_if(stage, rulebook.table_of(stage), actor=None).total.cases == 4
    other = Tenant.objects.create(id=701, code="t701", name="他省", name_en="Other")
    person = Person.objects.create(tenant=other, staff_no="x", name="他省の人", name_en="x")
    with pytest.raises(NotFound):
        what_if(stage, rulebook.table_of(stage), actor=Actor(person.id))


shapes = st.builds(
    lambda post, level, consents, steps: Shape(post, level, frozenset(consents), steps),
    st.integers(1, 4),
    st.sampled_from(LEVELS),
    st.sets(st.integers(5, 8)),
    st.integers(1, 9),
)
tried = st.lists(
    st.builds(Tried, st.sampled_from("ab"), st.none() | shapes, st.none() | shapes, st.just(Text("理由")))
)


@given(tried)
def test_the_counts_of_the_matters_add_up_to_the_total(cases: list[Tried]) -> None:
    total, by_matter = tally(cases)
    parts = list(by_matter.values())
    for name in Tally.__dataclass_fields__:
        if name not in ("moves", "reasons"):
            assert getattr(total, name) == sum(getattr(part, name) for part in parts)
    compared = [c for c in cases if c.before and c.after]
    assert total.cases == len(cases) == len(compared) + total.no_route + total.unknown
    assert sum(total.moves.values()) == len(compared)
    assert total.up == sum(n for (a, b), n in total.moves.items() if RANK[b] > RANK[a])
    assert total.same == sum(c.before == c.after for c in compared)
    assert sum(total.reasons.values()) == total.no_route


def test_an_operator_reads_the_counts_as_json(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    contracts(stage)
    table_id = rulebook.drafted(stage)
    asked = ["--tenant", "t700", "--table", str(table_id), "--from", "2026-10-01", "--until", "2026-11-01"]
    call_command("authority", "what-if", *asked, "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["total"]["cases"] == 4 and said["total"]["up"] == 2
    assert {"from": "director", "to": "director_general", "cases": 2} in said["total"]["moves"]
    assert [m["matter"] for m in said["matters"]] == ["事案contract"]
    call_command("authority", "what-if", *asked)
    assert capsys.readouterr().out.splitlines()[1].startswith("4\t2\t2\t2\t0\t0\t0\t")
