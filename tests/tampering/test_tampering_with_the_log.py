"""Checkpoints, keys and whole stretches of the log: forged, put back, cut off, rewritten."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sealed_record import Record, Verified, command_json

from kessai.ledger import keys, sequencer
from kessai.ledger.fsck import fsck
from kessai.ledger.verification import snapshot
from merklelog.checkpoint import Checkpoint, sign_checkpoint
from merklelog.cli import main as merklelog
from merklelog.note import Signer
from merklelog.tiles import TileReader, entry_bundles, tiles_between
from merklelog.tree import leaf_hash, root_of


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
    stranger = Signer(keys.origin(sealed.tenant), os.urandom(32)).verifier()
    sealed.run("UPDATE ledger_key SET vkey = %(key)s", key=str(stranger))
    assert {"missing_key", "no_checkpoint"} <= _kinds(Verified())
    with (sealed.root / "KEYS_DIR" / "log-700.keys").open("a") as file:
        file.write(f"{stranger}\n")
    assert {"forged_checkpoint", "no_checkpoint"} <= _kinds(Verified())


def test_a_key_that_is_said_to_end_later_than_anything_was_signed_is_named(sealed: Record) -> None:
    sealed.run(
        "INSERT INTO ledger_key (tenant_id, vkey, what, size, at, said_at)"
        " SELECT tenant_id, vkey, 'ended', 1000000, at, said_at FROM ledger_key"
        " WHERE tenant_id = 700",
    )
    assert _kinds(Verified()) == {"key_times"}


def test_without_the_file_of_the_logs_own_keys_no_signature_is_believed(sealed: Record) -> None:
    (sealed.root / "KEYS_DIR" / "log-700.keys").unlink()
    assert "missing_key" in _kinds(Verified())


@pytest.mark.parametrize("key", ["", "zz", "00"])
def test_a_lost_key_stops_the_signing_and_no_new_one_takes_its_place(sealed: Record, key: str) -> None:
    seed = sealed.root / "KEYS_DIR" / "log-700.seed"
    seed.unlink()
    if key:
        seed.write_text(key)
    with pytest.raises(sequencer.CannotIntegrate):
        sequencer.step(at=datetime(2026, 10, 7, tzinfo=UTC))
    assert not seed.exists() or seed.read_text() == key
    assert not Verified().findings


def test_a_checkpoint_row_that_is_gone_while_it_is_published_is_named(sealed: Record) -> None:
    sealed.run("DELETE FROM ledger_checkpoint WHERE size = (SELECT max(size) FROM ledger_checkpoint)")
    assert "truncated" in _kinds(Verified())


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("ledger_cosignature", "missing_cosignature"),
        ("ledger_timestamp", "missing_timestamp"),
        ("ledger_alarm", "missing_alarm"),
        ("ledger_alarmend", "missing_alarm_end"),
    ],
)
def test_what_others_said_of_the_log_is_missed_when_its_row_is_gone(
    sealed: Record, table: str, what: str
) -> None:
    assert sealed.run(f"DELETE FROM {table}")
    assert _kinds(Verified()) == {what}


def test_a_line_of_what_was_received_that_cannot_be_read_is_named_and_the_rows_still_count(
    sealed: Record,
) -> None:
    with (sealed.log / ".received").open("a") as file:
        file.write("timestamp x\n")
    assert _kinds(Verified()) == {"unreadable_received"}
    (sealed.log / ".received").unlink()
    assert not Verified().findings


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
        "decisions_stampedfile",
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


# History written anew by somebody who may do everything in the database and on the disk.


def _remade(record: Record, case: UUID, *, removed: int) -> None:
    """Take an act away and close the gap: later acts of the case move up, in the record and in their leaves."""
    record.run(
        "DELETE FROM ledger_leaf WHERE entry_id IN"
        " (SELECT id FROM ledger_entry WHERE case_id = %(case)s AND seq = %(seq)s)",
        case=case,
        seq=removed,
    )
    for table in ("ledger_entry", "decisions_event"):
        record.run(f"DELETE FROM {table} WHERE case_id = %(case)s AND seq = %(seq)s", case=case, seq=removed)
        for seq in range(removed + 1, 40):
            record.run(
                f"UPDATE {table} SET seq = seq - 1 WHERE case_id = %(case)s AND seq = %(seq)s",
                case=case,
                seq=seq,
            )
    rows = record.superuser.execute("SELECT id, seq, leaf FROM ledger_entry WHERE case_id = %s", [case])
    for entry, seq, leaf in rows.fetchall():
        made = json.dumps(json.loads(leaf) | {"seq": seq}, sort_keys=True, separators=(",", ":")).encode()
        record.run("UPDATE ledger_entry SET leaf = %(leaf)s WHERE id = %(id)s", leaf=made, id=entry)


def _without_case(record: Record, case: UUID) -> None:
    entries = "SELECT id FROM ledger_entry WHERE case_id = %(case)s"
    record.run(f"DELETE FROM ledger_leaf WHERE entry_id IN ({entries})", case=case)
    for table in ("decisions_event", "decisions_step", "decisions_request", "ledger_entry"):
        record.run(f"DELETE FROM {table} WHERE case_id = %(case)s", case=case)
    record.run("DELETE FROM decisions_case WHERE id = %(case)s", case=case)


def _with_case_inserted(record: Record, like: UUID) -> UUID:
    """A copy of a case with its acts under a new name, put before everything that was ever logged."""
    made = UUID("01900000-0000-7000-8000-0000000000aa")
    for table, key, more in (
        ("decisions_case", "id", ""),
        ("decisions_step", "case_id", ""),
        ("decisions_event", "case_id", ", 'act_id', gen_random_uuid()"),
        ("drafting_draft", "id", ""),
        ("drafting_revision", "draft_id", ""),
    ):
        record.run(
            f"INSERT INTO {table} SELECT"
            f" (jsonb_populate_record(x, jsonb_build_object('{key}', %(made)s::text{more}))).*"
            f" FROM {table} x WHERE {key} = %(like)s",
            made=made,
            like=like,
        )
    rows = record.superuser.execute(
        "SELECT seq, leaf, appended_at FROM ledger_entry WHERE case_id = %s ORDER BY seq", [like]
    ).fetchall()
    for n, (seq, leaf, at) in enumerate(rows):
        entry = UUID(int=(0x01000000000070008000 << 48) + n)
        record.run(
            "INSERT INTO ledger_entry (tenant_id, id, case_id, seq, leaf, appended_at)"
            " VALUES (700, %(id)s, %(case)s, %(seq)s, %(leaf)s, %(at)s - interval '1 year')",
            id=entry,
            case=made,
            seq=seq,
            leaf=leaf.replace(str(like).encode(), str(made).encode()),
            at=at,
        )
        record.run(
            "INSERT INTO ledger_leaf (tenant_id, index, entry_id, leaf_hash) VALUES (700, %(n)s, %(id)s, '')",
            n=n - len(rows),
            id=entry,
        )
    return made


def _renumbered(record: Record) -> None:
    """All numbers without a gap again, all hashes, tiles and bundles to fit."""
    rows = record.superuser.execute(
        "SELECT l.entry_id, e.leaf FROM ledger_leaf l JOIN ledger_entry e ON e.id = l.entry_id ORDER BY index"
    ).fetchall()
    record.run("DELETE FROM ledger_leaf")
    for index, (entry, leaf) in enumerate(rows):
        record.run(
            "INSERT INTO ledger_leaf (tenant_id, index, entry_id, leaf_hash) VALUES (700, %(n)s, %(id)s, %(h)s)",
            n=index,
            id=entry,
            h=leaf_hash(leaf),
        )
    shutil.rmtree(record.log / "tile")
    leaves = [leaf for _, leaf in rows]
    store = keys.store(record.tenant)
    store.write_all(entry_bundles(0, leaves))
    store.write_all(tiles_between(0, [leaf_hash(leaf) for leaf in leaves], TileReader(store.read, 0)))


def _signed_anew(record: Record) -> None:
    """Every checkpoint goes; one over what is left now is made with the log's own key, and published."""
    root = root_of(
        [row[0] for row in record.superuser.execute("SELECT leaf_hash FROM ledger_leaf ORDER BY index")]
    )
    size = record.one("SELECT count(*) FROM ledger_leaf")
    note = sign_checkpoint(
        Checkpoint(keys.origin(record.tenant), size, root), [keys.signer(record.tenant)]
    ).decode()
    record.run("DELETE FROM ledger_checkpoint")
    record.run(
        "INSERT INTO ledger_checkpoint (tenant_id, size, root, note, signed_at)"
        " VALUES (700, %(size)s, %(root)s, %(note)s, now())",
        size=size,
        root=root,
        note=note,
    )
    (record.log / "checkpoint").write_text(note)


