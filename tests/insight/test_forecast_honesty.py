"""How often the expected days come true, on histories made up to please the method and to displease it."""

from __future__ import annotations

import pytest

from insight.histories import Ministry
from kessai.insight.honesty.rules import Checked, check

MINISTRIES = {
    "steps on their own": Ministry(),
    "three in ten returned": Ministry(returned=0.3),
    "steps of one case alike": Ministry(alike=1.0),
    "everything slows down to half": Ministry(slower=1.0),
    "one stay in seven with an absence": Ministry(away=0.15),
    "a small ministry": Ministry(cases=300, a_day=1),
}


def measured(ministry: Ministry) -> Checked:
    """Over two histories."""
    one, other = (check(ministry.history(seed)) for seed in (1, 2))
    return Checked(one.n + other.n, one.half + other.half, one.most + other.most, one.levels)


@pytest.mark.parametrize("name", MINISTRIES)
def test_the_ranges_hold_what_they_promise(name: str) -> None:
    """As docs/adr tells: nine of ten within the outer range, and half within the inner; not much wider either."""
    found = measured(MINISTRIES[name])
    print(f"{name}: {found.half / found.n:.0%} {found.most / found.n:.0%} of {found.n}")
    assert found.n >= 200
    assert 0.86 <= found.most / found.n <= 0.99
    assert 0.45 <= found.half / found.n <= 0.75
