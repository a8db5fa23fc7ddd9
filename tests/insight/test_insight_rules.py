"""What is usual, when a case will be decided, and why it does not move: the pure rules."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kessai.insight import rules
from kessai.insight.forecast import rules as forecast
from kessai.insight.forecast.rules import Outlook, Stage, Task
from kessai.insight.honesty import rules as honesty
from kessai.insight.honesty.rules import Past, Stay
from kessai.insight.rules import Precedents, Usual
from kessai.insight.troubles.rules import At, troubles
from kessai.kernel.words import Text

TODAY = date(2026, 10, 6)


def precedents(*stays: tuple[str, int, str, int, int]) -> Precedents:
    """What, post, matter, days, and how often."""
    made = Precedents()
    for what, post, matter, days, times in stays:
        for _ in range(times):
            made.add(what, post, matter, days)
    return made


# ── what is usual ──


def test_a_stay_counts_at_its_post_its_matter_and_the_ministry() -> None:
    counts = precedents(("review", 7, "r1", 2, 1)).counts
    assert set(counts) == {("review", 7, "r1"), ("review", 7, ""), ("review", 0, "r1"), ("review", 0, "")}
    assert all(row == [0, 0, 1] for row in counts.values())


def test_what_is_of_no_post_counts_once_at_each_of_its_keys() -> None:
    assert precedents(("detour1", 0, "r1", 0, 3)).counts == {
        ("detour1", 0, "r1"): [3],
        ("detour1", 0, ""): [3],
    }


def test_days_before_none_and_beyond_half_a_year_are_counted_at_the_ends() -> None:
    counts = precedents(("review", 1, "m", -3, 1), ("review", 1, "m", 9_999, 1)).counts
    row = counts["review", 0, ""]
    assert (row[0], row[rules.LONGEST], len(row)) == (1, 1, rules.LONGEST + 1)


@pytest.mark.parametrize(
    ("post", "matter", "of_post", "of_matter"),
    [(1, "a", True, True), (1, "b", True, False), (2, "a", False, True), (2, "b", False, False)],
)
def test_the_nearest_precedents_are_taken(post: int, matter: str, of_post: bool, of_matter: bool) -> None:
    counts = precedents(("review", 1, "a", 1, rules.ENOUGH)).counts
    found = rules.usual(counts, "review", post, matter)
    assert found == Usual(rules.ENOUGH, 1, 1, of_post, of_matter)


def test_with_few_precedents_nothing_is_usual() -> None:
    counts = precedents(("review", 1, "a", 1, rules.ENOUGH - 1)).counts
    assert rules.usual(counts, "review", 1, "a") is None
    assert rules.known(counts, "review") == rules.ENOUGH - 1
    assert rules.known(counts, "consent") == 0


def test_of_those_that_lasted_as_long_some_must_be_left() -> None:
    counts = precedents(
        ("review", 1, "a", 1, 30), ("review", 2, "a", 9, rules.LEFT_ENOUGH), ("review", 2, "b", 9, 1)
    ).counts
    near, far = rules.nearest(counts, "review", 1, "a"), rules.nearest(counts, "review", 1, "a", lasted=5)
    assert near and near[0] == ("review", 1, "a")
    assert far and far[0] == ("review", 0, "a")
    assert rules.nearest(counts, "review", 1, "a", lasted=10) is None


@pytest.mark.parametrize(
    ("counts", "share", "days"),
    [([5, 5], 0.5, 0), ([5, 5], 0.51, 1), ([0, 0, 1], 0.0, 2), ([9, 0, 1], 0.9, 0), ([1, 1, 1], 1.0, 2)],
)
def test_the_fewest_days_within_which_a_share_was_over(counts: list[int], share: float, days: int) -> None:
    assert rules.quantile(counts, share) == days


def test_a_share_that_rounding_puts_beyond_all_is_the_last_day() -> None:
    assert rules.quantile([1, 1], 1.0000001) == 1


@pytest.mark.parametrize(("days", "most", "long"), [(1, 0, False), (2, 0, True), (3, 3, False), (4, 3, True)])
def test_long_is_longer_than_nine_of_ten_and_than_a_day(days: int, most: int, long: bool) -> None:
    assert rules.is_long(days, Usual(20, 0, most, True, True)) is long
    assert not rules.is_long(days, None)


# ── when it will be decided ──


def test_stages_add_up_and_their_detours_too() -> None:
    counts = precedents(
        ("review", 1, "m", 1, 20), ("decide", 2, "m", 2, 20), ("detour2", 0, "m", 0, 20)
    ).counts
    stages = [Stage((Task("review", 1, 0),), 1), Stage((Task("decide", 2),), 1)]
    found = forecast.outlook(counts, stages, "m")
    assert found and [found.by(level) for level in forecast.LEVELS] == [3] * 5
    assert (found.within(2), found.within(3), found.within(-1)) == (0.0, 1.0, 0.0)


def test_of_a_step_that_waits_only_the_days_that_are_left_count() -> None:
    counts = precedents(
        ("decide", 1, "m", 0, 50), ("decide", 1, "m", 4, 5), ("detour1", 0, "m", 0, 20)
    ).counts
    found = forecast.outlook(counts, [Stage((Task("decide", 1, 2),), 1)], "m")
    assert found and found.by(0.5) == 2


def test_where_nobody_is_there_it_begins_anew_when_somebody_is_back() -> None:
    counts = precedents(("decide", 1, "m", 1, 20), ("detour1", 0, "m", 0, 20)).counts
    found = forecast.outlook(counts, [Stage((Task("decide", 1, 9, not_before=5),), 1)], "m")
    assert found and found.by(0.05) == 6


@pytest.mark.parametrize("missing", ["review", "decide", "detour2", "consent"])
def test_with_few_precedents_of_any_part_no_day_is_named(missing: str) -> None:
    every = ("review", "decide", "detour2", "consent")
    counts = precedents(*((what, 0, "m", 1, 20) for what in every if what != missing)).counts
    first = Stage((Task("review", 1, 0), Task("consent", 3, 0)), 2)
    assert forecast.outlook(counts, [first, Stage((Task("decide", 2),), 1)], "m") is None


def test_longer_than_all_precedents_no_day_is_named() -> None:
    counts = precedents(("decide", 1, "m", 1, 40), ("detour1", 0, "m", 0, 20)).counts
    assert forecast.outlook(counts, [Stage((Task("decide", 1, 2),), 1)], "m") is None


def test_at_the_same_time_the_last_answer_counts_or_the_one_that_makes_the_number() -> None:
    early, late = [0.0, 1.0], [0.0, 0.0, 0.0, 1.0]
    assert forecast.together([early, late], 2) == pytest.approx([0, 0, 0, 1])
    assert forecast.together([early, late], 1) == pytest.approx([0, 1, 0, 0])
    half = [0.5, 0.5]
    assert forecast.together([half, half], 2) == pytest.approx([0.25, 0.75])
    assert forecast.together([half, half], 1) == pytest.approx([0.75, 0.25])
    assert forecast.together([half, half, half], 2) == pytest.approx([0.5, 0.5])


def test_what_is_further_than_the_furthest_day_counts_there() -> None:
    far = [0.0] * forecast.FURTHEST + [1.0]
    found = forecast.added([far, [0.0, 1.0]])
    assert len(found) == forecast.FURTHEST + 1
    assert found[-1] == pytest.approx(1.0)


def test_beyond_all_that_is_likely_it_is_the_last_day() -> None:
    assert Outlook([0.5, 0.4]).by(0.99) == 1


def test_detours_of_many_stages_are_taken_together() -> None:
    assert [forecast.detour(left) for left in (1, 2, 3, 9)] == ["detour1", "detour2", "detour3", "detour3"]


# ── whether it comes true ──


def test_without_a_return_there_is_no_detour() -> None:
    stays = [Stay("review", 1, 1, 0, 2), Stay("decide", 2, 2, 2, 3)]
    assert honesty.detours_of(stays, 2, 3) == ((2, 0), (1, 0))


def test_the_days_before_the_last_round_are_the_detour_of_where_it_had_been() -> None:
    stays = [
        *(Stay("review", 1, 1, 0, 2, last=False), Stay("decide", 2, 2, 2, 5, last=False)),
        *(Stay("review", 1, 1, 7, 8), Stay("decide", 2, 2, 8, 8)),
    ]
    assert honesty.detours_of(stays, 2, 8) == ((2, 7), (1, 6))


def test_a_route_that_grew_has_no_detours_beyond_its_first_plan() -> None:
    stays = [Stay("review", 1, 1, 0, 1), Stay("review", 3, 2, 1, 2), Stay("decide", 2, 3, 2, 3)]
    assert [left for left, _ in honesty.detours_of(stays, 2, 3)] == [2, 1]


def test_few_decided_cases_check_nothing() -> None:
    cases = [Past("m", n, n, (), ()) for n in range(5)]
    assert honesty.check(cases) == honesty.Checked(0, 0, 0, forecast.LEVELS)
    assert honesty.check(()).n == 0


def regular(n: int, days: int, *, decided: bool = True) -> Past:
    stay = Stay("decide", 1, 1, n, n + days)
    route = (Stage((Task("decide", 1, 0),), 1),)
    detours = ((1, 0),) if decided else ()
    return Past("m", n, n + days if decided else None, (stay,), route, detours)


def test_a_clockwork_comes_true_every_time() -> None:
    checked = honesty.check([regular(n, 2) for n in range(300)])
    assert checked.n == checked.half == checked.most > honesty.CHECKED_ENOUGH
    assert checked.levels == pytest.approx(forecast.LEVELS, abs=0.06)


def test_cases_that_were_not_decided_teach_and_are_not_compared() -> None:
    every = [regular(n, 2, decided=n % 2 == 0) for n in range(400)]
    checked = honesty.check(every)
    assert 0 < checked.n < honesty.check([regular(n, 2) for n in range(400)]).n


def test_where_the_days_came_outside_the_range_is_widened() -> None:
    cases = [regular(n, 1 if n < 150 else 1 + n % 2 * 6) for n in range(400)]
    assert honesty.check(cases).levels[4] > forecast.LEVELS[4]


# ── why it does not move ──

NOON = datetime(2026, 10, 6, 3, tzinfo=UTC)
WHY = Text("欠員です")


@pytest.mark.parametrize(
    ("at", "kinds", "ask"),
    [
        (At("課長"), [], ""),
        (At("課長", nobody=WHY, held_since=NOON), ["nobody"], "課長"),
        (At("課長", refused=True), ["refused"], "課長"),
        (At("課長", held_since=NOON, held_why="確かめる", longer_than=2), ["held"], "課長"),
        (At("課長", away_until=NOON), ["away"], "課長"),
        (At("課長", away_until=NOON, stand_in="補佐"), [], ""),
        (At("課長", away_until=NOON, stand_in="補佐", days=5, longer_than=2), ["long"], "補佐"),
        (At("課長", days=5, longer_than=2), ["long"], "課長"),
    ],
)
def test_each_trouble_says_whom_to_ask_and_what_helps(at: At, kinds: list[str], ask: str) -> None:
    found = troubles(state="routed", at=[at], drafter="係長", deadline=None, today=TODAY)
    assert [trouble.kind for trouble in found] == kinds
    assert all(trouble.ask == ask and trouble.helps.message for trouble in found)


def test_while_a_superior_settles_a_refusal_the_superior_is_asked() -> None:
    at = [At("会計課長", refused=True), At("次官", kind="settle")]
    found = troubles(state="routed", at=at, drafter="係長", deadline=None, today=TODAY)
    assert [(trouble.kind, trouble.ask) for trouble in found] == [("refused", "次官")]


@pytest.mark.parametrize("state", ["returned", "withdrawn"])
def test_what_is_back_with_its_drafter_is_the_drafters(state: str) -> None:
    (found,) = troubles(state=state, at=[], drafter="係長", deadline=None, today=TODAY)
    assert (found.kind, found.ask) == ("back", "係長")


def test_the_gravest_comes_first_and_the_deadline_names_who_has_it() -> None:
    at = [At("課長", days=9, longer_than=1), At("会計課長", refused=True)]
    found = troubles(state="routed", at=at, drafter="係長", deadline=date(2026, 10, 1), today=TODAY)
    assert [trouble.kind for trouble in found] == ["refused", "overdue", "long"]
    assert (found[1].ask, found[1].what.params) == ("課長、会計課長", {"n": 5})
    (late,) = troubles(state="routed", at=[], drafter="係長", deadline=date(2026, 10, 5), today=TODAY)
    assert late.ask == "係長"


PAST = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("at", "kinds"),
    [
        (At("地域課長", kind="consult", answer_by=PAST), ["unanswered"]),
        (At("地域課長", kind="consent", answer_by=PAST, longer_than=2), ["unanswered", "long"]),
        (At("地域課長", kind="consult", answer_by=PAST, held_since=NOON), ["held", "unanswered"]),
        (At("地域課長", kind="consult", answer_by=TODAY), []),
        (At("地域課長", kind="consent", answer_by=PAST, refused=True), ["refused"]),
        (At("地域課長", kind="consult", answer_by=PAST, nobody=WHY), ["nobody"]),
    ],
)
def test_a_day_for_an_answer_that_has_passed_is_a_trouble_of_whoever_was_asked(
    at: At, kinds: list[str]
) -> None:
    found = troubles(state="routed", at=[at], drafter="係長", deadline=None, today=TODAY)
    assert [trouble.kind for trouble in found] == kinds
    for trouble in found:
        if trouble.kind == "unanswered":
            assert (trouble.ask, trouble.what.params) == ("地域課長", {"n": (TODAY - PAST).days})
            assert ("待たずに決裁" in trouble.helps.message) is (at.kind == "consult")


def test_a_deadline_of_today_is_not_past() -> None:
    assert troubles(state="routed", at=[At("課長")], drafter="係長", deadline=TODAY, today=TODAY) == ()
