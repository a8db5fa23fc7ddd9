"""The page of all logs, for everybody."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from html import unescape

import pytest
from django.test import Client

from kessai.ledger import keys, sequencer
from kessai.ledger.witnessing.rules import FAR
from kessai.organisation import queries as organisation
from kessai.web.base.wording import hexes
from ledger.made_up_log import AT, TENANT, append
from merklelog.cosignature import Cosigner
from stage import Stage

THEN = int(datetime(2026, 10, 6, 3, 1, tzinfo=UTC).timestamp())


def page(client: Client, language: str = "ja") -> str:
    client.cookies["kessai_language"] = language
    answer = client.get("/log/")
    assert answer.status_code == 200
    return answer.content.decode()


def cosigned_by(*cosigners: Cosigner, known: tuple[Cosigner, ...], quorum: str, time: int = THEN) -> None:
    """Publish a policy with some witnesses, and a checkpoint that some have cosigned."""
    folder = keys.store(TENANT).root
    lines = [f"witness w{n} {each.verifier()}" for n, each in enumerate(known)]
    names = " ".join(f"w{n}" for n in range(len(known)))
    (folder / "policy").write_text("\n".join([*lines, f"group two 2 {names}", f"quorum {quorum}"]) + "\n")
    note = (folder / "checkpoint").read_text()
    text = note.partition("\n\n")[0] + "\n"
    (folder / "checkpoint").write_text(
        note + "".join(each.cosign(text, time=time).line for each in cosigners)
    )


def test_size_root_key_and_files_of_each_log_are_there(stage: Stage, client: Client) -> None:
    stage.decided()
    append(300)
    sequencer.step(at=AT)
    said = page(client)
    assert {each.id: each.name for each in organisation.tenants()}[stage.tenant_id] in said
    for tenant in (stage.tenant_id, TENANT):
        key = keys.verifier(tenant)
        assert str(key).replace("+", "&#43;") in said or str(key) in said
        assert hexes(hashlib.sha256(key.public_key).hexdigest()) in said
        assert f'href="/log/{tenant}/checkpoint"' in said
    assert "300件" in said
    assert "まだいません" in said
    assert "/policy" not in said
    assert f"merklelog monitor http://testserver/log/{TENANT} --key" in said
    assert "300 entries" in page(client, "en")


def test_who_follows_a_log_gets_every_key_of_it(stage: Stage, client: Client) -> None:
    append(1)
    sequencer.step(at=AT)
    old = keys.verifier(TENANT)
    keys.rotate(tenant_id=TENANT, at=AT)
    said = unescape(page(client))
    assert f"/log/{TENANT} --key '{old}' --key '{keys.verifier(TENANT)}' --state {TENANT}.json" in said


def test_who_witnessed_and_who_did_not_is_said(stage: Stage, client: Client) -> None:
    append(3)
    sequencer.step(at=AT)
    known = tuple(Cosigner.generate(f"witness.example/{n}") for n in range(3))
    cosigned_by(known[0], known=known, quorum="two")
    said = page(client)
    assert "w0：" in said
    assert "令和8年10月6日" in said
    assert said.count("この署名には連署していません") == 2
    assert "まだ揃っていません" in said


@pytest.mark.parametrize("time", [2**63 - 1, FAR, FAR - 1])
def test_a_witness_that_says_an_impossible_time_spoils_no_page(
    stage: Stage, client: Client, time: int
) -> None:
    append(3)
    sequencer.step(at=AT)
    known = Cosigner.generate("witness.example/1"), Cosigner.generate("witness.example/2")
    cosigned_by(known[0], known=known, quorum="two", time=time)
    assert "3件" in page(client)


def test_a_quorum_is_said(stage: Stage, client: Client) -> None:
    append(3)
    sequencer.step(at=AT)
    known = tuple(Cosigner.generate(f"witness.example/{n}") for n in range(3))
    cosigned_by(*known[:2], known=known, quorum="two")
    assert "決めた数の立会人が連署しています" in page(client)


@pytest.mark.parametrize(
    "damage", ["checkpoint of nobody", "of another log", "forged cosignature", "bad policy"]
)
def test_what_does_not_verify_is_not_shown_as_signed(stage: Stage, client: Client, damage: str) -> None:
    append(3)
    append(3, tenant_id=TENANT + 1)
    sequencer.step(at=AT)
    folder = keys.store(TENANT).root
    known = (Cosigner.generate("witness.example/1"), Cosigner.generate("witness.example/2"))
    if damage == "checkpoint of nobody":
        (folder / "checkpoint").write_bytes(b"\xff")
    elif damage == "of another log":
        (folder / "checkpoint").write_bytes((keys.store(TENANT + 1).root / "checkpoint").read_bytes())
    elif damage == "forged cosignature":
        cosigned_by(*known, known=known, quorum="two")
        note = (folder / "checkpoint").read_text()
        (folder / "checkpoint").write_text(note.replace("\n3\n", "\n4\n", 1))
    else:
        (folder / "policy").write_text("quorum nobody\n")
    assert "公開している署名を、台帳の鍵で確かめられません。" in page(client)


def test_a_log_without_anything_is_said(stage: Stage, client: Client) -> None:
    assert "まだ何も記録されていません" in page(client)
    append(1)
    assert "まだ署名がありません" in page(client)
