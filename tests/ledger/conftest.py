"""Verifying waits for nothing here."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kessai.ledger.verification.STALE_SECONDS", 0.0)
