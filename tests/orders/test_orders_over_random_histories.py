"""Random batches scheduled and taken back in random order: the chart agrees with one kept the slow way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from naive import Chart, Line, Refused, Row
from orders_office import NOW, Office

from kessai.organisation import queries as chart_queries
from kessai.organisation.changes import CannotChange
from kessai.organisation.models import Person, Post
from kessai.organisation.orders import operations, queries
from kessai.organisation.orders.rules import TypedLine

pytestmark = pytest.mark.django_db

BEGAN = date(2026, 4, 1)
DAYS = [date(2027, 4, 1), date(2027, 5, 1), date(2027, 6, 1), date(2027, 7, 1)]
POSTS = ["dg", "dir", "off1", "off2", "empty", "off1-shared"]
PEOPLE = ["02", "03", "04", "05", "06"]
SEATS = dict.fromkeys(["hr", *POSTS], 1) | {"off1-shared": 2}
HELD = [("hr", "01"), ("dg", "02"), ("dir", "03"), ("off1", "04"), ("off2", "05")]

posts, people = st.sampled_from(POSTS), st.sampled_from(PEOPLE)
appointing = st.builds(
    Line,
    act=st.just("appoint"),
    person=people,
    post=posts,
    kind=st.sampled_from(["regular", "regular", "concurrent", "acting_in_charge"]),
    until=st.sampled_from([None, None, None, *(day - timedelta(days=1) for day in DAYS[1:])]),
)
ending = st.builds(Line, act=st.just("end"), person=people, post=posts)
retiring = st.builds(Line, act=st.just("retire"), person=people)
folding = st.builds(Line, act=st.just("fold"), post=posts, into=posts)
batches = st.tuples(
    st.just("schedule"),
    st.sampled_from(DAYS),
    st.lists(
        st.one_of(appointing, appointing, appointing, ending, retiring, folding), min_size=1, max_size=4
    ),
)
takings = st.tuples(st.just("take back"), st.integers(0, 9), st.just([]))
histories = st.lists(st.one_of(batches, batches, takings), min_size=1, max_size=9)


class Rehearsal(Exception):
    """Ends a history, so that the next one finds the chart as it was."""


@settings(
    max_examples=120,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories)
def test_the_chart_of_every_day_agrees_with_one_kept_the_slow_way(office: Office, history: list) -> None:
    with pytest.raises(Rehearsal), transaction.atomic():
        office.share("off1", 2)
        _play(office, history)
        raise Rehearsal


def _play(office: Office, history: list) -> None:
    base = Chart(SEATS, [Row(post, person, "regular", 1, BEGAN) for post, person in HELD])
    untouched = office.rows()
    scheduled: list[tuple[int, object, date, list[Line]]] = []
    chart = base
    for number, (what, which, lines) in enumerate(history, start=1):
        at = NOW + timedelta(minutes=number)
        if what == "schedule":
            change_id = office.draft(*map(_typed, lines), on=which)
            try:
                after = chart.apply(lines, which, number)
            except Refused:
                with pytest.raises(operations.CannotSchedule):
                    operations.schedule(actor=None, change_id=change_id, at=at)
                event("refused")
            else:
                _schedule(change_id, at, chart, after, which)
                scheduled.append((number, change_id, which, lines))
                chart = after
                event("scheduled")
        elif scheduled:
            taken = scheduled[which % len(scheduled)]
            try:
                operations.take_back(actor=None, change_id=taken[1], at=at)
            except CannotChange:
                assert taken is not scheduled[-1], "the last one rests under nothing"
                event("not taken back")
                continue
            scheduled.remove(taken)
            chart = base
            for again, _, day, kept in scheduled:
                chart = chart.apply(kept, day, again)
            event("taken back")
        _agrees(office, chart)
    for number, change_id, _, _ in reversed(scheduled):
        operations.take_back(actor=None, change_id=change_id, at=NOW + timedelta(hours=number))
    assert office.rows() == untouched


def _schedule(change_id: object, at: object, before: Chart, after: Chart, day: date) -> None:
    draft = queries.effects(change_id=change_id)
    done = operations.schedule(actor=None, change_id=change_id, at=at)
    assert queries.effects(change_id=change_id) == draft
    told = {
        effect.code: ({name for _, name in effect.before}, {name for _, name in effect.after})
        for effect in draft
    }
    names = dict(Person.objects.values_list("staff_no", "name"))
    for code in SEATS:
        was, will = ({names[no] for no in chart.holders(code, day)} for chart in (before, after))
        assert told.get(code, (was, was)) == (was, will), code
    vacated = {code for code, (was, will) in told.items() if was and not will and after.exists(code, day)}
    assert done.counts.vacated == len(vacated)


def _agrees(office: Office, chart: Chart) -> None:
    for day in [BEGAN, *(day + timedelta(days=step) for day in DAYS for step in (-1, 0)), date(2028, 1, 1)]:
        assert office.held(day) == chart.held(day), day
        regular = [person for _, person, kind in chart.held(day) if kind == "regular"]
        assert len(regular) == len(set(regular)), "nobody has two regular posts"
    codes = dict(Post.objects.values_list("code", "id"))
    for day in DAYS:
        seats = chart_queries.seats(post_ids=codes.values(), on=day)
        for code in SEATS:
            last = code
            while not chart.exists(last, day):
                last = chart.folds[last][0]
            assert seats[codes[code]].post_id == codes[last]


def _typed(line: Line) -> dict[str, str]:
    until = line.until.isoformat() if line.until else ""
    typed = TypedLine(
        act=line.act, staff_no=line.person, post=line.post, into=line.into, kind=line.kind, until=until
    )
    return {name: getattr(typed, name) for name in TypedLine.__slots__}
