"""Rows of authority tables for tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kessai.organisation.rules import LEVELS, PLACES, RANK
from kessai.routing.conditions import Condition
from kessai.routing.rules import FLAGS, Row


def row(number: int = 1, **fields: Any) -> Row:
    default: dict[str, Any] = {
        "number": number,
        "matter_code": "contract",
        "amount_from": None,
        "amount_below": None,
        "flags": frozenset(),
        "level": "director_general",
        "delegated_from": "",
        "reviewers": (),
        "consents": (),
        "circulation": (),
        "retention_code": "y5",
        "disposal": "destroy",
        "marking": "confidentiality1",
        "disclosure": "open",
        "standard_days": None,
        "clause": f"別表第1 {number}項",
        "reason": "局長が決裁",
        "reason_en": "decided by the Director-General",
    }
    return Row(**(default | fields))


LAST_AMOUNT = 12
VALUES = ("", "a", "b", "c", "4", "5", "6", "7", "8", "2027-03-31", "2027-04-01", "2027-04-02")

amounts = st.none() | st.integers(1, LAST_AMOUNT)
conditions = st.one_of(
    st.builds(
        Condition,
        st.just("region"),
        st.sampled_from(("=", "!=")),
        st.lists(st.sampled_from(("a", "b", "*")), min_size=1, max_size=2, unique=True).map(tuple),
    ),
    st.builds(
        Condition,
        st.sampled_from(("region", "rate")),
        st.sampled_from((">=", ">", "<=", "<")),
        st.sampled_from(("5", "7", "2027-04-01")).map(lambda bound: (bound,)),
    ),
)


@st.composite
def conditional_rows(draw: st.DrawFn, number: int) -> Row:
    """A row with a choice of every kind of condition."""
    lower, upper = draw(amounts), draw(amounts)
    if lower and upper and lower >= upper:
        lower, upper = None, upper
    return row(
        number,
        amount_from=lower,
        amount_below=upper,
        units=frozenset(draw(st.lists(st.sampled_from(PLACES), max_size=2))),
        flags=frozenset(draw(st.lists(st.sampled_from(FLAGS[:2]), max_size=2))),
        conditions=tuple(draw(st.lists(conditions, max_size=2))),
    )


@st.composite
def tables(draw: st.DrawFn) -> tuple[Row, ...]:
    """The rows of one matter."""
    return tuple(draw(conditional_rows(n)) for n in range(1, draw(st.integers(1, 5)) + 1))


@st.composite
def written_rows(draw: st.DrawFn, number: int) -> Row:
    """A row with something in every column, as a file may state it."""
    level = draw(st.sampled_from(LEVELS[:-1]))
    above = st.sampled_from([entry for entry in LEVELS if RANK[entry] > RANK[level]])
    posts = st.sampled_from(("post:a-1", "post:課長", "post:7.1:head"))
    names = st.lists(
        posts | st.sampled_from(("accounting", "legal@director_general", "unit:7.1", "unit:7.1@minister")),
        unique=True,
        max_size=3,
    ).map(tuple)
    texts = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20).filter(
        lambda text: text == text.strip() and "x005F_" not in text and bool(text)
    )
    consents = draw(names)
    numbers = st.integers(1, len(consents) - 1) if len(consents) > 1 else st.nothing()
    return row(
        number,
        amount_from=draw(st.none() | st.integers(1, 10**6)),
        amount_below=draw(st.none() | st.integers(10**6 + 1, 2**62)),
        units=frozenset(draw(st.lists(st.sampled_from(PLACES)))),
        flags=frozenset(draw(st.lists(st.sampled_from(FLAGS)))),
        conditions=tuple(draw(st.lists(conditions, max_size=2))),
        level=level,
        decider_post=draw(st.sampled_from(("", "vice-minister", "7.1:head"))),
        delegated_from=draw(st.just("") | above),
        lifts_to=tuple(
            draw(st.lists(above | st.builds("{}:{}".format, st.sampled_from(FLAGS), above), max_size=2))
        ),
        deputies=draw(st.sampled_from(((), ("none",), ("director", "deputy_director")))),
        reviewers=draw(st.lists(st.sampled_from(LEVELS) | posts, unique=True, max_size=3).map(tuple)),
        consent_after=draw(st.sampled_from(LEVELS)),
        consents=consents,
        quorum=draw(st.none() | numbers),
        circulation=draw(names),
        series=draw(st.sampled_from(("", "会契", "0012"))),
        disposal=draw(st.sampled_from(("transfer", "destroy"))),
        marking=draw(st.sampled_from(("confidentiality1", "confidentiality3"))),
        disclosure=draw(st.sampled_from(("open", "closed"))),
        bulk=draw(st.booleans()),
        rewording=draw(st.booleans()),
        standard_days=draw(st.none() | st.integers(1, 999)),
        clause=draw(texts),
        reason=draw(texts),
        reason_en=draw(texts),
    )
