"""The keys of a log: in files and in a token, changed on a day, and stolen."""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.utils import timezone
from made_up_log import TENANT, append

from kessai.config.environment import Token
from kessai.ledger import keys, queries, sequencer, stamping
from kessai.ledger.key_checking import check_keys
from kessai.ledger.keys import CannotBeStolenThen, CannotFindKey, KeyMissing, LogKey
from kessai.ledger.keystores import TokenKeys
from kessai.ledger.models import Checkpoint, Key
from kessai.ledger.verification import verify_log
from kessai.ledger.witnessing import policies
from kessai.signing.clocks import DEMO, Clock
from merklelog.checkpoint import CheckpointInvalid
from merklelog.note import Verifier, open_note, sign
from merklelog.policy import Policy, PolicyInvalid

pytestmark = pytest.mark.django_db(transaction=True)

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")


def grown(count: int = 1) -> list[UUID]:
    cases = append(count)
    sequencer.step(at=timezone.now())
    return cases


def signed_by() -> list[tuple[int, str]]:
    """The size of each checkpoint, and the id of the key whose signature of it holds."""
    rows = Checkpoint.objects.filter(tenant_id=TENANT).order_by("size")
    return [
        (row.size, open_note(row.note.encode(), keys.verifiers(TENANT)).verified[0].key_id.hex())
        for row in rows
    ]


def ids() -> list[str]:
    return [each.verifier.key_id.hex() for each in keys.known(TENANT)]


def whats() -> list[str]:
    return [each.what for each in verify_log(TENANT)[0]]


def command(*words: str) -> Any:
    out = io.StringIO()
    call_command("ledger", "key", *words, "--tenant", str(TENANT), "--json", stdout=out)
    return json.loads(out.getvalue())


def test_after_a_rotation_new_checkpoints_are_of_the_new_key_and_old_ones_still_verify() -> None:
    case, _ = grown(2)
    command("rotate")
    grown()
    first, second = ids()
    assert signed_by() == [(2, first), (3, second)]
    assert whats() == []
    proof = queries.check_proof(tenant_id=TENANT, case_id=case, seq=1)
    assert proof is not None and proof.included and proof.signature_ok
    listed = command("list")
    assert [(each["id"], each["after"], each["until"]) for each in listed] == [
        (first, 0, 2),
        (second, 2, None),
    ]
    assert str(keys.verifier(TENANT)) == listed[1]["vkey"]


def test_a_key_that_has_ended_signs_nothing_new() -> None:
    grown()
    old = keys.signer(TENANT)
    keys.rotate(tenant_id=TENANT, at=timezone.now())
    grown()
    row = Checkpoint.objects.get(tenant_id=TENANT, size=2)
    text = row.note.split("\n\n")[0] + "\n"
    with pytest.raises(CheckpointInvalid, match="not in use then"):
        keys.opened(sign(text, [old]), tenant_id=TENANT, by=keys.known(TENANT))


def test_a_key_that_only_a_row_calls_the_logs_own_is_none() -> None:
    grown()
    at = timezone.now()
    keys._say(TENANT, Verifier(keys.origin(TENANT), bytes(32)), keys.BEGUN, size=0, at=at)
    assert whats() == ["foreign_key"]


def test_a_key_that_has_ended_is_not_revived_by_another_row() -> None:
    grown()
    old = keys.verifier(TENANT)
    keys.rotate(tenant_id=TENANT, at=timezone.now())
    grown()
    keys._say(TENANT, old, keys.ENDED, size=1_000_000, at=timezone.now())
    assert keys.known(TENANT)[0].until == 1
    assert whats() == []