def _rewritten(record: Record, how: str) -> UUID:
    """The case that is about."""
    case = record.cases.routed
    if how == "act removed":
        _remade(record, case, removed=1)
    elif how == "case removed":
        _without_case(record, case)
    else:
        case = _with_case_inserted(record, case)
    _renumbered(record)
    return case


HISTORIES = ("act removed", "case removed", "case inserted back-dated")


@pytest.mark.parametrize("how", HISTORIES)
def test_a_history_renumbered_with_all_hashes_and_files_to_fit_is_not_what_was_signed(
    sealed: Record, how: str
) -> None:
    case = _rewritten(sealed, how)
    verified = Verified()
    assert {"root", "truncated"} & _kinds(verified)
    if how != "case removed":
        assert any(each.case == case for each in verified.findings)
    (checked,) = fsck(at=datetime(2026, 10, 7, tzinfo=UTC), repair=True)
    assert (checked.sound, checked.repaired) == (0, ())


@pytest.mark.parametrize("how", HISTORIES)
def test_a_history_signed_anew_with_the_stolen_key_is_caught_by_who_followed_the_log(
    sealed: Record, how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    follow = [
        "monitor",
        str(sealed.log),
        "--key",
        str(keys.verifier(sealed.tenant)),
        "--state",
        f"{tmp_path}/s",
    ]
    assert merklelog(follow) == 0
    _rewritten(sealed, how)
    _signed_anew(sealed)
    assert "root" not in _kinds(Verified()), "by itself the log is of one piece again"
    assert merklelog(follow) == 1
    assert capsys.readouterr().out.count(keys.origin(sealed.tenant)) >= 2


def test_the_acts_of_a_case_are_counted_by_who_follows_the_log(
    sealed: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    case = str(sealed.cases.contract)
    look = ["monitor", str(sealed.log), "--key", str(keys.verifier(sealed.tenant)), "--case", case, "--json"]
    assert merklelog(look) == 0
    acts = json.loads(capsys.readouterr().out)["case"]["acts"]
    there = sealed.one("SELECT count(*) FROM ledger_entry WHERE case_id = %(case)s", case=case)
    assert [each["seq"] for each in acts] == list(range(1, there + 1))
    assert all(each["leaf"]["case"] == case for each in acts)
