"""The sequencer signs while people go on acting, keeps the acts of a case in order, and never goes back."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from made_up_log import AT, TENANT, append

from kessai.kernel.identifiers import new_id
from kessai.ledger import keys, sequencer, writes
from kessai.ledger.models import Checkpoint, Entry, Leaf, Pending
from kessai.ledger.verification import verify_log


def acts(case: UUID, seqs: Sequence[int], ids: Iterator[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries of one case with ids as some clock made them."""
    with monkeypatch.context() as patched, transaction.atomic():
        patched.setattr(writes, "new_id", lambda: next(ids))
        for seq in seqs:
            leaf = b'{"case":"%s","log":%d,"seq":%d}' % (str(case).encode(), TENANT, seq)
            writes.append(tenant_id=TENANT, case_id=case, seq=seq, leaf=leaf, at=AT)


def order() -> list[tuple[UUID, int]]:
    """Case and seq by number."""
    entries = {each.id: (each.case_id, each.seq) for each in Entry.objects.all()}
    return [entries[each] for each in Leaf.objects.order_by("index").values_list("entry_id", flat=True)]


def test_acts_of_one_moment_get_their_numbers_in_order(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = new_id(), new_id()
    ids = sorted(new_id() for _ in range(6))
    acts(one, (1, 2, 3), iter([ids[4], ids[0], ids[2]]), monkeypatch)
    acts(other, (1, 2, 3), iter([ids[1], ids[3], ids[5]]), monkeypatch)
    sequencer.step(at=AT)
    assert order() == [(one, 1), (other, 1), (one, 2), (other, 2), (one, 3), (other, 3)]
    assert verify_log(TENANT)[0] == []


def test_an_earlier_act_whose_id_stands_behind_the_batch_is_not_overtaken(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "BATCH", 2)
    case, ids = new_id(), sorted(new_id() for _ in range(4))
    acts(case, (1, 2, 3, 4), iter([ids[3], ids[2], ids[1], ids[0]]), monkeypatch)
    while sequencer.step(at=AT):
        pass
    assert order() == [(case, seq) for seq in (1, 2, 3, 4)]


def test_a_backlog_is_worked_off_batch_by_batch_each_signed(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "BATCH", 100)
    append(250)
    assert [sequencer.step(at=AT) for _ in range(4)] == [100, 100, 50, 0]
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [100, 200, 250]


def test_what_comes_while_numbers_are_given_does_not_keep_a_checkpoint_from_being_signed(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People act faster than a step takes: each time it looks, there is more."""
    real = sequencer._waiting

    def meanwhile(cursor: Any, tenant_id: int) -> Any:
        append(1)
        return real(cursor, tenant_id)

    monkeypatch.setattr(sequencer, "_waiting", meanwhile)
    append(3)
    assert sequencer.step(at=AT) == 4
    assert sequencer.step(at=AT, recover=False) == 0
    append(1)
    assert sequencer.step(at=AT) == 2
    assert Checkpoint.objects.count() == 2
    assert not Pending.objects.exists()


def test_the_published_size_never_goes_back_however_many_sequencers_work(transactional_db: None) -> None:
    append(1)
    sequencer.step(at=AT)
    stop, failed = threading.Event(), []
    workers = [threading.Thread(target=_work, args=(stop, failed)) for _ in range(2)]
    for worker in workers:
        worker.start()
    seen = [1]
    for _ in range(30):
        append(5)
        seen.append(_published())
    stop.set()
    for worker in workers:
        worker.join(timeout=30)
    assert not failed
    while sequencer.step(at=AT):
        pass
    assert seen == sorted(seen)
    assert _published() == 151


def _published() -> int:
    body = keys.store(TENANT).read("checkpoint")
    assert body is not None
    return int(body.split(b"\n")[1])


def _work(stop: threading.Event, failed: list[BaseException]) -> None:
    try:
        while not stop.is_set():
            sequencer.step(at=datetime.now(UTC))
    except BaseException as error:
        failed.append(error)
    finally:
        connection.close()
