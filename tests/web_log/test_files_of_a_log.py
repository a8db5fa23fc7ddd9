"""The public files of a log: what each answer says, that nobody is asked who they are, that there is nothing else."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.test import Client

from kessai.ledger import keys, sequencer
from ledger.made_up_log import AT, TENANT, append
from merklelog.checkpoint import open_checkpoint
from merklelog.tiles import TileReader, parse_bundle
from stage import Stage
from visitors import SignIn

LOG = f"/log/{TENANT}/"


@pytest.fixture
def log(db: None) -> None:
    append(300)
    sequencer.step(at=AT)


def test_a_checkpoint_is_text_that_is_asked_for_anew_each_time(log: None, client: Client) -> None:
    answer = client.get(f"{LOG}checkpoint")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    signed = open_checkpoint(answer.content, origin=keys.origin(TENANT), verifiers=[keys.verifier(TENANT)])
    assert signed.size == 300


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        ("tile/0/000", 31_536_000),
        ("tile/entries/000", 31_536_000),
        ("tile/0/001.p/44", 86_400),
        ("tile/1/000.p/1", 86_400),
        ("tile/entries/001.p/44", 86_400),
    ],
)
def test_a_tile_is_bytes_that_never_change(log: None, client: Client, path: str, seconds: int) -> None:
    answer = client.get(LOG + path)
    assert answer.status_code == 200
    assert answer.content == keys.store(TENANT).read(path)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == f"public, max-age={seconds}, immutable"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_entries_are_compressed_for_who_says_so_and_their_bytes_are_the_same(
    log: None, client: Client
) -> None:
    plain = client.get(f"{LOG}tile/entries/000")
    packed = client.get(f"{LOG}tile/entries/000", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content)
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert len(parse_bundle(plain.content, 256)) == 256


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000"])
def test_hashes_and_what_is_signed_are_never_compressed(log: None, client: Client, path: str) -> None:
    answer = client.get(LOG + path, headers={"Accept-Encoding": "gzip"})
    assert not {"Content-Encoding", "Vary"} & answer.headers.keys()


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000", "tile/entries/001.p/44"])
def test_who_has_a_file_is_told_that_it_is_the_same(log: None, client: Client, path: str) -> None:
    first = client.get(LOG + path)
    again = client.get(LOG + path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    append(1)
    sequencer.step(at=AT)
    later = client.get(LOG + path, headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == (200 if path == "checkpoint" else 304)


@pytest.mark.parametrize("path", ["checkpoint", "tile/entries/000"])
def test_the_head_alone_can_be_had(log: None, client: Client, path: str) -> None:
    whole, head = client.get(LOG + path), client.head(LOG + path)
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["ETag"] == whole.headers["ETag"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "patch"])
def test_nothing_is_sent_to_a_log(log: None, client: Client, method: str) -> None:
    answer = getattr(client, method)(f"{LOG}checkpoint")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_nobody_is_asked_who_they_are_and_the_database_is_left_alone(
    stage: Stage, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(300)
    sequencer.step(at=AT)
    signed_in = as_("chief")

    def read(*_: Any) -> None:
        raise AssertionError("a cookie was read")

    monkeypatch.setattr(WSGIRequest, "COOKIES", property(read))
    with connection.execute_wrapper(read):
        for path in ("checkpoint", "tile/0/000", "tile/entries/000", "tile/0/009"):
            answer = signed_in.get(LOG + path)
            assert answer.status_code in (200, 404)
            assert not answer.cookies
            assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize(
    "path",
    [
        f"{TENANT + 1}/checkpoint",
        f"0{TENANT}/checkpoint",
        f"{TENANT}/",
        f"{TENANT}/checkpoint/",
        f"{TENANT}/tile/0/001",
        f"{TENANT}/tile/0/000.p/255",
        f"{TENANT}/tile/0/000.p/256",
        f"{TENANT}/tile/00/000",
        f"{TENANT}/tile/64/000",
        f"{TENANT}/tile/0/x000/000",
        f"{TENANT}/tile/0/0",
        f"{TENANT}/tile/-1/000",
        f"{TENANT}/.lock",
        f"{TENANT}/../../keys/log-{TENANT}.seed",
        f"{TENANT}/%2e%2e/%2e%2e/keys/log-{TENANT}.seed",
        f"{TENANT}/..%2f..%2fkeys%2flog-{TENANT}.seed",
        f"{TENANT}/tile/0/../../checkpoint",
        f"{TENANT}/checkpoint%00",
        f"{TENANT}/checkpoint%0a",
        f"{TENANT}//checkpoint",
        "x/checkpoint",
    ],
)
def test_there_are_no_other_files(log: None, client: Client, path: str) -> None:
    answer = client.get(f"/log/{path}")
    assert answer.status_code in (302, 404), path
    assert not {"seed", "origin"} & set(re.findall(r"[a-z]+", answer.content.decode()))
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/sign-in/")
    elif path.startswith(f"{TENANT}/"):
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_partial_tile_that_is_gone_is_served_by_the_full_one(log: None, client: Client) -> None:
    assert client.get(f"{LOG}tile/0/001.p/44").status_code == 200
    append(300)
    sequencer.step(at=AT)
    assert client.get(f"{LOG}tile/0/001.p/44").status_code == 404

    def read(path: str) -> bytes | None:
        answer = client.get(LOG + path)
        return answer.content if answer.status_code == 200 else None

    reader = TileReader(read, 300)
    before = TileReader(keys.store(TENANT).read, 600)
    assert [reader.node(0, n) for n in range(300)] == [before.node(0, n) for n in range(300)]


@pytest.mark.parametrize("name", ["policy", "tsa.pem"])
def test_the_trust_policy_and_the_certificates_are_served_where_there_are_some(
    log: None, client: Client, name: str
) -> None:
    assert client.get(LOG + name).status_code == 404
    (keys.store(TENANT).root / name).write_bytes(b"quorum none\n")
    answer = client.get(LOG + name)
    assert answer.content == b"quorum none\n"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
