"""What others said of a log is noted beside its files, and what can go wrong with that stops nothing."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from made_up_log import AT, TENANT, append

from kessai.kernel.identifiers import new_id
from kessai.ledger import received, sequencer
from kessai.ledger.models import AlarmEnd, Cosignature
from kessai.ledger.verification import verify_log
from witnesses import ARCHIVE, COURT, PRESS, acknowledge, cosign, object_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> None:
    append(3)
    sequencer.step(at=AT)


def kinds() -> list[str]:
    return [each.what for each in verify_log(TENANT)[0]]


def test_each_row_has_a_line(log: None) -> None:
    cosign(TENANT, ARCHIVE, at=AT)
    object_to(TENANT, PRESS, at=AT)
    acknowledge(TENANT, at=AT)
    lines = received.path(TENANT).read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["cosignature", "alarm", "alarm_end"]
    assert kinds() == []


def test_what_is_there_already_is_neither_kept_nor_noted_again(log: None) -> None:
    cosign(TENANT, ARCHIVE, at=AT)
    before = received.path(TENANT).read_bytes()
    row = Cosignature.objects.get()
    row.line += "x"
    assert not received.keep(row)
    assert received.path(TENANT).read_bytes() == before
    assert kinds() == []
    with pytest.raises(IntegrityError):
        received.keep(AlarmEnd(tenant_id=TENANT, alarm_id=None, how="answered", at=AT))


def test_where_it_cannot_be_noted_it_is_kept_all_the_same(
    log: None, caplog: pytest.LogCaptureFixture
) -> None:
    received.path(TENANT).mkdir()
    cosign(TENANT, ARCHIVE, at=AT)
    assert Cosignature.objects.count() == 1
    assert "could not be noted" in caplog.text


def test_a_line_without_its_row_is_named_once_for_each_however_many(
    log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received, "AT_ONCE", 2)
    cosign(TENANT, ARCHIVE, at=AT)
    cosign(TENANT, COURT, at=AT)
    gone = f"alarm {new_id()} {'0' * 64}\n"
    changed = f"cosignature 3 {'1' * 64}\n"
    with received.path(TENANT).open("a") as file:
        file.write(gone + changed + "nonsense\n" + gone)
    assert kinds() == ["missing_cosignature", "missing_alarm", "missing_alarm", "unreadable_received"]
    monkeypatch.setattr(received, "NAMED_AT_MOST", 1)
    assert kinds() == ["missing_cosignature"]
