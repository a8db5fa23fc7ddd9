"""Joint decisions of several units (連名): who decides, who signs beside, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_rows import row

from kessai.kernel.words import Text
from kessai.organisation.rules import LEVELS, RANK, RouteChart, Seat
from kessai.routing.joint.rules import CannotJoin, plan_jointly
from kessai.routing.rules import (
    CIRCULATE,
    CONSENT,
    DECIDE,
    REVIEW,
    ByHand,
    CannotPlan,
    CaseFacts,
    JointUnit,
    Plan,
    Row,
    Table,
    plan,
)

FACTS = CaseFacts("contract", 5, frozenset())


def seat(post_id: int, level: str, depth: int, in_line: bool = True, unit: int = 1) -> Seat:
    return Seat(
        *(
            post_id,
            1,
            f"{level}{post_id}",
            "",
            level,
            in_line,
            unit,
            f"unit{unit}",
            "",
            "",
            post_id,
            None,
            depth,
        )
    )


CHIEF = seat(1, "section_chief", 0, in_line=False)
DIRECTOR = seat(3, "director", 0)
COUNCILLOR = seat(4, "councillor", 1, in_line=False, unit=10)
DG = seat(5, "director_general", 1, unit=10)
VICE, MINISTER = seat(6, "vice_minister", 2, unit=20), seat(7, "minister", 2, unit=20)
BESIDE = seat(31, "director", 0, unit=2)
ELSEWHERE = seat(32, "director", 0, unit=3)
OTHER_DG = seat(51, "director_general", 1, unit=11)
OFFICE = seat(33, "officer", 0, in_line=False, unit=4)


def chart(drafter: Seat, *line: Seat, place: str = "head_office", **functions: Seat) -> RouteChart:
    return RouteChart(drafter, line, functions, place)


OWN = chart(CHIEF, DIRECTOR, COUNCILLOR, DG, VICE, MINISTER)
SAME_BUREAU = JointUnit(2, "beside", chart(BESIDE, BESIDE, COUNCILLOR, DG, VICE, MINISTER))
OTHER_BUREAU = JointUnit(3, "elsewhere", chart(ELSEWHERE, ELSEWHERE, OTHER_DG, VICE, MINISTER))
WITHOUT_HEAD = JointUnit(4, "office", chart(OFFICE, COUNCILLOR, DG, VICE, MINISTER))
BUREAU = JointUnit(
    10,
    "bureau",
    chart(
        replace(COUNCILLOR, unit_depth=0),
        *(replace(COUNCILLOR, unit_depth=0), replace(DG, unit_depth=0)),
        *(replace(VICE, unit_depth=1), replace(MINISTER, unit_depth=1)),
    ),
)
MINISTRY = JointUnit(
    20, "ministry", chart(VICE, replace(VICE, unit_depth=0), replace(MINISTER, unit_depth=0))
)


def planned(
    *units: JointUnit, of: RouteChart = OWN, facts: CaseFacts = FACTS, readers: Any = (), **fields: Any
) -> Plan:
    table = Table(1, "別表", "table", (row(1, **{"level": "director", **fields}),))
    return plan_jointly(facts, table, of, ByHand(readers, units))


def route(made: Plan) -> list[tuple[int, str, int]]:
    return [(step.stage, step.kind, step.seat.post_id) for step in made.steps]


def hows(made: Plan) -> list[tuple[str, int, str]]:
    return [(place.unit.name, place.seat.post_id, place.how) for place in made.joint]


def test_without_joint_units_the_route_is_as_it_is() -> None:
    assert planned() == plan(FACTS, Table(1, "別表", "table", (row(1, level="director"),)), OWN)
    assert planned().joint == ()


def test_the_decider_of_each_joint_unit_signs_last_before_the_decision_all_at_once() -> None:
    made = planned(SAME_BUREAU, OTHER_BUREAU)
    assert route(made) == [(1, CONSENT, 31), (1, CONSENT, 32), (2, DECIDE, 3)]
    assert hows(made) == [("beside", 31, "signs"), ("elsewhere", 32, "signs")]


def test_signatories_come_after_the_line_of_the_drafting_unit() -> None:
    made = planned(SAME_BUREAU, level="director_general")
    assert route(made) == [(1, REVIEW, 3), (2, DECIDE, 5)]
    made = planned(OTHER_BUREAU, level="director_general", reviewers=("councillor",))
    assert route(made) == [(1, REVIEW, 3), (2, REVIEW, 4), (3, CONSENT, 51), (4, DECIDE, 5)]


def test_signatories_stand_beside_the_consents_where_these_come_last() -> None:
    of = replace(OWN, functions={"accounting": seat(60, "director", 0, unit=60)})
    made = planned(OTHER_BUREAU, of=of, level="director_general", consents=("accounting",))
    assert route(made) == [(1, REVIEW, 3), (2, CONSENT, 60), (2, CONSENT, 51), (3, DECIDE, 5)]


def test_a_reviewer_after_the_consents_is_asked_before_the_signatories() -> None:
    of = replace(OWN, functions={"accounting": seat(60, "director", 0, unit=60)})
    made = planned(
        OTHER_BUREAU, of=of, level="director_general", consents=("accounting",), reviewers=("councillor",)
    )
    assert route(made) == [
        *((1, REVIEW, 3), (2, CONSENT, 60), (3, REVIEW, 4), (4, CONSENT, 51)),
        (5, DECIDE, 5),
    ]


def test_one_decision_covers_the_units_that_have_the_same_decider() -> None:
    made = planned(SAME_BUREAU, OTHER_BUREAU, level="director_general")
    assert hows(made) == [("beside", 5, "covered"), ("elsewhere", 51, "signs")]
    decides = made.steps[-1]
    assert [(reason.joint, reason.row) for reason in decides.reasons] == [("", 1), ("beside", 1)]
    assert "一つの決裁" in decides.reasons[1].text.message


def test_one_post_that_decides_for_two_joint_units_signs_once_for_both() -> None:
    twin = replace(OTHER_BUREAU, unit_id=5, name="twin")
    made = planned(OTHER_BUREAU, twin)
    assert route(made) == [(1, CONSENT, 32), (2, DECIDE, 3)]
    assert [reason.joint for reason in made.steps[0].reasons] == ["elsewhere", "twin"]


def test_a_post_that_reviews_or_consents_already_signs_once_with_all_the_reasons() -> None:
    of = replace(OWN, functions={"accounting": ELSEWHERE, "post:x": BESIDE})
    made = planned(
        *(SAME_BUREAU, OTHER_BUREAU),
        of=of,
        level="director_general",
        lifts_to=(),
        consents=("accounting",),
        reviewers=("post:x",),
    )
    assert route(made)[:3] == [(1, REVIEW, 3), (2, REVIEW, 31), (3, CONSENT, 32)]
    made = planned(SAME_BUREAU, OTHER_BUREAU, of=of, consents=("accounting",), reviewers=("post:x",))
    assert route(made) == [(1, CONSENT, 31), (1, CONSENT, 32), (2, DECIDE, 3)]
    both = next(step for step in made.steps if step.seat.post_id == 32)
    assert [reason.joint for reason in both.reasons] == ["", "elsewhere"]


def test_a_joint_unit_whose_decider_is_a_superior_takes_the_decision_up() -> None:
    made = planned(WITHOUT_HEAD)
    assert route(made) == [(1, CONSENT, 3), (2, DECIDE, 5)]
    assert hows(made) == [("office", 5, "takes_up")]
    signs, decides = made.steps
    assert [reason.joint for reason in signs.reasons] == ["", "unit1"]
    assert decides.reasons[-1].joint == "office" and decides.reasons[-1].text.params["own"] == "director3"


def test_the_highest_of_several_superiors_decides_and_all_others_sign() -> None:
    made = planned(BUREAU, SAME_BUREAU, MINISTRY)
    assert made.steps[-1].seat.post_id == 6
    assert [(kind, post) for _, kind, post in route(made)] == [
        *((CONSENT, 3), (CONSENT, 5), (CONSENT, 31)),
        (DECIDE, 6),
    ]
    assert hows(made) == [
        *(("bureau", 5, "signs"), ("beside", 31, "signs")),
        ("ministry", 6, "takes_up"),
    ]
    assert planned(MINISTRY, BUREAU).steps[-1].seat.post_id == 6


def test_two_units_with_the_same_superior_are_one_decision() -> None:
    made = planned(WITHOUT_HEAD, BUREAU)
    assert hows(made) == [("office", 5, "takes_up"), ("bureau", 5, "covered")]
    assert [reason.joint for reason in made.steps[-1].reasons] == ["", "office", "bureau"]


def test_the_decision_of_the_joint_unit_keeps_its_delegation() -> None:
    made = planned(WITHOUT_HEAD, level="councillor", delegated_from="minister")
    assert made.steps[-1].delegated
    assert not planned(OTHER_BUREAU).steps[0].delegated


def test_a_superior_by_rank_alone_is_none() -> None:
    higher = JointUnit(3, "elsewhere", chart(ELSEWHERE, OTHER_DG, VICE, MINISTER))
    made = planned(higher)
    assert route(made) == [(1, CONSENT, 51), (2, DECIDE, 3)]


def test_a_decider_elsewhere_is_compared_on_the_line_of_a_joint_unit() -> None:
    of = replace(OWN, functions={"post:x": ELSEWHERE})
    table = Table(
        1,
        "別表",
        "table",
        (
            row(1, level="director", decider_post="x", units=frozenset({"head_office"})),
            row(2, level="director_general", units=frozenset({"regional"})),
        ),
    )
    regional = replace(OTHER_BUREAU, chart=replace(OTHER_BUREAU.chart, drafter_place="regional"))
    made = plan_jointly(FACTS, table, of, ByHand((), (regional,)))
    assert hows(made) == [("elsewhere", 51, "takes_up")]
    assert made.row.number == 1
    assert [reason.row for reason in made.steps[-1].reasons] == [2, 2]


def test_the_drafting_post_that_would_decide_has_signed_by_drafting_where_a_superior_takes_it_up() -> None:
    made = planned(WITHOUT_HEAD, of=replace(OWN, drafter=DIRECTOR))
    assert route(made) == [(1, REVIEW, 3), (2, DECIDE, 5)]
    assert made.steps[0].own
    with pytest.raises(CannotPlan):
        planned(OTHER_BUREAU, of=replace(OWN, drafter=DIRECTOR))


def test_a_unit_for_which_the_drafting_post_decides_is_refused() -> None:
    below = JointUnit(8, "section", chart(OFFICE, DIRECTOR, DG, VICE, MINISTER))
    with pytest.raises(CannotJoin) as refused:
        planned(below, of=replace(OWN, drafter=DIRECTOR), level="director")
    assert refused.value.field == "joint"


@pytest.mark.parametrize("units", [frozenset({"head_office"})])
def test_a_unit_in_which_nobody_decides_is_refused(units: frozenset[str]) -> None:
    regional = replace(OTHER_BUREAU, chart=replace(OTHER_BUREAU.chart, drafter_place="regional"))
    with pytest.raises(CannotJoin, match="elsewhere"):
        planned(regional, units=units)
    with pytest.raises(CannotJoin):
        planned(replace(OTHER_BUREAU, chart=chart(ELSEWHERE)), units=units)


def test_what_is_only_read_is_decided_by_no_unit() -> None:
    with pytest.raises(CannotJoin):
        planned(OTHER_BUREAU, level="circulation")
    table = Table(
        1,
        "別表",
        "table",
        (
            row(1, level="director", units=frozenset({"head_office"})),
            row(2, level="circulation", units=frozenset({"regional"})),
        ),
    )
    regional = replace(OTHER_BUREAU, chart=replace(OTHER_BUREAU.chart, drafter_place="regional"))
    with pytest.raises(CannotJoin):
        plan_jointly(FACTS, table, OWN, ByHand((), (regional,)))


def test_what_is_missing_for_the_drafting_unit_is_no_fault_of_a_joint_unit() -> None:
    with pytest.raises(CannotPlan) as refused:
        planned(OTHER_BUREAU, facts=CaseFacts("contract", None, frozenset()), amount_from=1)
    assert refused.value.field == "route"


def test_flags_take_the_decision_up_in_every_unit() -> None:
    flagged = CaseFacts("contract", 5, frozenset({"important"}))
    made = planned(OTHER_BUREAU, facts=flagged, lifts_to=("director_general",))
    assert route(made) == [(1, REVIEW, 3), (2, CONSENT, 51), (3, DECIDE, 5)]
    made = planned(OTHER_BUREAU, facts=flagged, lifts_to=("vice_minister",))
    assert hows(made) == [("elsewhere", 6, "covered")]


def test_a_signatory_is_no_reader_as_well() -> None:
    readers = ((ELSEWHERE, Text("named")), (BESIDE, Text("named")))
    made = planned(OTHER_BUREAU, readers=readers)
    assert [step.seat.post_id for step in made.steps if step.kind == CIRCULATE] == [31]


UNITS = (SAME_BUREAU, OTHER_BUREAU, WITHOUT_HEAD, BUREAU, MINISTRY)
rows: st.SearchStrategy[Row] = st.builds(
    lambda level, reviewers, lifts: row(1, level=level, reviewers=reviewers, lifts_to=lifts),
    st.sampled_from(LEVELS[RANK["director"] :]),
    st.sampled_from(((), ("councillor",))),
    st.sampled_from(((), ("vice_minister",))),
)


@given(st.lists(st.sampled_from(UNITS), max_size=5, unique_by=lambda u: u.unit_id), rows, st.booleans())
def test_there_is_one_decider_and_every_joint_unit_is_spoken_for(
    units: list[JointUnit], by: Row, flagged: bool
) -> None:
    facts = CaseFacts("contract", 5, frozenset({"important"} if flagged else ()))
    table = Table(1, "別表", "table", (by,))
    alone = plan(facts, table, OWN).steps[-1].seat
    made = plan_jointly(facts, table, OWN, ByHand((), tuple(units)))
    deciders = [step for step in made.steps if step.kind == DECIDE]
    assert deciders == [made.steps[-1]]
    decider = deciders[0].seat
    posts = [step.seat.post_id for step in made.steps]
    assert len(posts) == len(set(posts))
    assert [place.unit for place in made.joint] == units
    consents = {step.seat.post_id for step in made.steps if step.kind == CONSENT}
    for place in made.joint:
        assert (place.how == "signs") == (place.seat.post_id in consents)
        assert (place.how != "signs") == (place.seat.post_id == decider.post_id)
    assert alone.post_id == decider.post_id or alone.post_id in consents
    assert decider.post_id == alone.post_id or any(place.how == "takes_up" for place in made.joint)
    assert decider.rank >= alone.rank
    last = max((s.stage for s in made.steps[:-1]), default=0)
    assert {s.stage for s in made.steps if any(r.joint for r in s.reasons) and s.kind == CONSENT} <= {last}
