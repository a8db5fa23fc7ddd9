"""What docs/evidence says with numbers is so."""

from __future__ import annotations

from hashlib import sha256

import evidence_example
import pytest

from merklelog.evidence.making import explanation


def test_the_worked_example_is_what_a_bundle_is(request: pytest.FixtureRequest) -> None:
    page = evidence_example.page()
    if request.config.getoption("--rewrite-tables"):
        evidence_example.PAGE.write_text(page)
        pytest.fail("example.md was written: read it", pytrace=False)
    assert page == evidence_example.PAGE.read_text()


def test_the_format_names_the_explanation_that_is_packed() -> None:
    format_page = (evidence_example.PAGE.parent / "format.md").read_text()
    assert f"    {sha256(explanation()).hexdigest()}\n" in format_page
