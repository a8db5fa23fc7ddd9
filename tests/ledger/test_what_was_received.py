"""What others said of a log is noted beside its files, and what can go wrong with that stops nothing."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def full_at(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes: the write that would is a short one."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)


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
    assert kinds() == ["missing_alarm", "missing_cosignature", "missing_alarm", "unreadable_received"]
    found = verify_log(TENANT)[0]
    assert found[-1].text.params["n"] == 5, "the line in the file"


def test_an_old_mass_hides_no_new_deletion(log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received, "NAMED_AT_MOST", 2)
    old = "".join(f"cosignature {n} {'0' * 64}\n" for n in range(1, 4))
    received.path(TENANT).write_text(old + f"alarm {new_id()} {'0' * 64}\n")
    found = verify_log(TENANT)[0]
    assert [each.what for each in found] == ["missing_alarm", "missing_cosignature", "missing_more"]
    assert [each.text.params["n"] for each in found[1:]] == ["3", 2]


@pytest.mark.parametrize("block", [7, 4096])
def test_what_a_crash_left_of_a_line_is_no_fault_and_spoils_no_other(
    log: None, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(received, "BLOCK", block)
    cosign(TENANT, ARCHIVE, at=AT)
    cosign(TENANT, COURT, at=AT)
    one, other = received.path(TENANT).read_bytes().splitlines(keepends=True)
    for whole in (b"", one):
        for stump in (other[:1], other[:-40], other[:-1]):
            received.path(TENANT).write_bytes(whole + stump)
            assert received.length(TENANT) == len(whole)
            assert kinds() == []
    object_to(TENANT, PRESS, at=AT)
    lines = received.path(TENANT).read_bytes().splitlines(keepends=True)
    assert lines[0] == one
    assert [line.split()[0] for line in lines] == [b"cosignature", b"alarm"]
    assert kinds() == []


def test_where_the_disk_takes_a_part_of_a_line_only_nothing_of_it_is_left(
    log: None, caplog: pytest.LogCaptureFixture
) -> None:
    cosign(TENANT, ARCHIVE, at=AT)
    # Longer than any other file that is written meanwhile.
    before = received.path(TENANT).read_bytes() * 5_000
    received.path(TENANT).write_bytes(before)
    with full_at(len(before) + 10):
        cosign(TENANT, COURT, at=AT)
    assert received.path(TENANT).read_bytes() == before
    assert "could not be noted" in caplog.text
    assert Cosignature.objects.count() == 2
    cosign(TENANT, PRESS, at=AT)
    assert received.path(TENANT).read_bytes().count(b"\n") == 5_001
    assert kinds() == []
