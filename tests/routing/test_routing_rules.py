"""From facts, a table and a chart to a route."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from table_rows import row

from kessai.kernel.words import Text
from kessai.organisation.rules import LEVELS, RANK, RouteChart, Seat
from kessai.routing.conditions import read_conditions
from kessai.routing.rules import (
    CIRCULATE,
    CONSENT,
    DECIDE,
    FLAGS,
    REVIEW,
    ByHand,
    CannotPlan,
    CaseFacts,
    Plan,
    Row,
    Table,
    choose_row,
    lifted_to,
    names_in,
    plan,
    why_not,
)


def seat(post_id: int, title: str, level: str, depth: int, in_line: bool = True) -> Seat:
    return Seat(
        post_id=post_id,
        tenant_id=1,
        title=title,
        title_en="",
        level=level,
        in_line=in_line,
        unit_id=depth,
        unit_name="振興課",
        unit_name_en="",
        unit_symbol="政振",
        holder_id=post_id,
        holder_name=title,
        unit_depth=depth,
    )


CHIEF = seat(1, "係長", "section_chief", 0, in_line=False)
DEPUTY = seat(2, "課長補佐", "deputy_director", 0)
DIRECTOR = seat(3, "課長", "director", 0)
COUNCILLOR = seat(4, "審議官", "councillor", 1, in_line=False)
DG = seat(5, "局長", "director_general", 1)
VICE = seat(6, "事務次官", "vice_minister", 2)
MINISTER = seat(7, "大臣", "minister", 2)
ACCOUNTS = seat(11, "会計課長", "director", 0)
DOCUMENTS = seat(12, "文書課長", "director", 0)
LINE = (DEPUTY, DIRECTOR, COUNCILLOR, DG, VICE, MINISTER)
FUNCTIONS = {"accounting": ACCOUNTS, "documents": DOCUMENTS, "legal": DOCUMENTS}


def chart(drafter: Seat = CHIEF, place: str = "head_office", **functions: Seat) -> RouteChart:
    return RouteChart(drafter, LINE, FUNCTIONS | functions, place)


def chart_with(*named: tuple[str, Seat], drafter: Seat = CHIEF) -> RouteChart:
    return RouteChart(drafter, LINE, FUNCTIONS | dict(named))


def table(*rows: Row) -> Table:
    return Table(1, "別表第1", "Table 1", rows)


def facts(amount: int | None = None, *flags: str) -> CaseFacts:
    return CaseFacts("contract", amount, frozenset(flags))


def route(found: Plan) -> list[tuple[int, str, str]]:
    return [(step.stage, step.kind, step.seat.title) for step in found.steps]


def refusal(case: CaseFacts, rules: Table, of: RouteChart) -> CannotPlan:
    with pytest.raises(CannotPlan) as refused:
        plan(case, rules, of)
    assert str(refused.value.remedy), "a refusal says what can be done"
    return refused.value


# Which row


@pytest.mark.parametrize(
    ("fields", "case", "words"),
    [
        ({}, facts(), None),
        ({}, facts(5), None),
        ({"matter_code": "grant"}, facts(), "別の種類"),
        ({"amount_from": 10}, facts(), "金額が入っていません"),
        ({"amount_below": 10}, facts(), "金額が入っていません"),
        ({"amount_from": 10}, facts(9), "10円に達しません"),
        ({"amount_from": 10}, facts(10), None),
        ({"amount_below": 10}, facts(9), None),
        ({"amount_below": 10}, facts(10), "10円以上です"),
        ({"flags": frozenset({"diet"})}, facts(), "指定がありません"),
        ({"flags": frozenset({"diet"})}, facts(None, "important"), "指定がありません"),
        ({"flags": frozenset({"diet", "important"})}, facts(None, "important"), None),
    ],
)
def test_a_row_applies_or_says_why_not(fields: dict[str, Any], case: CaseFacts, words: str | None) -> None:
    reason = why_not(row(**fields), case)
    assert reason is None if words is None else words in str(reason)


def test_the_first_row_that_applies_is_chosen_and_the_others_say_why_not() -> None:
    rows = table(row(3), row(1, amount_below=10), row(2), row(9, matter_code="grant"))
    chosen, others = choose_row(rows, facts(10))
    assert chosen.number == 2
    assert [(number, str(reason)) for number, reason in others] == [
        (1, "金額が10円以上です。"),
        (3, "先の行が当てはまります。"),
    ]


def test_without_an_amount_the_form_asks_for_it() -> None:
    assert "金額が決まらないと" in str(refusal(facts(), table(row(amount_from=1)), chart()).what)


def test_without_a_row_nothing_is_planned() -> None:
    assert "当てはまる行がありません" in str(refusal(facts(5), table(row(amount_from=9)), chart()).what)
    assert "当てはまる行がありません" in str(refusal(facts(), table(), chart()).what)


# The routes of the scenarios


def test_r1_deputy_director_then_director_then_director_general() -> None:
    assert route(plan(facts(), table(row()), chart())) == [
        (1, REVIEW, "課長補佐"), (2, REVIEW, "課長"), (3, DECIDE, "局長"),
    ]  # fmt: skip


def test_r2_consents_are_asked_together_after_the_director() -> None:
    found = plan(facts(), table(row(consents=("accounting", "documents"))), chart())
    assert route(found) == [
        (1, REVIEW, "課長補佐"), (2, REVIEW, "課長"), (3, CONSENT, "会計課長"), (3, CONSENT, "文書課長"),
        (4, DECIDE, "局長"),
    ]  # fmt: skip


def test_r3_the_councillor_reviews_only_where_the_row_asks() -> None:
    found = plan(facts(), table(row(reviewers=("councillor",))), chart())
    assert route(found)[2:] == [(3, REVIEW, "審議官"), (4, DECIDE, "局長")]


def test_consents_come_before_the_bureau_and_higher_reviewers_after() -> None:
    found = plan(
        facts(), table(row(level="minister", reviewers=("councillor",), consents=("accounting",))), chart()
    )
    assert [title for _, _, title in route(found)] == [
        "課長補佐", "課長", "会計課長", "審議官", "局長", "事務次官", "大臣",
    ]  # fmt: skip


def test_circulation_goes_with_the_decision_and_asks_nobody_who_acts() -> None:
    rows = table(row(consents=("accounting",), circulation=("accounting", "documents", "legal")))
    found = plan(facts(), rows, chart())
    assert [step.seat.title for step in found.steps if step.kind == CIRCULATE] == ["文書課長"]
    assert found.steps[-1].stage == found.steps[-2].stage


def test_every_step_says_why_it_is_there() -> None:
    found = plan(facts(), table(row(number=14, consents=("accounting",), reviewers=("councillor",))), chart())
    reasons = {step.seat.title: step.reasons[0] for step in found.steps}
    assert "上司" in str(reasons["課長補佐"].text)
    assert reasons["課長補佐"].row is None
    assert "審査を求めています" in str(reasons["審議官"].text)
    assert "合議を求めています" in str(reasons["会計課長"].text)
    assert "決裁権者" in str(reasons["局長"].text)
    assert (reasons["局長"].row, reasons["局長"].clause, reasons["局長"].row_reason) == (
        14,
        "別表第1 14項",
        "局長が決裁",
    )


# Delegated decisions


def test_a_delegated_decision_is_the_lower_posts() -> None:
    found = plan(facts(), table(row(level="director", delegated_from="director_general")), chart())
    decider = found.steps[-1]
    assert (decider.seat, decider.delegated) == (DIRECTOR, True)
    assert "専決" in str(decider.reasons[0].text)


@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_takes_a_delegated_decision_up(flag: str) -> None:
    found = plan(facts(None, flag), table(row(level="director", delegated_from="director_general")), chart())
    decider = found.steps[-1]
    assert (decider.seat, decider.delegated) == (DG, False)
    assert "専決によらず" in str(decider.reasons[0].text)


def test_an_unknown_flag_changes_nothing() -> None:
    found = plan(facts(None, "??"), table(row(level="director", delegated_from="director_general")), chart())
    assert found.steps[-1].seat == DIRECTOR


def test_a_level_that_is_empty_on_the_line_goes_to_the_next_above() -> None:
    found = plan(facts(), table(row(level="office_head")), chart())
    assert found.steps[-1].seat == DIRECTOR
    found = plan(facts(), table(row(level="councillor")), chart())
    assert found.steps[-1].seat == DG, "a post out of line decides nothing"


# Conditions on the drafter's place and on the form


@pytest.mark.parametrize(
    ("place", "words"), [("head_office", "本省から"), ("regional", "地方支分部局から"), ("institution", None)]
)
def test_a_row_for_one_kind_of_place_applies_there_only(place: str, words: str | None) -> None:
    rows = table(row(1, units=frozenset({"institution"}), level="director"), row(2))
    chosen, others = choose_row(rows, facts(), place)
    assert chosen.number == (2 if words else 1)
    assert words is None or words in str(others[0][1])
    assert plan(facts(), rows, chart(place=place)).row == chosen


def test_an_institutions_row_says_to_others_why_not() -> None:
    rows = table(row(1, units=frozenset({"head_office"})), row(2))
    assert "施設等機関から" in str(choose_row(rows, facts(), "institution")[1][0][1])


def test_a_row_asks_for_fields_of_the_form() -> None:
    rows = table(row(1, conditions=read_conditions("region=沖縄 rate>=50")), row(2))
    there = CaseFacts("contract", None, frozenset(), {"region": "沖縄", "rate": "60"})
    assert choose_row(rows, there)[0].number == 1
    chosen, others = choose_row(rows, replace(there, values={"region": "沖縄", "rate": "40"}))
    assert chosen.number == 2
    assert "rate>=50" in str(others[0][1])


# Flags that lift


@pytest.mark.parametrize(
    ("flags", "level"),
    [
        ((), ""),
        (("disputed",), "vice_minister"),
        (("diet",), "minister"),
        (("diet", "disputed"), "minister"),
        (("??",), ""),
    ],
)
def test_flags_lift_to_the_highest_level_they_name(flags: tuple[str, ...], level: str) -> None:
    lifting = row(level="director", lifts_to=("vice_minister", "diet:minister"))
    assert lifted_to(lifting, facts(None, *flags)) == level


def test_a_flag_lifts_without_any_delegation() -> None:
    found = plan(facts(None, "important"), table(row(level="director", lifts_to=("minister",))), chart())
    assert (found.steps[-1].seat, found.steps[-1].delegated) == (MINISTER, False)
    assert "上位の職が決裁" in str(found.steps[-1].reasons[0].text)
    assert (
        plan(facts(), table(row(level="director", lifts_to=("minister",))), chart()).steps[-1].seat
        == DIRECTOR
    )


def test_a_lift_below_the_rows_own_level_changes_nothing() -> None:
    assert lifted_to(row(level="minister", lifts_to=("director",)), facts(None, "diet")) == ""


# Posts by name

NAMED = seat(21, "官房長", "director_general", 0)


def test_a_named_post_decides_after_the_drafters_superiors_up_to_its_rank() -> None:
    rows = table(row(level="director_general", decider_post="sg", consents=("accounting",)))
    found = plan(facts(), rows, chart_with(("post:sg", NAMED)))
    assert [step.seat.title for step in found.steps] == ["課長補佐", "課長", "会計課長", "局長", "官房長"]
    below = plan(facts(), table(row(level="director", decider_post="a")), chart_with(("post:a", ACCOUNTS)))
    assert [step.seat.title for step in below.steps] == ["課長補佐", "課長", "会計課長"]


def test_a_named_post_on_the_drafters_own_line_decides_in_its_place() -> None:
    rows = table(row(level="director_general", decider_post="dg"))
    found = plan(facts(), rows, chart_with(("post:dg", replace(DG, unit_depth=0))))
    assert route(found) == [(1, REVIEW, "課長補佐"), (2, REVIEW, "課長"), (3, DECIDE, "局長")]


def test_flags_take_a_matter_from_a_named_post_up_the_line() -> None:
    rows = table(row(level="director", decider_post="a", lifts_to=("minister",)))
    found = plan(facts(None, "diet"), rows, chart_with(("post:a", ACCOUNTS)))
    assert found.steps[-1].seat == MINISTER


def test_a_named_reviewer_is_asked_with_those_of_its_rank() -> None:
    rows = table(row(level="vice_minister", reviewers=("post:d", "post:sg"), consents=("accounting",)))
    found = plan(facts(), rows, chart_with(("post:d", DOCUMENTS), ("post:sg", NAMED)))
    assert [step.seat.title for step in found.steps] == [
        "課長補佐", "課長", "文書課長", "会計課長", "局長", "官房長", "事務次官",
    ]  # fmt: skip


def test_a_post_that_is_nowhere_is_named_with_the_row() -> None:
    found = refusal(facts(), table(row(7, decider_post="gone")), chart())
    assert "7行目" in str(found.what)
    assert "post:gone" in str(found.what)


def test_consents_are_asked_after_the_level_that_the_row_names() -> None:
    rows = table(row(level="minister", consents=("accounting",), consent_after="director_general"))
    assert [step.seat.title for step in plan(facts(), rows, chart()).steps] == [
        "課長補佐", "課長", "局長", "会計課長", "事務次官", "大臣",
    ]  # fmt: skip


def test_what_rows_ask_for_by_name_is_listed_once() -> None:
    asking = row(
        1,
        decider_post="dg",
        reviewers=("councillor", "post:x"),
        consents=("legal",),
        circulation=("legal@minister",),
    )
    assert names_in([asking, asking, row(2)]) == ("legal", "legal@minister", "post:x", "post:dg")


# The same post more than once


def test_a_post_named_at_several_places_acts_once_at_the_last_with_all_reasons() -> None:
    rows = table(row(level="vice_minister", consents=("x", "y"), reviewers=("director",)))
    found = plan(facts(), rows, chart(x=DIRECTOR, y=DIRECTOR))
    steps = [step for step in found.steps if step.seat == DIRECTOR]
    assert [(step.kind, len(step.reasons)) for step in steps] == [(CONSENT, 2)]
    assert [step.stage for step in found.steps] == [1, 2, 3, 4]


def test_where_a_post_acts_at_each_place_it_has_one_voice_among_consents_that_are_counted() -> None:
    rows = table(row(consents=("x", "y", "z"), reviewers=("director",), quorum=2))
    found = plan(facts(), rows, replace(chart(x=DEPUTY, y=DG, z=DEPUTY), several_places="each"))
    assert [step.seat for step in found.steps if step.kind == CONSENT] == [DG, DEPUTY]
    assert [step.kind for step in found.steps if step.seat == DEPUTY] == [REVIEW, CONSENT]


def test_a_decider_who_is_also_asked_for_consent_only_decides() -> None:
    found = plan(facts(), table(row(consents=("accounting",))), chart(accounting=DG))
    assert route(found)[-1] == (3, DECIDE, "局長")
    assert len(found.steps[-1].reasons) == 2


# The drafter's own post


def test_the_drafters_own_review_is_passed_over() -> None:
    found = plan(facts(), table(row()), chart(DEPUTY))
    assert [(step.seat.title, step.own) for step in found.steps] == [
        ("課長補佐", True), ("課長", False), ("局長", False),
    ]  # fmt: skip


def test_a_directors_draft_is_not_reviewed_by_the_deputy() -> None:
    found = plan(facts(), table(row()), chart(DIRECTOR))
    assert [(step.seat.title, step.own) for step in found.steps] == [("課長", True), ("局長", False)]


def test_a_drafter_whose_own_post_would_decide_is_refused() -> None:
    found = refusal(facts(), table(row(level="director")), chart(DIRECTOR))
    assert "課長" in str(found.what)


def test_nobody_below_the_drafter_decides() -> None:
    assert refusal(facts(), table(row(level="deputy_director")), chart(DIRECTOR))


@pytest.mark.parametrize(
    ("own_decision", "drafter", "level", "decider"),
    [
        ("allowed", DIRECTOR, "director", "課長"),
        ("goes_up", DIRECTOR, "director", "局長"),
        ("goes_up", DG, "director_general", "事務次官"),
        ("goes_up", DIRECTOR, "director_general", "局長"),
    ],
)
def test_what_becomes_of_an_own_decision_is_a_setting_of_the_ministry(
    own_decision: str, drafter: Seat, level: str, decider: str
) -> None:
    found = plan(facts(), table(row(level=level)), replace(chart(drafter), own_decision=own_decision))
    assert (found.steps[-1].kind, found.steps[-1].seat.title, found.steps[-1].own) == (DECIDE, decider, False)


def test_nobody_is_above_the_highest_post() -> None:
    of = replace(chart(MINISTER), own_decision="goes_up")
    assert "上位の職が組織に見つかりません" in str(refusal(facts(), table(row(level="minister")), of).what)


def test_the_drafters_own_consent_is_passed_over_and_circulation_left_out() -> None:
    drafting = replace(ACCOUNTS, unit_depth=0)
    of = RouteChart(drafter=drafting, line=(drafting, DG), functions=FUNCTIONS)
    found = plan(facts(), table(row(consents=("accounting", "documents"), circulation=("accounting",))), of)
    assert [(s.kind, s.seat.title, s.own) for s in found.steps] == [
        (CONSENT, "会計課長", True), (CONSENT, "文書課長", False), (DECIDE, "局長", False),
    ]  # fmt: skip


# What the chart lacks


def test_without_anybody_high_enough_nothing_is_planned() -> None:
    of = RouteChart(drafter=CHIEF, line=(DEPUTY, DIRECTOR), functions={})
    assert "系統に見つかりません" in str(refusal(facts(), table(row()), of).what)


@pytest.mark.parametrize("column", ["consents", "circulation"])
def test_a_unit_that_the_table_asks_for_and_nobody_is_is_named(column: str) -> None:
    found = refusal(facts(), table(row(14, **{column: ("personnel",)})), chart())
    assert "14行目" in str(found.what)
    assert "personnel" in str(found.what)


# Whatever the chart and the table


levels = st.sampled_from(LEVELS)
NAMES = ("accounting", "documents", "legal", "planning")


@st.composite
def charts(draw: st.DrawFn) -> RouteChart:
    found: list[Seat] = []
    for depth in range(draw(st.integers(1, 4))):
        for level in draw(st.lists(levels, min_size=0, max_size=4)):
            found.append(seat(len(found) + 1, f"職{len(found) + 1}", level, depth, draw(st.booleans())))
    found.sort(key=lambda entry: (entry.unit_depth, entry.rank, entry.post_id))
    own = [entry for entry in found if entry.unit_depth == 0]
    aside = seat(99, "係員", draw(levels), 0, in_line=False)
    drafter = draw(st.sampled_from([*own, aside]))
    others = [seat(100 + n, f"他課{n}", "director", 0) for n in range(3)]
    asked = st.sampled_from([*found, *others, drafter])
    return RouteChart(drafter=drafter, line=tuple(found), functions={name: draw(asked) for name in NAMES})


@st.composite
def rows(draw: st.DrawFn) -> Row:
    level = draw(levels)
    above = [entry for entry in LEVELS if RANK[entry] > RANK[level]]
    names = st.lists(st.sampled_from(NAMES), unique=True).map(tuple)
    return row(
        level=level,
        delegated_from=draw(st.sampled_from(["", *above])),
        reviewers=draw(st.lists(levels, unique=True).map(tuple)),
        consents=draw(names),
        circulation=draw(names),
        lifts_to=tuple(
            draw(st.lists(levels | st.builds("{}:{}".format, st.sampled_from(FLAGS), levels), max_size=2))
        ),
        consent_after=draw(levels),
    )


@given(charts(), rows(), st.frozensets(st.sampled_from(FLAGS)))
def test_every_route_that_is_planned_is_sound(of: RouteChart, rule: Row, flags: frozenset[str]) -> None:
    case = CaseFacts("contract", None, flags)
    try:
        found = plan(case, table(rule), of)
    except CannotPlan as refused:
        assert str(refused.what)
        assert str(refused.remedy)
        assume(False)
        return
    deciders = [step for step in found.steps if step.kind == DECIDE]
    assert len(deciders) == 1, "exactly one decider"
    decider = deciders[0]
    lifts = [entry.rpartition(":") for entry in rule.lifts_to]
    lifted = [level for flag, _, level in lifts if (flags if not flag else flag in flags)]
    lifted += [rule.delegated_from] if rule.delegated_from and flags else []
    wanted = max([rule.level, *lifted], key=lambda level: RANK[level])
    assert decider.seat.rank >= RANK[wanted], "nobody decides below the level"
    assert decider.seat.in_line
    assert decider.delegated == (bool(rule.delegated_from) and wanted == rule.level)
    assert decider.seat.unit_depth > 0 or decider.seat.rank >= of.drafter.rank

    posts = [step.seat.post_id for step in found.steps]
    assert len(posts) == len(set(posts)), "no post twice"
    stages = [step.stage for step in found.steps]
    assert stages == sorted(stages)
    assert set(stages) == set(range(1, max(stages) + 1)), "stages without a gap"

    for step in found.steps:
        assert step.own == (step.seat.post_id == of.drafter.post_id)
        assert step.reasons
        if step.kind in (DECIDE, CIRCULATE):
            assert not step.own, "the drafter is never asked to act in the own post"
            assert step.stage == decider.stage
        else:
            assert step.stage < decider.stage
    asked = {of.functions[name].post_id for name in rule.consents}
    assert asked <= set(posts), "every consent is asked for, whatever else that post does"
    assert plan(case, table(rule), of) == found, "the same three give the same route"


# What is only read


def test_a_row_that_nobody_decides_by_gives_readers_alone() -> None:
    rows = table(row(level="circulation", circulation=("accounting", "documents", "legal")))
    found = plan(facts(), rows, chart())
    assert found.circulation
    assert route(found) == [(1, CIRCULATE, "会計課長"), (1, CIRCULATE, "文書課長")]
    assert not plan(facts(), table(row()), chart()).circulation


def test_readers_named_by_hand_come_behind_those_of_the_table_each_once_with_all_reasons() -> None:
    by_hand = ByHand(
        readers=(
            (DOCUMENTS, Text("手で加えた。")),
            (VICE, Text("手で加えた。")),
            (VICE, Text("手で加えた。")),
            (CHIEF, Text("自分。")),
        )
    )
    rows = table(row(level="circulation", circulation=("documents",)))
    found = plan(facts(), rows, chart(), by_hand)
    assert [(s.seat.title, [str(r.text) for r in s.reasons]) for s in found.steps] == [
        ("文書課長", ["決裁規程が供覧を求めています。", "手で加えた。"]),
        ("事務次官", ["手で加えた。"]),
    ]
    decided = plan(facts(), table(row(consents=("documents",))), chart(), by_hand)
    assert [step.seat for step in decided.steps if step.kind == CIRCULATE] == [VICE], "who acts reads anyway"


def test_a_unit_asked_as_several_of_its_functions_says_each() -> None:
    found = plan(facts(), table(row(consents=("documents", "legal"))), chart())
    (consent,) = [step for step in found.steps if step.kind == CONSENT]
    assert [str(reason.text) for reason in consent.reasons] == [
        "決裁規程が、文書の部署としての合議を求めています。",
        "決裁規程が、法令審査の部署としての合議を求めています。",
    ]
