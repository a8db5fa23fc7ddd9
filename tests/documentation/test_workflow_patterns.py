"""The page of workflow patterns names every pattern once, and no test that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/workflow-patterns.md").read_text()
ROW = re.compile(r"^\| (\d+) \| [^|]+ \| (yes|no|not wanted here) \| ([^|]+) \|$", re.MULTILINE)


def names_of_tests() -> set[str]:
    files = [file.read_text() for file in (ROOT / "tests").rglob("test_*.py")]
    return {name for text in files for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}


def test_every_pattern_has_one_row() -> None:
    assert [int(number) for number, _, _ in ROW.findall(PAGE)] == [*range(1, 44), *range(1, 44)]


def test_every_yes_names_a_test_and_every_test_that_is_named_exists() -> None:
    known = names_of_tests()
    for number, verdict, why in ROW.findall(PAGE):
        named = re.findall(r"`(test_\w+)`", why)
        assert set(named) <= known, f"{number}: {set(named) - known}"
        assert verdict != "yes" or named or "the same test" in why, number