@pytest.mark.parametrize(
    ("sizes", "right"),
    [
        ([(0, None)], True),
        ([(0, 5), (5, 5), (5, None)], True),
        ([(0, 5)], False),
        ([(1, None)], False),
        ([(0, None), (5, None)], False),
        ([(0, 9), (5, None)], False),
        ([(0, 5), (6, None)], False),
    ],
)
def test_each_key_begins_where_the_one_before_it_ended(
    sizes: list[tuple[int, int | None]], right: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = timezone.now()
    own = tuple(
        LogKey(Verifier("log.example", bytes([n] * 32)), after, at, until)
        for n, (after, until) in enumerate(sizes)
    )
    monkeypatch.setattr(keys, "known", lambda tenant_id: own)
    assert [each.what for each in check_keys(TENANT, own)] == ([] if right else ["key_times"])


def test_of_two_who_change_the_key_at_once_the_second_ends_what_the_first_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grown()
    alone = keys.alone

    def second(cursor: Any) -> None:
        monkeypatch.setattr(keys, "alone", alone)
        keys.rotate(tenant_id=TENANT, at=timezone.now())
        alone(cursor)

    monkeypatch.setattr(keys, "alone", second)
    keys.rotate(tenant_id=TENANT, at=timezone.now())
    assert [(each.after, each.until) for each in keys.known(TENANT)] == [(0, 1), (1, 1), (1, None)]
    grown()
    assert whats() == []


def test_without_the_file_of_public_keys_nothing_is_called_signed() -> None:
    grown()
    keys._anchor(TENANT).unlink()
    assert "missing_key" in whats()


def test_a_key_is_said_to_be_stolen_until_a_sound_one_has_signed() -> None:
    grown()
    stamping.stamp(tenant_id=TENANT, at=timezone.now(), asked=[Clock(DEMO)])
    grown(2)
    (first,) = ids()
    after_the_stamp = timezone.now() + timedelta(seconds=1)
    keys.compromised(tenant_id=TENANT, key_id=first, since=after_the_stamp, at=after_the_stamp)
    (said,) = command("list")
    assert (said["stolen"], said["counts_to"]) == (after_the_stamp.isoformat(), 1)
    (found,) = verify_log(TENANT)[0]
    assert found.what == "stolen_key"
    assert dict(found.text.params) == {"key": first, "seen": 1, "n": 3}
    command("rotate")
    grown()
    assert whats() == []


def test_what_was_stamped_before_the_theft_counts() -> None:
    grown()
    stamping.stamp(tenant_id=TENANT, at=timezone.now(), asked=[Clock(DEMO)])
    (first,) = ids()
    after_the_stamp = timezone.now() + timedelta(seconds=1)
    keys.compromised(tenant_id=TENANT, key_id=first, since=after_the_stamp, at=after_the_stamp)
    assert whats() == []
    command("compromised", first, "--since", "2026-01-01T00:00+09:00")
    assert whats() == ["stolen_key"]
    assert keys.known(TENANT)[0].stolen == datetime(2025, 12, 31, 15, tzinfo=UTC)
    assert Key.objects.filter(tenant_id=TENANT).count() == 3


@pytest.mark.parametrize(
    "since", ["0001-01-02T00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00.999999Z", "2999-01-01T00:00Z"]
)
def test_a_theft_before_1970_or_in_the_future_is_refused_and_nothing_is_said(since: str) -> None:
    grown()
    (first,) = ids()
    with pytest.raises(CannotBeStolenThen) as refused:
        command("compromised", first, "--since", since)
    assert since[:4] in str(refused.value)
    assert keys.known(TENANT)[0].stolen is None
    assert b"#compromised" not in policies.published(TENANT)


def test_the_earliest_theft_that_can_be_said_is_published() -> None:
    grown()
    (first,) = ids()
    command("compromised", first, "--since", "1970-01-01T09:00:01+09:00")
    assert Policy.parse(policies.published(TENANT)).logs[0].compromised == 1


def test_what_is_no_policy_as_a_whole_is_not_published() -> None:
    grown()
    policies.publish(TENANT)
    published = (keys.store(TENANT).root / "policy").read_bytes()
    key = keys.verifier(TENANT)
    keys._say(TENANT, key, keys.STOLEN, size=0, at=datetime(1970, 1, 1, tzinfo=UTC))
    with pytest.raises(PolicyInvalid, match="compromised key"):
        policies.publish(TENANT)
    assert (keys.store(TENANT).root / "policy").read_bytes() == published


def test_an_unknown_key_cannot_be_stolen() -> None:
    grown()
    with pytest.raises(CannotFindKey):
        command("compromised", "00000000", "--since", "2026-01-01T00:00Z")


def test_a_lost_key_stops_the_signing_and_nothing_else() -> None:
    grown()
    seed = Path(keys._anchor(TENANT)).with_suffix(".seed")
    secret = seed.read_text()
    seed.write_text("zz")
    append(1)
    with pytest.raises(sequencer.CannotIntegrate, match=r"log-900\.seed"):
        sequencer.step(at=timezone.now())
    assert whats() == []
    seed.write_text(secret)
    sequencer.step(at=timezone.now())
    assert [size for size, _ in signed_by()] == [1, 2]


def test_a_key_that_cannot_be_brought_back_is_changed_for_another() -> None:
    grown()
    Path(keys._anchor(TENANT)).with_suffix(".seed").write_text("zz")
    command("rotate")
    grown()
    assert [size for size, _ in signed_by()] == [1, 2]
    assert whats() == []


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    """A fresh token of SoftHSM."""
    if not MODULE.exists():
        if os.environ.get("CI") == "true":
            raise pytest.UsageError(f"keys behind PKCS#11 need SoftHSM: {MODULE} is not there")
        pytest.skip(f"SoftHSM is not on this machine ({MODULE}): apt install softhsm2")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    (folder / "pin").write_text("1234\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "ledger", "--pin", "1234", "--so-pin", "5678"],
        check=True,
        capture_output=True,
        timeout=30,
    )
    yield Token(str(MODULE), "ledger", str(folder / "pin"))
    os.environ.pop("SOFTHSM2_CONF")
    if before is not None:
        os.environ["SOFTHSM2_CONF"] = before


def test_a_token_signs_and_its_keys_are_changed_like_any_other(token: Token, settings: Any) -> None:
    settings.KESSAI_TOKEN = token
    grown()
    keys.rotate(tenant_id=TENANT, at=timezone.now())
    grown()
    first, second = ids()
    assert signed_by() == [(1, first), (2, second)]
    assert whats() == []
    assert not list(Path(settings.KESSAI_KEYS_DIR).glob("*.seed"))


def test_a_key_is_changed_again_where_an_earlier_one_was_destroyed(token: Token, settings: Any) -> None:
    import pkcs11

    settings.KESSAI_TOKEN = token
    store = TokenKeys(TENANT + 1, "log.example/901")
    made = [store.make() for _ in range(2)]
    with (
        pkcs11.lib(token.module).get_token(token_label=token.label).open(user_pin="1234", rw=True) as session
    ):
        for each in list(session.get_objects({pkcs11.Attribute.LABEL: f"log-{TENANT + 1}"})):
            each.destroy()
    made.append(store.make())
    held = [each.verifier() for each in store.held()]
    assert held == [each.verifier() for each in made[1:]]
    assert made[2].verifier().verifies("text\n", made[2].signature("text\n"))


def test_other_keys_of_the_token_are_passed_over(token: Token, settings: Any) -> None:
    import pkcs11

    settings.KESSAI_TOKEN = token
    with (
        pkcs11.lib(token.module).get_token(token_label=token.label).open(user_pin="1234", rw=True) as session
    ):
        session.generate_keypair(pkcs11.KeyType.RSA, 1024, store=True, label="seal")
    grown()
    assert [size for size, _ in signed_by()] == [1]


@pytest.mark.parametrize("wrong", ["module", "label", "pin_file"])
def test_a_token_that_cannot_be_used_is_said_with_a_remedy_and_only_the_signing_waits(
    token: Token, settings: Any, tmp_path: Path, wrong: str
) -> None:
    settings.KESSAI_TOKEN = token
    grown()
    (tmp_path / "pin").write_text("4321")
    other = {"module": str(tmp_path / "none.so"), "label": "other", "pin_file": str(tmp_path / "pin")}[wrong]
    settings.KESSAI_TOKEN = Token(**{**{f: getattr(token, f) for f in Token.__slots__}, wrong: other})
    append(1)
    with pytest.raises(sequencer.CannotIntegrate) as refused:
        sequencer.step(at=timezone.now())
    assert isinstance(refused.value.__cause__, KeyMissing)
    assert "KESSAI_PKCS11_PIN_FILE" in str(refused.value.__cause__.remedy)
    settings.KESSAI_TOKEN = token
    sequencer.step(at=timezone.now())
    assert [size for size, _ in signed_by()] == [1, 2]
