"""``kessai ledger fsck``: damaged files are named, and made again only from entries that add up to the signed root."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation
from made_up_log import AT, TENANT, append

from kessai.config.commands import Finished
from kessai.ledger import keys, sequencer, verification
from kessai.ledger.fsck import LogChecked, fsck
from kessai.ledger.models import Checkpoint

pytestmark = pytest.mark.django_db

FILES = (
    "tile/0/000",
    "tile/0/001.p/44",
    "tile/1/000.p/1",
    "tile/entries/000",
    "tile/entries/001.p/44",
    "checkpoint",
)


@pytest.fixture
def log() -> Path:
    """Signed at 200 and at 300 entries."""
    for count in (200, 100):
        append(count)
        sequencer.step(at=AT)
    return keys.store(TENANT).root


def files(folder: Path) -> dict[str, bytes]:
    """What is published, without what was put aside."""
    there = [path for path in folder.rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in there
        if not path.relative_to(folder).parts[0].startswith(".")
    }


def checked(*, repair: bool = False) -> LogChecked:
    (one,) = fsck(at=AT, tenant_id=TENANT, repair=repair)
    return one


def flipped(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lengthened(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def test_a_sound_log_is_sound_and_nothing_is_written(log: Path) -> None:
    before = files(log)
    one = checked(repair=True)
    assert (one.found, one.repaired, one.entries, one.sound) == ((), (), 300, 300)
    assert files(log) == before
    assert not (log / ".aside").exists()


@pytest.mark.parametrize("damage", [flipped, cut, lengthened, Path.unlink])
@pytest.mark.parametrize("path", FILES)
def test_a_damaged_file_is_named_repaired_and_kept(
    log: Path, path: str, damage: Callable[[Path], Any]
) -> None:
    before = files(log)
    damage(log / path)
    damaged = files(log).get(path)
    found = checked()
    assert found.found
    assert found.repaired == ()
    assert files(log).get(path) == damaged, "nothing is written unless it is asked for"
    one = checked(repair=True)
    assert one.repaired == (path,)
    assert files(log) == before
    kept = [each for each in (log / ".aside").rglob("*") if each.is_file()]
    assert [each.read_bytes() for each in kept] == ([damaged] if damaged is not None else [])
    assert checked().found == ()
    append(1)
    sequencer.step(at=AT)
    assert checked().found == ()


def test_tiles_swapped_on_disk_are_named_and_put_right(log: Path) -> None:
    append(300)
    sequencer.step(at=AT)
    before = files(log)
    one, other = log / "tile/entries/000", log / "tile/entries/001"
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)
    assert checked(repair=True).repaired == ("tile/entries/000", "tile/entries/001")
    assert files(log) == before


@pytest.mark.parametrize("path", FILES)
def test_a_file_of_another_log_in_the_place_of_ones_own_is_named_and_put_right(log: Path, path: str) -> None:
    for count in (200, 100):
        append(count, tenant_id=TENANT + 1)
        sequencer.step(at=AT)
    before = files(log)
    shutil.copyfile(keys.store(TENANT + 1).root / path, log / path)
    if path == "tile/1/000.p/1":
        assert files(log) != before
    assert checked(repair=True).repaired == (path,)
    assert files(log) == before


def test_all_files_lost_are_made_again_from_the_entries(log: Path) -> None:
    before = files(log)
    shutil.rmtree(log)
    one = checked(repair=True)
    assert files(log) == before
    assert set(one.repaired) == before.keys()
    assert checked().found == ()


def test_a_partial_tile_that_an_earlier_checkpoint_promises_is_missed_until_the_full_one_is_there(
    log: Path,
) -> None:
    append(100)
    sequencer.step(at=AT)
    (log / "tile/0/001.p/44").unlink()
    one = checked(repair=True)
    assert {each.field for each in one.found} == {"tile/0/001.p/44"}
    assert one.repaired == ("tile/0/001.p/44",)
    append(112)
    sequencer.step(at=AT)
    assert not (log / "tile/0/001.p").exists()
    assert checked().found == ()


def tampered(superuser: Any, statement: str) -> None:
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        assert superuser.execute(statement).rowcount == 1


REWRITTEN = """UPDATE ledger_entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '"y"', '"z"'), 'UTF8')
    WHERE id = (SELECT entry_id FROM ledger_leaf WHERE index = 7)"""
LOST = "DELETE FROM ledger_entry WHERE id = (SELECT entry_id FROM ledger_leaf WHERE index = 7)"
REHASHED = """UPDATE ledger_leaf SET leaf_hash = sha256('\\x00'::bytea || (SELECT leaf FROM ledger_entry
    WHERE id = entry_id)) WHERE index = 7"""


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        ((REWRITTEN,), "rewritten_entry"),
        ((REWRITTEN, REHASHED), "rewritten_entry"),
        ((LOST,), "missing_entry"),
        (("DELETE FROM ledger_leaf WHERE index = 7",), "missing_number"),
    ],
)
def test_a_damaged_entry_is_named_with_its_case_and_nothing_is_made_again(
    superuser_connection: Any, log: Path, statements: tuple[str, ...], what: str
) -> None:
    case = superuser_connection.execute(
        "SELECT case_id FROM ledger_entry e JOIN ledger_leaf l ON l.entry_id = e.id WHERE index = 7"
    ).fetchone()[0]
    for statement in statements:
        tampered(superuser_connection, statement)
    flipped(log / "tile/1/000.p/1")
    before = files(log)
    one = checked(repair=True)
    assert (case, 1) in {(each.case, each.seq) for each in one.found if each.what == what}
    assert (one.sound, one.repaired) == (0, ())
    assert files(log) == before


def test_a_published_checkpoint_that_claims_more_than_the_record_has_is_evidence_and_stays(
    superuser_connection: Any, log: Path
) -> None:
    tampered(superuser_connection, "DELETE FROM ledger_checkpoint WHERE size = 300")
    before = files(log)
    assert "truncated" in {each.what for each in checked(repair=True).found}
    assert files(log) == before


def test_a_forged_row_of_a_checkpoint_is_not_published_by_a_repair(
    superuser_connection: Any, log: Path
) -> None:
    tampered(superuser_connection, "UPDATE ledger_checkpoint SET root = sha256('x') WHERE size = 300")
    (log / "checkpoint").write_text(Checkpoint.objects.get(size=200).note)
    before = files(log)
    one = checked(repair=True)
    assert "forged_checkpoint" in {each.what for each in one.found}
    assert one.repaired == ()
    assert files(log) == before


def test_a_partial_bundle_that_has_grown_full_since_it_was_missed_is_not_put_back(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the repair the sequencer goes on."""
    flipped(log / "tile/0/000")
    (log / "tile/entries/001.p/44").unlink()
    real = verification.check_log

    def and_then(*args: Any) -> Any:
        state = real(*args)
        append(300)
        sequencer.step(at=AT)
        return state

    with monkeypatch.context() as patched:
        patched.setattr("kessai.ledger.fsck.check_log", and_then)
        assert checked(repair=True).repaired == ("tile/0/000",)
    assert not (log / "tile/entries/001.p").exists()
    assert checked().found == ()


def command(*words: str) -> tuple[int, str]:
    out = io.StringIO()
    with translation.override("ja"):
        try:
            call_command("ledger", "fsck", *words, stdout=out)
        except Finished as finished:
            return finished.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_what_was_found_and_repaired_in_words_and_in_json(log: Path) -> None:
    assert command()[0] == 0
    assert "すべて一致しました" in command()[1]
    flipped(log / "tile/0/000")
    code, said = command()
    assert code == 1
    assert "tile/0/000" in said
    code, said = command("--repair", "--json")
    report = json.loads(said)
    assert (code, report["verdict"]) == (1, "damaged")
    (one,) = report["logs"]
    assert (one["tenant"], one["sound"], one["repaired"]) == (TENANT, 300, ["tile/0/000"])
    assert command("--json")[0] == 0


def test_a_ministry_without_a_log_is_no_answer(log: Path) -> None:
    assert command("--tenant", "1")[0] == 2


def test_a_large_log_tells_how_far_it_is(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PROGRESS", 100)
    told: list[tuple[int, int]] = []
    fsck(at=AT + timedelta(days=1), progress=lambda tenant, count: told.append((tenant, count)))
    assert told == [(TENANT, 100), (TENANT, 200), (TENANT, 300)]
