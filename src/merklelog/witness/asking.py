"""A log's side of the protocol: asking a witness over HTTP, which may be slow, down, or lie."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from merklelog.witness.protocol import MAX_BODY, PATH, Answer, Request


class WitnessUnreachable(Exception):
    """No answer within the time, or none that is HTTP; the message says why."""


def ask(url: str, request: Request, *, seconds: float) -> Answer:
    """Send the request to the witness at this submission prefix; its answer, whatever it says.

    It takes at most about ``seconds``, finding the address not counted. Redirections are not followed. Raises
    ``WitnessUnreachable``.
    """
    try:
        return _ask(url, request, seconds)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise WitnessUnreachable(f"{type(error).__name__}: {error}") from error


def _ask(url: str, request: Request, seconds: float) -> Answer:
    place = urlsplit(url)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    if place.scheme not in kinds or not place.hostname:
        raise ValueError(f"not the address of a witness: {url!r}")
    connection = kinds[place.scheme](place.hostname, place.port, timeout=seconds)
    # A witness that answers byte by byte stays within the timeout of each read: the whole has an end too.
    # Once the answer begins, the connection lets go of a socket that the witness means to close.
    kept: list[socket.socket] = []
    over = threading.Event()
    ending = threading.Timer(seconds, _cut, (connection, kept, over))
    ending.daemon = True
    try:
        ending.start()
        connection.connect()
        kept.append(connection.sock)
        connection.request(
            "POST", f"{place.path.rstrip('/')}/{PATH}", request.format(), {"Content-Type": "text/plain"}
        )
        response = connection.getresponse()
        body = response.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise ValueError("the answer is too long")
        if response.length or over.is_set():
            raise ValueError("the answer is cut short")
        return Answer(response.status, body, response.getheader("Content-Type", ""))
    finally:
        ending.cancel()
        connection.close()


def _cut(
    connection: http.client.HTTPConnection, kept: Sequence[socket.socket], over: threading.Event
) -> None:
    over.set()
    for each in kept or [connection.sock]:
        if each is not None:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
