"""The mail room; whatever a test did, the record of it follows from its events and its log."""

from __future__ import annotations

from collections.abc import Iterator

import mail_room
import pytest

from kessai.decisions import verification
from kessai.web import clock
from stage import Stage
from web.conftest import as_

__all__ = ["as_"]


@pytest.fixture
def stage(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    built = mail_room.open_mail_room()
    monkeypatch.setattr(clock, "now", lambda: built.now)
    yield built
    found, _ = verification.verify_records(built.tenant_id)
    assert found == []
