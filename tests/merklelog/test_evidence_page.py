"""The second verifier is a page of its own: small, closed, and without a word of the first."""

from __future__ import annotations

import re

from merklelog.evidence.page import inline, page
from merklelog.evidence.words import ACTS

MOST_LINES = 300


def test_the_verifier_is_at_most_three_hundred_lines() -> None:
    verifier, _ = inline("script")
    lines = [line for line in verifier.split("\n") if line.strip() and not line.strip().startswith("//")]
    assert len(lines) <= MOST_LINES


def test_the_page_loads_nothing_and_may_connect_nowhere() -> None:
    assert "default-src 'none'" in page()
    assert not re.search(r"<link|<img|<iframe|\bsrc=|\bfetch\(|XMLHttpRequest|import\(", page())


def test_every_word_is_there_in_both_languages() -> None:
    _, report = inline("script")
    said = {*re.findall(r'say\("(\w+)"', report), *re.findall(r'data-say="(\w+)"', page())}
    words = re.findall(r'"?([\w-]+)"?: \[\s*"[^"]+",\s*"[^"]+"\s*\]', report)
    assert len(said) > 30
    assert said <= set(words)


def test_acts_are_called_what_the_other_verifier_calls_them() -> None:
    _, report = inline("script")
    kinds = report.partition("const KINDS = {")[2].partition("};")[0]
    found = {key: (ja, en) for key, ja, en in re.findall(r'(\w+): \["([^"]+)", "([^"]+)"\]', kinds)}
    assert found == ACTS
