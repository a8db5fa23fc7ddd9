"""A demo's own witness: a process that is kept running, that the logs ask, and that is called what it is."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as of_django
from django.core.management import call_command
from django.test import Client
from made_up_log import AT, TENANT, append

from kessai.config import processes
from kessai.config.demo_witness import POLICY, DemoWitness
from kessai.ledger import keys, queries, sequencer
from kessai.ledger.verification import verify_log
from kessai.ledger.witnessing import asking, policies, records
from kessai.ledger.witnessing.asking import Asker
from merklelog.cosignature import Cosigner
from merklelog.policy import Policy
from witnesses import ARCHIVE, cosign, key, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def witness() -> Iterator[DemoWitness]:
    made = DemoWitness()
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def policy() -> str:
    return Path(of_django.KESSAI_DEMO_POLICY).read_text()


def policy_of_demo(cosigner: Cosigner) -> None:
    """What a demo wrote whose witness has this key."""
    path = Path(of_django.KESSAI_DEMO_POLICY)
    path.parent.mkdir()
    path.write_text(POLICY.format(key=cosigner.verifier(), url="http://127.0.0.1:1/"))


def tend_until_asked(witness: DemoWitness) -> None:
    deadline = time.monotonic() + 60
    while not witness.asked:
        assert time.monotonic() < deadline
        witness.tend(time.monotonic())
        time.sleep(0.02)


def test_it_cosigns_every_log_knows_their_new_keys_and_is_started_again(witness: DemoWitness) -> None:
    witness.tend(time.monotonic())
    assert witness.process is None, "there is no log yet"
    append(3)
    sequencer.step(at=AT)
    tend_until_asked(witness)
    Asker().round(at=AT)
    assert records.quorum_is_met(tenant_id=TENANT, size=3)

    keys.rotate(tenant_id=TENANT, at=AT)
    append(2)
    sequencer.step(at=AT)
    witness.tend(time.monotonic())
    Asker().round(at=AT)
    assert records.quorum_is_met(tenant_id=TENANT, size=5)

    assert witness.process is not None
    os.kill(witness.process.pid, signal.SIGKILL)
    witness.process.wait()
    before = policy()
    witness.tend(time.monotonic())
    witness.tend(time.monotonic() + 1)
    assert re.sub(r" http://\S+", "", before) == policy(), "nobody is asked where it listened before"
    tend_until_asked(witness)
    append(1)
    sequencer.step(at=AT)
    Asker().round(at=AT)
    assert records.quorum_is_met(tenant_id=TENANT, size=6)


def test_it_is_said_where_it_is_shown_that_it_proves_nothing_to_others(
    witness: DemoWitness, client: Client
) -> None:
    append(3)
    sequencer.step(at=AT)
    tend_until_asked(witness)
    Asker().round(at=AT)
    judged = Policy.parse(policies.published(TENANT)).judge(
        (queries.witnessed(tenant_id=TENANT, size=3) or "").encode()
    )
    (seen,) = judged.seen
    assert judged.witnessed
    assert seen.witness.name == "DEMO-witness-on-the-same-machine"
    assert "proves nothing to" in policy()
    page = client.get("/log/").content.decode()
    assert "DEMO-witness-on-the-same-machine" in page
    assert "ほかの人には何も証明しません" in page


def test_the_operators_own_policy_counts_instead(witness: DemoWitness) -> None:
    append(1)
    sequencer.step(at=AT)
    tend_until_asked(witness)
    path = policies.path_of(TENANT)
    path.parent.mkdir()
    path.write_text("quorum none\n")
    assert policies.policy_of(TENANT).witnesses == ()


@pytest.mark.parametrize("demo", [True, False])
def test_what_is_a_demo_no_more_waits_for_no_quorum_of_its_witness(
    settings: Any, monkeypatch: pytest.MonkeyPatch, demo: bool
) -> None:
    append(3)
    sequencer.step(at=AT)
    policy_of_demo(ARCHIVE)
    cosign(TENANT, ARCHIVE, at=AT)
    append(2)
    sequencer.step(at=AT)
    assert b"\n3\n" in published(TENANT), "what the witness cosigned"

    settings.KESSAI_DEMO = demo
    monkeypatch.setattr(processes, "on_stop", lambda stop: None)
    monkeypatch.setattr(asking, "run", lambda stop: None)
    monkeypatch.setattr(sequencer, "run", lambda stop: sequencer.step(at=AT))
    call_command("sequencer")
    assert [each.verifier for each in policies.policy_of(TENANT).witnesses] == [key(ARCHIVE)] * demo
    assert (b"\n3\n" if demo else b"\n5\n") in published(TENANT)
    assert verify_log(TENANT)[0] == []


def test_whatever_is_wrong_with_it_is_said_and_the_demo_goes_on(
    witness: DemoWitness, capsys: pytest.CaptureFixture[str]
) -> None:
    append(1)
    sequencer.step(at=AT)
    state = witness.folder / "state"
    state.mkdir(parents=True)
    (state / "key").write_text("nonsense")
    (state / "key").chmod(0o600)
    witness.tend(1.0)
    witness.tend(2.0)
    assert witness.process is None
    assert capsys.readouterr().err.count("holds no witness") == 1
    assert not policies.policy_of(TENANT).witnesses
