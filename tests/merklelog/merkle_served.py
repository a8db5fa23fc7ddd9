"""A log as files, made of given entries, and a server of them that can be told to misbehave."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from merklelog.checkpoint import Checkpoint, sign_checkpoint
from merklelog.note import Signer
from merklelog.tiles import DirectoryStore, TileReader, entry_bundles, tiles_between
from merklelog.tree import leaf_hash, root_of

SIGNER = Signer("log.example/7", bytes(range(32)))
KEY = str(SIGNER.verifier())
CASE, OTHER = "0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002"


def act(case: str, seq: object) -> bytes:
    return json.dumps({"case": case, "log": 7, "seq": seq, "v": 1}, separators=(",", ":")).encode()


def publish(
    folder: Path, entries: list[bytes], *, before: int = 0, signer: Signer = SIGNER
) -> DirectoryStore:
    """The files of a log of these entries, as they stand after it grew from ``before``."""
    store = DirectoryStore(folder)
    hashes = [leaf_hash(each) for each in entries]
    start = before - before % 256
    store.write_all(entry_bundles(start, entries[start:]))
    store.write_all(tiles_between(before, hashes[before:], TileReader(store.read, before)))
    checkpoint = Checkpoint(signer.name, len(entries), root_of(hashes))
    store.write("checkpoint", sign_checkpoint(checkpoint, [signer]))
    return store


class Server(ThreadingHTTPServer):
    """``answers``: what comes for a path instead of the file, one after the other: status, headers, body."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}/log/7"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path = self.path.removeprefix("/log/7/")
        self.server.asked.append(path)
        file = self.server.folder / path
        if self.server.answers.get(path):
            status, headers, body = self.server.answers[path].pop(0)
        elif not file.is_file():
            status, headers, body = 404, {}, b"404"
        elif path.startswith("tile/entries/") and "gzip" in self.headers.get("Accept-Encoding", ""):
            status, headers, body = 200, {"Content-Encoding": "gzip"}, gzip.compress(file.read_bytes())
        else:
            status, headers, body = 200, {}, file.read_bytes()
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Tests are quiet."""


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    server = Server(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
