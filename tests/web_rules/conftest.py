"""The stage with rules that can be changed, and its visitors."""

from __future__ import annotations

import pytest

import rulebook
from kessai.web import clock
from stage import Stage
from web.conftest import as_

__all__ = ["as_", "stage"]


@pytest.fixture
def stage(db: None, monkeypatch: pytest.MonkeyPatch) -> Stage:
    built = rulebook.build()
    monkeypatch.setattr(clock, "now", lambda: built.now)
    return built
