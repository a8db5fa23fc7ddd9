"""The virus scanner: a client of clamd's INSTREAM, over TCP or a unix socket.

See clamd(8): a file is sent in chunks, each after its length in four bytes; a length of zero ends it.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

CHUNK = 1 << 16
SECONDS = 300
"""For one file of the largest size; a daemon that says nothing for so long does not answer."""


class NoScanner(Exception):
    """The daemon is not there, or its answer is none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """clean, infected with a threat, or too_large for the daemon's own limit."""

    state: str
    threat: str = ""


def scan(address: str, stream: BinaryIO) -> Verdict:
    """Have a file scanned. ``address``: tcp://host:port or unix:///path. Errors: NoScanner."""
    try:
        with _connected(address) as daemon:
            answer = _asked(daemon, stream)
    except OSError as error:
        raise NoScanner(str(error)) from error
    return _verdict(answer)


def _connected(address: str) -> socket.socket:
    where = urlsplit(address)
    if where.scheme == "unix":
        daemon = socket.socket(socket.AF_UNIX)
        daemon.settimeout(SECONDS)
        try:
            daemon.connect(where.path)
        except OSError:
            daemon.close()
            raise
        return daemon
    return socket.create_connection((where.hostname or "", where.port or 3310), timeout=SECONDS)


def _asked(daemon: socket.socket, stream: BinaryIO) -> bytes:
    try:
        daemon.sendall(b"zINSTREAM\0")
        while chunk := stream.read(CHUNK):
            daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
        daemon.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        # It has stopped reading, since the file is too large, and has said so.
        pass
    answer = b""
    while not answer.endswith(b"\0") and (part := daemon.recv(4096)):
        answer += part
    return answer


def _verdict(answer: bytes) -> Verdict:
    text = answer.rstrip(b"\0").decode("utf-8", "replace").strip()
    if text.endswith(" FOUND"):
        return Verdict("infected", text.removeprefix("stream:").removesuffix("FOUND").strip()[:200])
    if text.endswith(" OK"):
        return Verdict("clean")
    if "size limit exceeded" in text:
        return Verdict("too_large")
    raise NoScanner(text or "no answer")
