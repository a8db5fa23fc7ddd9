"""The sequencer may be killed at any point: what it did is done again, with the same result."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from made_up_log import AT, TENANT, append

from kessai.ledger import keys, queries, sequencer
from kessai.ledger.models import Checkpoint, Leaf, Pending
from kessai.ledger.verification import snapshot, verify_log


class KilledError(BaseException):
    """The process is gone."""


def killed(*args: object, **kwargs: object) -> Any:
    raise KilledError


def killed_after(calls: int, real: Callable[..., Any]) -> Callable[..., Any]:
    left = [calls]

    def call(*args: Any, **kwargs: Any) -> Any:
        if left[0] == 0:
            raise KilledError
        left[0] -= 1
        return real(*args, **kwargs)

    return call


def finished(count: int) -> None:
    sequencer.step(at=AT)
    found, counted = verify_log(TENANT)
    assert found == []
    assert (counted.entries, counted.pending) == (count, 0)
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(count))


@pytest.mark.parametrize("tiles_written", range(6))
def test_killed_while_it_writes_tiles(db: None, monkeypatch: pytest.MonkeyPatch, tiles_written: int) -> None:
    append(250)
    sequencer.step(at=AT)
    append(20)
    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(Path, "replace", killed_after(tiles_written, Path.replace))
        sequencer.step(at=AT)
    assert verify_log(TENANT)[0] == [] or tiles_written == 5
    finished(270)


@pytest.mark.parametrize("before", ["integrate", "_sign"])
def test_killed_between_numbering_and_signing_nothing_is_called_tampered(
    db: None, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    append(5)
    sequencer.step(at=AT)
    append(300)
    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(sequencer, before, killed)
        sequencer.step(at=AT)
    assert Pending.objects.count() == 0
    assert verify_log(TENANT)[0] == []
    finished(305)


def test_a_log_that_is_begun_while_it_is_verified_is_no_finding(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first batch is numbered in the view that is verified, and signed a moment later."""
    monkeypatch.setattr("kessai.ledger.verification.STALE_SECONDS", 20.0)
    append(3)
    sequencer.number(tenant_id=TENANT)

    def sign() -> None:
        sequencer.integrate(tenant_id=TENANT, at=AT)
        connection.close()

    with snapshot():
        assert Leaf.objects.count() == 3
        late = threading.Timer(0.3, sign)
        late.start()
        assert verify_log(TENANT)[0] == []
    late.join()


def test_entries_that_are_numbered_and_never_signed_are_named(db: None) -> None:
    append(3)
    sequencer.number(tenant_id=TENANT)
    assert [each.what for each in verify_log(TENANT)[0]] == ["no_checkpoint"]


def test_killed_between_signing_and_publishing_the_next_start_publishes(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(5)
    sequencer.step(at=AT)
    append(5)
    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(sequencer, "_publish", killed)
        sequencer.step(at=AT)
    assert [each.what for each in verify_log(TENANT)[0]] == ["old_checkpoint"]
    finished(10)
    assert keys.store(TENANT).read("checkpoint") == Checkpoint.objects.get(size=10).note.encode()


def test_killed_while_numbering_no_number_is_given(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    append(5)
    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(sequencer, "leaf_hash", killed_after(3, sequencer.leaf_hash))
        sequencer.step(at=AT)
    assert not Leaf.objects.exists()
    finished(5)


def test_a_step_with_nothing_to_do_changes_nothing(db: None) -> None:
    assert not sequencer.step(at=AT)
    append(3)
    assert sequencer.step(at=AT)
    assert not sequencer.step(at=AT)
    assert Checkpoint.objects.count() == 1


def test_one_damaged_log_does_not_hold_up_the_others(db: None) -> None:
    for tenant in (TENANT, 901):
        append(3, tenant_id=tenant)
    sequencer.step(at=AT)
    (keys.store(TENANT).root / "tile/0/000.p/3").unlink()
    for tenant in (TENANT, 901):
        append(3, tenant_id=tenant)
    with pytest.raises(sequencer.CannotIntegrate, match="900"):
        sequencer.step(at=AT)
    assert verify_log(901)[0] == []
    assert Checkpoint.objects.filter(tenant_id=901).count() == 2


def test_a_full_tile_of_another_history_is_not_built_upon(db: None) -> None:
    append(250)
    sequencer.step(at=AT)
    planted = keys.store(TENANT).root / "tile/0/000"
    planted.write_bytes(bytes(256 * 32))
    append(10)
    with pytest.raises(sequencer.CannotIntegrate, match="tile/0/000"):
        sequencer.step(at=AT)
    assert Checkpoint.objects.count() == 1


def test_several_sequencers_at_once_give_every_entry_one_number(transactional_db: None) -> None:
    stop = threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.is_set():
                sequencer.step(at=datetime.now(UTC))
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for _ in range(40):
        append(7)
    stop.set()
    for worker in workers:
        worker.join(timeout=30)
    assert not failed
    finished(280)


def test_the_sequencer_is_known_to_be_alive_for_ten_seconds_after_it_came_by(db: None) -> None:
    assert not queries.sequencer_alive(at=AT)
    stop = threading.Event()
    stop.set()
    sequencer.run(stop)
    assert not queries.sequencer_alive(at=AT)
    from kessai.ledger.models import Heartbeat

    Heartbeat.objects.update_or_create(name="sequencer", defaults={"at": AT})
    assert queries.sequencer_alive(at=AT + timedelta(seconds=9))
    assert not queries.sequencer_alive(at=AT + timedelta(seconds=11))


def test_a_leaf_too_long_for_a_bundle_is_refused_when_it_is_appended(db: None) -> None:
    from kessai.kernel.identifiers import new_id
    from kessai.ledger import writes

    with pytest.raises(ValueError, match="65535"):
        writes.append(tenant_id=TENANT, case_id=new_id(), seq=1, leaf=b"x" * 65_536, at=AT)
