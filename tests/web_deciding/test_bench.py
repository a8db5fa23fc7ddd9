"""Which files are shown, and where a case stands among those that wait."""

from __future__ import annotations

import pytest

from kessai.web import downloads


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.PDF", "pdf"), ("b.jpeg", "image"), ("c.csv", "text"), ("d.svg", ""), ("e", ""), ("f.html", "")],
)
def test_only_harmless_kinds_of_files_are_shown(name: str, kind: str) -> None:
    assert downloads.kind_of(name) == kind
