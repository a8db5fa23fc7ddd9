"""Reading the files of a log over HTTP (C2SP tlog-tiles). Nothing that comes is trusted here."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from merklelog.layout import MAX_ENTRY_SIZE, TILE_WIDTH
from merklelog.tiles import DirectoryStore

Read = Callable[[str], bytes | None]
"""The bytes at a path of a log, ``None`` if there are none."""

LARGEST = TILE_WIDTH * (2 + MAX_ENTRY_SIZE)
TRIES = 3
PAUSE_SECONDS = 0.5
TIMEOUT_SECONDS = 30.0


class Unreachable(Exception):
    """The log does not answer, or not with what a log answers: nothing can be said of it."""


def reader(place: str) -> Read:
    """How to read the log at an ``http``/``https`` address, or in a directory. Raises ``Unreachable``."""
    if urlsplit(place).scheme in ("http", "https"):
        return RemoteLog(place).read
    if not Path(place).is_dir():
        raise Unreachable(f"{place} is neither an http(s) address nor a directory")
    return DirectoryStore(Path(place)).read


class RemoteLog:
    """A log at an address, the prefix of its files."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def read(self, path: str) -> bytes | None:
        """The file, ``None`` where the answer is 404 or 410. Raises ``Unreachable`` after a few tries."""
        left = TRIES
        while True:
            left -= 1
            try:
                return self._fetch(f"{self.url}/{path}")
            except urllib.error.HTTPError as error:
                if error.code in (404, 410):
                    return None
                if not left or error.code < 500:
                    raise Unreachable(f"{self.url}/{path}: {error}") from error
            except (OSError, http.client.HTTPException) as error:
                if not left:
                    raise Unreachable(f"{self.url}/{path}: {error}") from error
            time.sleep(PAUSE_SECONDS)

    def _fetch(self, url: str) -> bytes:
        # The scheme is http or https: `reader` looked.
        request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip, identity"})
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            body: bytes = answer.read(LARGEST + 1)
            if len(body) <= LARGEST and answer.length:
                raise http.client.IncompleteRead(body, answer.length)
            encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding == "gzip":
            body = _unpacked(body, url)
        elif encoding != "identity":
            raise Unreachable(f"{url}: compressed as {encoding}, which was not asked for")
        if len(body) > LARGEST:
            raise Unreachable(f"{url}: larger than any file of a log")
        return body


def _unpacked(body: bytes, url: str) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(body, LARGEST + 1)
    except zlib.error as error:
        raise Unreachable(f"{url}: {error}") from error
    if not unpacking.eof or unpacking.unused_data:
        raise Unreachable(f"{url}: not one whole gzip file")
    return unpacked
