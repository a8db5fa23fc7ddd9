"""Checkpoints, keys and whole stretches of the log: forged, put back, cut off, rewritten."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sealed_record import Record, Verified, command_json

from kessai.ledger import keys, sequencer
from kessai.ledger.verification import snapshot
from merklelog.checkpoint import Checkpoint, sign_checkpoint
from merklelog.note import Signer


def _kinds(verified: Verified) -> set[str]:
    return {each.what for each in verified.findings}


def _checkpoints(record: Record) -> list[tuple[int, bytes, str]]:
    return record.superuser.execute("SELECT size, root, note FROM ledger_checkpoint ORDER BY size").fetchall()


def _forge(record: Record, *, signer: Signer | None = None, root: bytes | None = None) -> str:
    size, genuine, _ = _checkpoints(record)[-1]
    made = Checkpoint(keys.origin(record.tenant), size, root or genuine)
    return sign_checkpoint(made, [signer or Signer(keys.origin(record.tenant), os.urandom(32))]).decode()


def test_a_published_checkpoint_of_another_key_is_named(sealed: Record) -> None:
    (sealed.log / "checkpoint").write_text(_forge(sealed))
    assert _kinds(Verified()) == {"forged_checkpoint"}


def test_a_published_checkpoint_with_another_root_under_the_own_key_is_named(sealed: Record) -> None:
    note = _forge(sealed, signer=keys.signer(sealed.tenant), root=b"\1" * 32)
    (sealed.log / "checkpoint").write_text(note)
    assert _kinds(Verified()) == {"forged_checkpoint"}


def test_a_published_checkpoint_that_is_no_note_is_named(sealed: Record) -> None:
    (sealed.log / "checkpoint").write_bytes(b"\xff\0")
    assert _kinds(Verified()) == {"forged_checkpoint"}


def test_a_stored_checkpoint_of_another_key_is_named_with_its_size(sealed: Record) -> None:
    size = _checkpoints(sealed)[0][0]
    sealed.run(
        "UPDATE ledger_checkpoint SET note = %(note)s WHERE size = %(size)s", note=_forge(sealed), size=size
    )
    (found,) = Verified().findings
    assert found.what == "forged_checkpoint"
    assert dict(found.text.params) == {"n": size}


def test_a_stored_checkpoint_with_a_root_of_its_own_is_found_even_under_the_own_key(sealed: Record) -> None:
    note = _forge(sealed, signer=keys.signer(sealed.tenant), root=b"\1" * 32)
    sealed.run(
        "UPDATE ledger_checkpoint SET note = %(note)s, root = %(root)s"
        " WHERE size = (SELECT max(size) FROM ledger_checkpoint)",
        note=note,
        root=b"\1" * 32,
    )
    (sealed.log / "checkpoint").write_text(note)
    assert "root" in _kinds(Verified())


def test_an_older_genuine_checkpoint_put_back_is_named(sealed: Record) -> None:
    (sealed.log / "checkpoint").write_text(_checkpoints(sealed)[0][2])
    assert _kinds(Verified()) == {"old_checkpoint"}


def test_a_published_checkpoint_that_is_gone_is_named(sealed: Record) -> None:
    (sealed.log / "checkpoint").unlink()
    assert _kinds(Verified()) == {"old_checkpoint"}


def test_another_key_in_the_place_of_the_logs_own_makes_every_checkpoint_a_forgery(sealed: Record) -> None:
    (sealed.root / "KEYS_DIR" / "log-700.seed").write_text(os.urandom(32).hex())
    assert {"forged_checkpoint", "no_checkpoint"} <= _kinds(Verified())


@pytest.mark.parametrize("key", ["", "zz", "00"])
def test_a_lost_key_is_named_and_no_new_one_takes_its_place(sealed: Record, key: str) -> None:
    seed = sealed.root / "KEYS_DIR" / "log-700.seed"
    seed.unlink()
    if key:
        seed.write_text(key)
    assert "missing_key" in _kinds(Verified())
    with pytest.raises(sequencer.CannotIntegrate):
        sequencer.step(at=datetime(2026, 10, 7, tzinfo=UTC))
    assert not seed.exists() or seed.read_text() == key


def test_a_checkpoint_row_that_is_gone_while_it_is_published_is_named(sealed: Record) -> None:
    sealed.run("DELETE FROM ledger_checkpoint WHERE size = (SELECT max(size) FROM ledger_checkpoint)")
    assert "truncated" in _kinds(Verified())


def test_a_history_cut_off_in_the_database_is_known_from_the_files_and_its_cases_are_named(
    sealed: Record,
) -> None:
    """All rows after the first checkpoint go, as if the rest had never happened; the checkpoint file is put back."""
    size, _, note = _checkpoints(sealed)[0]
    lost = {
        row[0]
        for row in sealed.superuser.execute(
            "SELECT case_id FROM ledger_entry e JOIN ledger_leaf l ON l.entry_id = e.id WHERE index >= %s",
            [size],
        )
    }
    sealed.run("DELETE FROM ledger_checkpoint WHERE size > %(size)s", size=size)
    sealed.run(
        "DELETE FROM ledger_entry WHERE id IN (SELECT entry_id FROM ledger_leaf WHERE index >= %(size)s)",
        size=size,
    )
    sealed.run("DELETE FROM ledger_leaf WHERE index >= %(size)s", size=size)
    (sealed.log / "checkpoint").write_text(note)
    verified = Verified()
    assert "truncated" in _kinds(verified)
    assert {each.case for each in verified.findings if each.what == "missing_number"} >= lost


def test_a_ministry_whose_rows_are_all_gone_is_known_from_its_files(sealed: Record) -> None:
    for table in ("ledger_pending", "ledger_leaf", "ledger_checkpoint", "ledger_entry", "decisions_event"):
        sealed.run(f"DELETE FROM {table}")
    for table in (
        "decisions_step",
        "decisions_request",
        "decisions_signedsheet",
        "decisions_coversheet",
        "decisions_issuing",
        "decisions_issue",
        "decisions_receiptlink",
        "decisions_receiptevent",
        "records_receiptnumber",
        "records_receiptseries",
        "decisions_receipt",
        "decisions_decidedoriginal",
        "records_record",
        "records_documentnumber",
        "records_recordfile",
        "records_numberseries",
        "decisions_case",
        "drafting_revision",
        "drafting_attachment",
        "drafting_draft",
    ):
        sealed.run(f"DELETE FROM {table}")
    code, said = command_json()
    assert code == 1
    assert (said["tenants"], said["cases"]) == (1, 0)
    named = {finding["case"] for finding in said["findings"]}
    assert str(sealed.cases.contract) in named


def test_an_entry_that_younger_ones_have_overtaken_is_named(sealed: Record) -> None:
    aged = UUID("01000000-0000-7000-8000-000000000000")
    sealed.run(
        "UPDATE ledger_entry SET id = %(aged)s WHERE id IN (SELECT entry_id FROM ledger_pending)", aged=aged
    )
    sealed.run("UPDATE ledger_pending SET entry_id = %(aged)s", aged=aged)
    assert Verified().names(sealed.cases.waiting, what="unnumbered_entry")


def test_leaves_numbered_beyond_reason_are_named_and_do_not_make_verifying_endless(sealed: Record) -> None:
    sealed.run("UPDATE ledger_leaf SET index = 4611686018427387904 WHERE index = 5")
    sealed.run("UPDATE ledger_leaf SET index = -1 WHERE index = 6")
    assert _kinds(Verified()) >= {"wrong_number", "missing_number"}


def test_an_event_numbered_beyond_reason_is_named_and_does_not_make_verifying_endless(sealed: Record) -> None:
    sealed.run(
        "UPDATE decisions_event SET seq = 2147483647 WHERE case_id = %(c)s AND seq = 2",
        c=sealed.cases.contract,
    )
    verified = Verified()
    assert verified.names(sealed.cases.contract, what="deleted_event")
    assert len(verified.findings) < 10


def test_files_put_beyond_the_end_of_the_log_are_named(sealed: Record) -> None:
    planted = sealed.log / "tile/entries/x001/234"
    planted.parent.mkdir(parents=True)
    planted.write_bytes(b"\0\0" * 256)
    assert "truncated" in _kinds(Verified())


def test_a_damaged_log_is_not_extended(sealed: Record) -> None:
    tile = max((sealed.log / "tile/0/000.p").iterdir(), key=lambda path: int(path.name))
    tile.write_bytes(b"\0" * len(tile.read_bytes()))
    with pytest.raises(sequencer.CannotIntegrate):
        sequencer.step(at=datetime(2026, 10, 7, tzinfo=UTC))


def test_verifying_repairs_nothing_and_writes_nothing(sealed: Record) -> None:
    from django.db import InternalError, connection

    with pytest.raises(InternalError), snapshot(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_pending")
