"""A stranger follows a log over HTTP with ``merklelog`` alone: what it needs is the address and the key."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application

from kessai.ledger import keys, sequencer
from ledger.made_up_log import AT, TENANT, append
from merklelog.cli import main
from merklelog.monitor.remote import RemoteLog
from merklelog.tiles import TileReader


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Tests are quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    """The pages as they are served; the files of a log need no database, so that a thread may ask for them."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/log/{TENANT}"
        finally:
            server.shutdown()
            thread.join()


def test_a_log_is_followed_through_its_pages_alone(
    db: None, address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    follow = ["monitor", address, "--key", str(keys.signer(TENANT, make=True).verifier()), "--json"]
    assert main(follow) == 2
    said: list[dict[str, Any]] = [json.loads(capsys.readouterr().out)]
    cases = []
    for count in (3, 253, 300):
        cases += append(count)
        sequencer.step(at=AT)
        assert main([*follow, "--state", str(tmp_path / "state")]) == 0
        said.append(json.loads(capsys.readouterr().out))
    assert [each.get("size") for each in said] == [None, 3, 256, 556]
    assert [each.get("read") for each in said] == [None, 3, 253, 300]
    assert main([*follow, "--case", str(cases[400])]) == 0
    assert [each["seq"] for each in json.loads(capsys.readouterr().out)["case"]["acts"]] == [1]
    assert main(["fsck", *follow[1:]]) == 0
    assert json.loads(capsys.readouterr().out)["size"] == 556
    assert TileReader(RemoteLog(address).read, 556).root().hex() == said[-1]["root"]
