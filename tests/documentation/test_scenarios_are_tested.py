"""Every scenario of deciding, A01 to A66, is a test that bears its number."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent.parent
OUTSTANDING: set[str] = set()
"""Scenarios without a test of their number so far; none is added here."""


def test_every_scenario_occurs_among_the_names_of_tests() -> None:
    names = (
        name
        for file in TESTS.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    )
    there = {number for name in names for number in re.findall(r"A\d\d(?=_|$)", name)}
    assert {f"A{number:02}" for number in range(1, 67)} - there <= OUTSTANDING
