"""The stage with a matter whose decisions are issued, and the directory that comes with kessai."""

from __future__ import annotations

from datetime import date

import pytest

from kessai.config.rulebook import read
from kessai.records.addressees.operations import import_addressees
from kessai.web import clock
from stage import NOTICE, ROWS, Stage, build
from web.conftest import as_

__all__ = ["as_", "stage"]


@pytest.fixture
def stage(db: None, monkeypatch: pytest.MonkeyPatch) -> Stage:
    built = build(rows=(*ROWS, NOTICE))
    monkeypatch.setattr(clock, "now", lambda: built.now)
    import_addressees(source=read("addressees.csv"), tenant_ids=[built.tenant_id], effective=date(2026, 4, 1))
    return built
