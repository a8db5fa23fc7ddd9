"""Whether somebody may act for a post: every combination of what may stand in the way, against the words of S01-S03."""

from __future__ import annotations

from itertools import product

import pytest

from kessai.decisions.deputising import rules
from kessai.decisions.deputising.rules import Deputy, Matter, Person, Post, Settings, Verdict, may_act_for

HOLDER, FIRST, SECOND, STRANGER = 1, 11, 12, 99
COUNCILLOR, DIRECTOR = 101, 102


def post(
    *,
    holder_there: bool = False,
    vacant: bool = False,
    first: Person | None = None,
    second: Person | None = None,
) -> Post:
    return Post(
        "局長",
        () if vacant else (Person(HOLDER, "局長の人", present=holder_there),),
        (
            Deputy(COUNCILLOR, "審議官", "councillor", (first or Person(FIRST, "審議官の人"),)),
            Deputy(DIRECTOR, "総務課長", "director", (second or Person(SECOND, "総務課長の人"),)),
        ),
    )


def matter(**changed: object) -> Matter:
    return Matter(**{"step": "decide", "drafter_post": 500, "drafter": 50, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("step", ["review", "consent", "decide"])
@pytest.mark.parametrize("acting_for", [rules.DECIDER_ONLY, rules.CONSENTS_TOO, rules.EVERY_STEP])
@pytest.mark.parametrize("lifts", [rules.EVERY_BAR, rules.REFUSED_CONSENT, rules.NOTHING])
def test_every_combination_of_bars_comes_out_as_the_rule_says(step: str, acting_for: str, lifts: str) -> None:
    """As the second deputy, whom every bar may stop."""
    seen = set()
    switches = product((False, True), repeat=11)
    for (
        there,
        vacant,
        while_vacant,
        away,
        cleared,
        drafted,
        grave,
        refused,
        excluded,
        earlier,
        told,
    ) in switches:
        if there and vacant:
            continue
        of = post(
            holder_there=there,
            vacant=vacant,
            first=Person(FIRST, "審議官の人", present=earlier),
            second=Person(SECOND, "総務課長の人", present=not away, cleared=cleared),
        )
        about = matter(
            step=step,
            drafter=SECOND if drafted else 50,
            flags=frozenset({"important"} if grave else ()),
            refused_by=("会計課長",) if refused else (),
            levels=("councillor",) if excluded else (),
            told=frozenset({DIRECTOR} if told else ()),
        )
        verdict = may_act_for(SECOND, of, about, Settings(acting_for, while_vacant, lifts))
        by_row = excluded and step == "decide"
        never = (
            step not in rules.STEPS[acting_for]
            or there
            or (vacant and not while_vacant)
            or away
            or not cleared
            or drafted
        )
        if told and lifts == rules.EVERY_BAR:
            barred = False
        elif told and lifts == rules.REFUSED_CONSENT:
            barred = grave or by_row or earlier
        else:
            barred = grave or refused or by_row or earlier
        assert verdict.may == (not never and not barred)
        assert (verdict.deputy is not None, verdict.order) == (True, 2)
        assert verdict.told == (verdict.may and (grave or refused or by_row or earlier))
        assert bool(verdict.why.message) == (not verdict.may)
        assert bool(verdict.remedy.message) == (not verdict.may)
        if not verdict.may:
            str(verdict.why), str(verdict.remedy)
        seen.add((verdict.may, verdict.why.message))
    assert len(seen) > 1 or step not in rules.STEPS[acting_for]


@pytest.mark.parametrize(
    ("of", "about", "by", "said", "helps"),
    [
        (
            post(holder_there=True),
            matter(),
            Settings(),
            "局長の人は不在ではありません",
            "不在が登録されている間",
        ),
        (post(vacant=True), matter(), Settings(), "欠員で、不在ではありません", "人事担当課"),
        (post(), matter(step="consent"), Settings(), "この段階では", "局長が戻ると"),
        (post(), matter(flags=frozenset({"unprecedented"})), Settings(), "異例の事案", "事前の指示"),
        (post(), matter(flags=frozenset({"disputed"})), Settings(), "疑義", "事前の指示"),
        (
            post(),
            matter(refused_by=("会計課長", "文書課長")),
            Settings(),
            "会計課長、文書課長が",
            "事前の指示",
        ),
        (post(), matter(levels=("none",)), Settings(), "代決を認めていません", "事前の指示"),
        (post(), matter(levels=("councillor",)), Settings(), "総務課長はこの事案を", "事前の指示"),
        (post(), matter(), Settings(), "審議官 審議官の人が代決できます", "審議官も不在"),
        (
            post(second=Person(SECOND, "総務課長の人", present=False)),
            matter(),
            Settings(),
            "あなた自身の不在",
            "不在を終えて",
        ),
        (post(second=Person(SECOND, "x", cleared=False)), matter(), Settings(), "格付", "次の順位"),
        (post(), matter(drafter_post=DIRECTOR), Settings(), "あなたが起案した", "局長の戻り"),
    ],
)
def test_each_bar_says_why_and_what_would_help(
    of: Post, about: Matter, by: Settings, said: str, helps: str
) -> None:
    verdict = may_act_for(SECOND, of, about, by)
    assert not verdict.may
    assert said in str(verdict.why)
    assert helps in str(verdict.remedy)


def test_a_stranger_is_no_deputy_whatever_else_holds() -> None:
    assert may_act_for(STRANGER, post(), matter(), Settings()) == Verdict(
        False, why=may_act_for(STRANGER, post(), matter(), Settings()).why
    )
    assert may_act_for(STRANGER, post(), matter(), Settings()).deputy is None


def test_flags_that_only_lift_a_delegated_decision_do_not_bar_an_acting_one() -> None:
    assert may_act_for(FIRST, post(), matter(flags=frozenset({"precedent", "diet"})), Settings()).may


def test_a30_no_acting_decision_over_a_refused_consent_naming_who_refuses() -> None:
    about = matter(refused_by=("会計課長",))
    verdict = may_act_for(FIRST, post(), about, Settings())
    assert not verdict.may
    assert "会計課長が合議に同意していない" in str(verdict.why)
    told = matter(refused_by=("会計課長",), told=frozenset({COUNCILLOR}))
    for lifts, may in ((rules.EVERY_BAR, True), (rules.REFUSED_CONSENT, True), (rules.NOTHING, False)):
        assert may_act_for(FIRST, post(), told, Settings(instruction_lifts=lifts)).may == may


@pytest.mark.parametrize(
    "passed_over",
    [
        {"first": Person(FIRST, "審議官の人", cleared=False)},
        {"first": Person(FIRST, "審議官の人", present=False)},
    ],
)
def test_a61_the_second_deputy_acts_where_the_first_has_no_clearance_or_is_away(
    passed_over: dict[str, Person],
) -> None:
    of = post(**passed_over)  # type: ignore[arg-type]
    assert not may_act_for(FIRST, of, matter(), Settings()).may
    verdict = may_act_for(SECOND, of, matter(), Settings())
    assert (verdict.may, verdict.order, verdict.told) == (True, 2, False)


def test_an_earlier_deputy_who_drafted_the_case_or_whom_the_row_excludes_is_passed_over() -> None:
    assert may_act_for(SECOND, post(), matter(drafter=FIRST), Settings()).may
    assert may_act_for(SECOND, post(), matter(drafter_post=COUNCILLOR), Settings()).may
    assert may_act_for(SECOND, post(), matter(levels=("director",)), Settings()).may


def test_whoever_is_two_of_the_deputies_acts_as_the_first_or_as_the_one_that_was_told() -> None:
    twice = post(second=Person(FIRST, "審議官の人"))
    assert may_act_for(FIRST, twice, matter(), Settings()).order == 1
    assert may_act_for(FIRST, twice, matter(told=frozenset({DIRECTOR})), Settings()).order == 2


def test_of_equal_holders_one_who_is_there_is_enough() -> None:
    shared = Post("局長", (Person(1, "甲", present=False), Person(2, "乙")), post().deputies)
    assert not may_act_for(FIRST, shared, matter(), Settings()).may


def test_the_first_able_is_who_may_act_and_there_is_one_at_most() -> None:
    for away_first, away_second, drafted in product((False, True), repeat=3):
        of = post(
            first=Person(FIRST, "甲", present=not away_first),
            second=Person(SECOND, "乙", present=not away_second),
        )
        about = matter(drafter=FIRST if drafted else 50)
        may = [who for who in (FIRST, SECOND) if may_act_for(who, of, about, Settings()).may]
        able = rules.first_able(of, about, Settings())
        assert may == ([able[1].person_id] if able else [])


@pytest.mark.parametrize(
    ("of", "about", "by", "said"),
    [
        (post(), matter(step="review"), Settings(), "代決の対象ではありません"),
        (post(vacant=True), matter(), Settings(), "代決の対象ではありません"),
        (Post("局長", (Person(1, "甲", present=False),), ()), matter(), Settings(), "定められていません"),
        (post(), matter(flags=frozenset({"important"})), Settings(), "重要な事案"),
        (post(), matter(refused_by=("会計課長",)), Settings(), "会計課長"),
        (post(), matter(levels=("none",)), Settings(), "認めていません"),
        (
            post(first=Person(FIRST, "甲", present=False), second=Person(SECOND, "乙", present=False)),
            matter(),
            Settings(),
            "みな不在か欠員",
        ),
    ],
)
def test_those_who_wait_are_told_why_nobody_acts(of: Post, about: Matter, by: Settings, said: str) -> None:
    why, remedy = rules.why_nobody(of, about, by)
    assert said in str(why)
    assert str(remedy)


@pytest.mark.parametrize(
    ("holders", "more", "why"),
    [
        ((), {}, "vacant"),
        ((Person(5, "甲", present=False),), {}, "absent"),
        ((Person(5, "甲", cleared=False),), {}, "uncleared"),
        ((Person(5, "甲", present=False), Person(6, "乙", cleared=False)), {}, "uncleared"),
        ((Person(5, "甲"),), {"levels": ("councillor",)}, "row"),
        ((Person(5, "甲"),), {"drafter": 5}, "drafter"),
        ((Person(5, "甲"),), {}, "told"),
    ],
)
def test_why_a_deputy_before_in_order_was_passed_over(
    holders: tuple[Person, ...], more: dict[str, object], why: str
) -> None:
    first = Deputy(50, "総務課長", "director", holders)
    second = Deputy(60, "審議官", "councillor", (Person(9, "丙"),))
    of = Post("局長", (Person(1, "丁", present=False),), (first, second))
    assert rules.passed_over(of, 2, matter(**more)) == ((1, first, why),)
    assert rules.passed_over(of, 1, matter(**more)) == ()
