"""A log that fills tiles of two levels: built in batches, verified in one pass, proved entry by entry."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from made_up_log import AT, TENANT, append

from kessai.ledger import keys, queries, sequencer
from kessai.ledger.findings import Finding
from kessai.ledger.models import Checkpoint, Leaf
from kessai.ledger.verification import verify_log
from merklelog.tree import leaf_hash, root_of, verify_inclusion

pytestmark = pytest.mark.django_db


def grown(*batches: int) -> list[object]:
    cases: list[object] = []
    for number, count in enumerate(batches):
        cases += append(count)
        sequencer.step(at=AT + timedelta(minutes=number))
    return cases


def findings() -> list[Finding]:
    return verify_log(TENANT)[0]


def root() -> Path:
    return keys.store(TENANT).root


@pytest.mark.parametrize("batches", [(1,), (255, 1), (256,), (256, 1), (3, 300, 300, 100), (511, 2, 511)])
def test_a_log_is_clean_however_it_grew_and_its_root_is_that_of_its_entries(batches: tuple[int, ...]) -> None:
    grown(*batches)
    found, count = verify_log(TENANT)
    assert found == []
    assert (count.entries, count.pending, count.checkpoints) == (sum(batches), 0, len(batches))
    hashes = [bytes(h) for h in Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)]
    assert bytes(Checkpoint.objects.order_by("-size")[0].root) == root_of(hashes)


def test_every_entry_has_a_proof_that_leads_to_the_signed_root() -> None:
    cases = grown(300, 300)
    for case in random.Random(1).sample(cases, 20):
        proof = queries.proof(tenant_id=TENANT, case_id=case, seq=1)  # type: ignore[arg-type]
        assert proof is not None
        assert proof.size == 600
        assert proof.leaf_hash == leaf_hash(proof.leaf)
        verify_inclusion(
            index=proof.index, size=proof.size, leaf_hash=proof.leaf_hash, proof=proof.path, root=proof.root
        )
        checked = queries.check_proof(tenant_id=TENANT, case_id=case, seq=1)  # type: ignore[arg-type]
        assert checked is not None
        assert (checked.included, checked.signature_ok) == (True, True)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001", "tile/1/000.p/2", "tile/entries/001"])
def test_a_rewritten_or_missing_file_is_named_by_its_path(path: str) -> None:
    grown(600)
    file = root() / path
    body = bytearray(file.read_bytes())
    body[40] ^= 1
    file.chmod(0o644)
    file.write_bytes(body)
    assert path in {each.field for each in findings()}
    file.unlink()
    assert path in {each.field for each in findings()}


def test_an_entry_rewritten_in_a_bundle_is_named_with_its_case_and_field() -> None:
    grown(600)
    file = root() / "tile/entries/001"
    body = file.read_bytes()
    at = body.index(b'"name":"y"', 5_000)
    file.write_bytes(body[:at] + b'"name":"z"' + body[at + 10 :])
    found = [each for each in findings() if each.what == "rewritten_file"]
    assert [each.field for each in found] == ["name"]
    assert found[0].case in set(_cases())


def _cases() -> list[object]:
    from kessai.ledger.models import Entry

    return list(Entry.objects.values_list("case_id", flat=True))


def test_files_of_a_larger_log_may_be_there_already_while_an_older_state_is_verified() -> None:
    """What the sequencer writes after the snapshot: full tiles in the place of partial ones, a later checkpoint."""
    grown(600)
    before = verify_log(TENANT)
    append(200)
    sequencer.number(tenant_id=TENANT)
    assert before[0] == []
    assert findings() == []
    sequencer.integrate(tenant_id=TENANT, at=AT)
    assert not (root() / "tile/entries/002.p").exists()
    assert findings() == []


def test_the_findings_of_a_log_rewritten_from_the_start_are_few_enough_to_read() -> None:
    grown(100, 100, 100, 300)
    for file in (root() / "tile").rglob("*"):
        if file.is_file():
            file.chmod(0o644)
            file.write_bytes(bytes(len(file.read_bytes())))
    assert 0 < len(findings()) < 250


@pytest.mark.parametrize("damage", ["gone", "cut", "other"])
def test_a_proof_from_a_damaged_tile_is_no_proof_and_does_not_break_the_page(damage: str) -> None:
    cases = grown(300)
    file = root() / "tile/0/000"
    file.chmod(0o644)
    {
        "gone": file.unlink,
        "cut": lambda: file.write_bytes(b"x"),
        "other": lambda: file.write_bytes(bytes(256 * 32)),
    }[damage]()
    checked = queries.check_proof(tenant_id=TENANT, case_id=cases[7], seq=1)  # type: ignore[arg-type]
    assert checked is not None
    assert (checked.included, checked.signature_ok) == (False, True)


def test_logs_of_two_ministries_share_nothing() -> None:
    append(10)
    append(5, tenant_id=901)
    sequencer.step(at=AT)
    assert [verify_log(each)[1].entries for each in (TENANT, 901)] == [10, 5]
    assert str(keys.verifier(TENANT)) != str(keys.verifier(901))
    lines = {line.tenant_id: line for line in queries.log_lines()}
    assert {tenant: line.size for tenant, line in lines.items()} == {TENANT: 10, 901: 5}
    assert lines[901].origin.endswith("/901")
