"""Whatever lines a set has: it is refused and nothing happens, or it takes effect whole and can be undone exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kessai.organisation import queries as chart
from kessai.organisation.models import Post, PostSuccession
from kessai.organisation.queries import ChartUnit
from kessai.organisation.reorganising import operations
from kessai.organisation.reorganising.lines import TypedLine
from kessai.organisation.rules import Seat
from reorganising.conftest import JULY, started
from reorganising.test_reorganisation_sets import everything
from stage import NOON, POSTS, UNITS, Stage

EVE = JULY - timedelta(days=1)
UNIT_CODES = [*UNITS, "n1", "n2"]
POST_CODES = [*POSTS, "q1", "q2"]

units, posts = st.sampled_from(UNIT_CODES), st.sampled_from(POST_CODES)
several = st.lists(units, min_size=2, max_size=3, unique=True).map(" ".join)
ending = st.sampled_from(["統合", "廃止"])

LINE = st.one_of(
    st.builds(
        TypedLine,
        act=st.just("新設"),
        what=st.just("部署"),
        code=st.sampled_from(["n1", "n2"]),
        parent=units,
        name=st.sampled_from(["新しい課", "別の局"]),
        functions=st.sampled_from(["", "", "企画", "会計"]),
    ),
    st.builds(
        TypedLine,
        act=st.just("新設"),
        what=st.just("職"),
        code=st.sampled_from(["q1", "q2"]),
        unit=units,
        title=st.just("新しい長"),
        level=st.sampled_from(["課長", "局長", "係長"]),
    ),
    st.builds(TypedLine, act=st.just("改称"), what=st.just("部署"), code=units, name=st.just("改めた課")),
    st.builds(TypedLine, act=st.just("改称"), what=st.just("職"), code=posts, title=st.just("改めた長")),
    st.builds(TypedLine, act=st.just("移管"), what=st.just("部署"), code=units, parent=units),
    st.builds(TypedLine, act=st.just("移管"), what=st.just("職"), code=posts, unit=units),
    st.builds(TypedLine, act=ending, what=st.just("部署"), code=units, into=units),
    st.builds(TypedLine, act=ending, what=st.just("職"), code=posts, into=posts | st.just("なし")),
    st.builds(TypedLine, act=st.just("分割"), what=st.just("部署"), code=units, into=several),
)


class Undone(Exception):
    """Leave the database as it was before the example."""


def as_of(stage: Stage, day: date) -> tuple[tuple[ChartUnit, ...], dict[int, Seat]]:
    """The chart of a day, with every seat that can be found."""
    ids = list(Post.objects.values_list("id", flat=True))
    units = tuple(replace(unit, ends=None) for unit in chart.chart(tenant_id=stage.tenant_id, on=day))
    return units, chart.seats(post_ids=ids, on=day)


def faultless(lines: list[TypedLine]) -> list[TypedLine]:
    """The lines without those that have a fault, as an official strikes them out one run after the other."""
    while lines:
        change_id = started()
        for line in lines:
            operations.add_line(actor=None, change_id=change_id, line=line, at=NOON)
        bad = {fault.number for fault in operations.check(actor=None, change_id=change_id, at=NOON).faults}
        if not bad:
            return lines
        lines = [line for number, line in enumerate(lines, start=1) if number not in bad]
    return lines


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines=st.lists(LINE, min_size=1, max_size=8))
def test_any_set_takes_effect_whole_and_is_undone_exactly(stage: Stage, lines: list[TypedLine]) -> None:
    try:
        with transaction.atomic():
            kept = faultless(lines)
            if kept:
                _takes_effect_whole(stage, kept)
            raise Undone
    except Undone:
        pass


def _takes_effect_whole(stage: Stage, lines: list[TypedLine]) -> None:
    before, eve = everything(), as_of(stage, EVE)
    change_id = started()
    for line in lines:
        operations.add_line(actor=None, change_id=change_id, line=line, at=NOON)
    run = operations.schedule(actor=None, change_id=change_id, at=NOON)
    assert as_of(stage, EVE) == eve, "the day before is what it was"

    units_then, seats = chart.chart(tenant_id=stage.tenant_id, on=JULY), as_of(stage, JULY)[1]
    alive = {unit.code for unit in units_then}
    assert all(unit.parent_code in alive for unit in units_then if unit.parent_code)
    ended = {effect.code for effect in run.mapping if effect.ends and effect.what == "unit"}
    made = {effect.code for effect in run.mapping if effect.act == "create" and effect.what == "unit"}
    assert alive == ({*UNITS} - ended) | made, "nothing is lost and nothing comes from nowhere"
    symbols = [unit.symbol for unit in units_then if unit.symbol]
    assert len(set(symbols)) == len(symbols)

    gone = {effect.id: effect for effect in run.mapping if effect.ends and effect.what == "post"}
    living = {post_id for post_id in Post.objects.values_list("id", flat=True) if post_id not in gone}
    assert {post_id for post_id in living if post_id not in seats} == set(), "every living post has its seat"
    for post_id, effect in gone.items():
        if effect.successor_code:
            assert seats[post_id].post_id == PostSuccession.objects.get(post_id=post_id).successor_id
        else:
            assert post_id not in seats
    operations.take_back(actor=None, change_id=change_id, at=NOON)
    assert everything() == before
