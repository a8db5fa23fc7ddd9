"""The witness over HTTP/1.1, a thread for each connection. TLS is for a proxy in front.

Source: C2SP tlog-witness, "HTTP Interface".
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from merklelog.witness.judging import Witness
from merklelog.witness.protocol import MAX_BODY, PATH, Answer
from merklelog.witness.state import StateUnusable

MOST_CONNECTIONS = 64
IDLE_SECONDS = 10.0

log = logging.getLogger("merklelog.witness")


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness; ``server_port`` is the port that it got. ``before``: done before each request is judged."""

    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        witness: Witness,
        *,
        before: Callable[[Witness], None] = lambda _: None,
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.witness, self.before = witness, before
        self._slots = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A connection beyond the number that is served at once is closed."""
        if not self._slots.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except Exception:
            # No thread could be started that would give the slot back.
            self._slots.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One connection, until it is closed."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks off is nobody's fault here."""
        log.debug("a connection broke off", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "merklelog", ""
    timeout = IDLE_SECONDS
    server: WitnessServer

    def do_GET(self) -> None:
        """The verifier key, for whoever looks."""
        if self.path == "/":
            self._send(Answer(200, f"{self.server.witness.state.verifier()}\n".encode()))
        else:
            self._send(Answer(404, b"not found\n"))

    def do_POST(self) -> None:
        """``add-checkpoint`` under any prefix."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or "Transfer-Encoding" in self.headers:
            self._send(Answer(411, b"the length of the request is asked for\n"), close=True)
        elif len(length) > 9 or int(length) > MAX_BODY:
            self._send(Answer(413, b"the request is too long\n"), close=True)
        elif self.path.rpartition("/")[2] != PATH:
            self._send(Answer(404, b"not found\n"), close=True)
        else:
            self._send(self._judged(self.rfile.read(int(length))))

    def _judged(self, body: bytes) -> Answer:
        try:
            self.server.before(self.server.witness)
            return self.server.witness.add_checkpoint(body)
        except (StateUnusable, OSError):
            log.critical("the state cannot be read or written; nothing was cosigned", exc_info=True)
            return Answer(500, b"the witness cannot cosign now\n")

    def _send(self, answer: Answer, *, close: bool = False) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are logged as they are judged."""
        log.debug(format, *args)
