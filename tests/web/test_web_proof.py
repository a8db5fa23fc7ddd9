"""The proof page: the verdict, each link, and what it says when something does not match."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from kessai.ledger import sequencer
from kessai.web.proof.page import arranged
from stage import Stage, build
from visitors import SignIn


@pytest.fixture
def committed(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    from kessai.web import clock

    built = build()
    monkeypatch.setattr(clock, "now", lambda: built.now)
    yield built


@pytest.fixture
def as_committed(committed: Stage) -> SignIn:
    from django.conf import settings
    from django.test import Client

    from kessai.identity import operations as identity

    def sign_in(code: str, language: str = "ja") -> Client:
        client = Client()
        client.force_login(
            identity.demo_user(person_id=committed.people[code]), backend=settings.AUTHENTICATION_BACKENDS[0]
        )
        client.cookies["kessai_language"] = language
        return client

    return sign_in


def numbered(stage: Stage, others: int = 0) -> UUID:
    """A decided case in the log, with other cases around it."""
    case = stage.decided(files=[("仕様書.txt", b"12345")], title="調査の委託について")
    for _ in range(others):
        stage.decided()
    sequencer.step(at=stage.now)
    return case


def proof_of(client: Any, stage: Stage, case: UUID) -> str:
    answer = client.get(f"/cases/{stage.tenant_id}-{case}/proof/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return str(answer.content.decode())


def states(page: str) -> list[str]:
    return re.findall(r'<li class="is-(\w+)"><div class="lk-h">', page)


def test_a_decision_in_the_log_is_proved_by_four_links(stage: Stage, as_: SignIn) -> None:
    page = proof_of(as_("chief"), stage, numbered(stage))
    assert "政振第1号の原議は、決裁の時から一字も変わっていません。" in page
    assert states(page) == ["ok"] * 4
    assert "<b>4つとも一致</b>" in page
    for text in ("調査の委託について", "5年", "政策局長の人", "振興係長の人", "添付1件"):
        assert text in page


def test_each_join_is_computed_in_front_of_the_reader(stage: Stage, as_: SignIn) -> None:
    page = proof_of(as_("chief"), stage, numbered(stage, others=3))
    digests = [
        bytes.fromhex(found.replace(" ", ""))
        for found in re.findall(r"<code>((?:[0-9a-f]{4} ?){16})</code>", page)
    ]
    rows = re.findall(r'<tr><th scope="row">(\d+)</th><td>(左|右)</td>', page)
    assert rows
    # After the two digests of the content, each row of the table has a sibling and a result.
    joins = list(zip(digests[2::2], digests[3::2], strict=True))
    assert len(joins) == len(rows)
    known = None
    for (_, side), (sibling, result) in zip(rows, joins, strict=True):
        if known is not None:
            pair = sibling + known if side == "左" else known + sibling
            assert hashlib.sha256(b"\x01" + pair).digest() == result
        known = result


def test_until_it_is_numbered_the_proof_says_what_it_waits_for(stage: Stage, as_: SignIn) -> None:
    case = stage.decided()
    page = proof_of(as_("chief"), stage, case)
    assert "台帳の番号を待っています" in page
    assert states(page) == ["ok", "pending", "pending", "pending"]
    sequencer.step(at=stage.now)
    assert states(proof_of(as_("chief"), stage, case)) == ["ok"] * 4


def test_a_case_that_is_not_decided_has_no_proof_yet(stage: Stage, as_: SignIn) -> None:
    case = stage.submitted()
    answer = as_("chief").get(f"/cases/700-{case}/proof/")
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/700-{case}/")


def test_an_altered_name_is_named_in_red(
    committed: Stage, as_committed: SignIn, superuser_connection: psycopg.Connection
) -> None:
    case = numbered(committed)
    with superuser_connection.transaction():
        superuser_connection.execute("SET LOCAL session_replication_role = replica")
        superuser_connection.execute(
            "UPDATE decisions_event SET person_name = '別の人' WHERE kind = 'decided' AND case_id = %s",
            [case],
        )
    page = proof_of(as_committed("chief"), committed, case)
    assert "政振第1号の記録が、決裁の時と合いません。" in page
    assert "内容が違う" in page
    assert re.search(r'<ul class="dots findings">.*<li>.+</li>', page, re.DOTALL)
    assert states(page)[0] == "broken"


def test_an_altered_original_shows_both_fingerprints(
    committed: Stage, as_committed: SignIn, superuser_connection: psycopg.Connection
) -> None:
    case = numbered(committed)
    with superuser_connection.transaction():
        superuser_connection.execute("SET LOCAL session_replication_role = replica")
        superuser_connection.execute(
            "UPDATE decisions_decidedoriginal SET body = replace(body, '調査', '検査') WHERE case_id = %s",
            [case],
        )
    page = proof_of(as_committed("chief", "en"), committed, case)
    assert "does not agree with what was decided" in page
    now, then = re.findall(r'<p class="hash"><span>[^<]+</span><code>([0-9a-f ]+)</code>', page)[:2]
    assert now != then


def test_a_rewritten_tile_breaks_the_chain(stage: Stage, as_: SignIn, settings: Any) -> None:
    case = numbered(stage, others=2)
    (tile,) = [path for path in settings.KESSAI_LEDGER_DIR.rglob("tile/0/*/*") if path.is_file()]
    body = bytearray(tile.read_bytes())
    body[40] ^= 1
    tile.chmod(0o600)
    tile.write_bytes(bytes(body))
    page = proof_of(as_("chief"), stage, case)
    assert "broken" in states(page)
    assert "政振第1号の記録が、決裁の時と合いません。" in page


def test_the_picture_of_a_long_chain_has_seven_boxes(stage: Stage) -> None:
    from kessai.decisions.verification import DecisionProof
    from kessai.ledger.queries import Proof
    from merklelog.tree import Step

    steps = tuple(
        Step("right", bytes(32), bytes([n]) * 32, 0, 2**n, 2 ** (n - 1), 2**n) for n in range(1, 26)
    )
    proof = Proof("o", 0, 2**25, b"", bytes(32), (), steps, bytes([25]) * 32, "", stage.now, "o+0000abcd+k")
    checked = DecisionProof("ok", "第1号", "00", "00", (), proof, True, True, 1)
    page = arranged(checked, None, at=stage.now)
    assert [box.title for box in page.boxes] == [
        "この原議", "割印1", "割印2", "割印3", "割印4〜23", "割印24", "割印25・台帳の指紋",
    ]  # fmt: skip
    assert page.key_id == "0000abcd"
    assert page.boxes[-1].count == 2**25
