"""One foreground process that keeps the house running: the database, the web server, the worker, the sequencer; in a
demo a witness too.

A child that dies is started again, later each time. On SIGINT, SIGTERM or SIGHUP everything is stopped, the
embedded database last. Children die with this process even when it is killed outright.
"""

from __future__ import annotations

import errno
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from kessai.config import database, embedded, environment, place, processes
from kessai.config.children import Child
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

CHILDREN = ("serve", "worker", "sequencer")
POLL_SECONDS = 0.5
GRACE_SECONDS = 15.0


class CannotListen(Cannot):
    """The address for the web server cannot be had."""


class CannotRunTwice(Cannot):
    """Another process runs this installation already."""


class CannotStartOver(Cannot):
    """Only an embedded database is ours to clear."""


@dataclass
class _Held:
    """What take_over took and let_go gives back."""

    lock: int | None = None
    database: bool = False


_held = _Held()


def take_over(*, demo: bool, fresh: bool) -> None:
    """Before Django is loaded: this process alone runs this installation, and its database is up.

    ``fresh`` clears all data first. Errors: CannotRunTwice, CannotListen, CannotStartOver, CannotUseHome,
    CannotStartDatabase, CannotUseDatabase.
    """
    if demo:
        environment.be_demo()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    home = environment.home()
    refuse_taken_port(environment.host(), environment.port())
    place.make_home(home)
    _held.lock = _lock(home)
    if fresh:
        start_over(home)
    _held.database = database.is_embedded()
    database.ensure_running()


def start_over(home: Path) -> None:
    """Stop the embedded database and remove all data.

    Errors: CannotStartOver, CannotRunTwice when something runs this installation, CannotUseHome.
    """
    if not database.is_embedded():
        raise CannotStartOver(
            N_("KESSAI_DATABASE_URL のデータベースは消去しません。"),
            N_("データベースの管理者が空のデータベースを用意してください。"),
        )
    if not home.exists():
        return
    lock = _held.lock if _held.lock is not None else _lock(home)
    embedded.stop(place.find(home))
    place.clear(home)
    if lock != _held.lock:
        os.close(lock)


def let_go() -> None:
    """Stop the embedded database if this process ran it, and let others run the installation."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    if _held.database:
        embedded.stop(database.here())
    if _held.lock is not None:
        os.close(_held.lock)
    _held.lock, _held.database = None, False


def run(*, when_ready: Callable[[], None]) -> None:
    """Keep the children running until told to stop; then none is left."""
    stop = processes.Stop()
    children = [*_witnesses(), *(Child(word) for word in CHILDREN)]
    announced = False
    try:
        while not stop.asked:
            _tend_database()
            for child in children:
                child.tend(time.monotonic())
            if not announced and not not_ready():
                announced = True
                when_ready()
            stop.wait(POLL_SECONDS)
    finally:
        _stop_all(children)


def _witnesses() -> list[Child]:
    if not environment.demo():
        return []
    # It reads Django's settings, which are not there yet where this file is loaded.
    from kessai.config.demo_witness import DemoWitness

    return [DemoWitness()]


def not_ready() -> str:
    """What /healthz of the server started here says is not ready; "" when all is."""
    host = environment.host()
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    named = [name for name in environment.allowed_hosts() if not name.startswith(("*", "."))]
    connection = http.client.HTTPConnection(near, environment.port(), timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": (named or ["localhost"])[0]})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == 200:
            return ""
        parts: dict[str, Any] = json.loads(body)
        return ", ".join(name for name, state in parts.items() if state != "ok" and name != "status")
    except (OSError, ValueError, http.client.HTTPException):
        return "server"
    finally:
        connection.close()


def refuse_taken_port(host: str, port: int) -> None:
    """Errors: CannotListen."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotListen(
                N_("ポート %(port)s はほかのプログラムが使っています。"),
                N_("KESSAI_PORT に別の番号を指定してください(例:KESSAI_PORT=8001)。"),
                port=port,
            ) from error
        if error.errno == errno.EACCES:
            raise CannotListen(
                N_("ポート %(port)s を使う権限がありません。"),
                N_("KESSAI_PORT に 1024 以上の番号を指定してください。"),
                port=port,
            ) from error
        raise CannotListen(
            N_("アドレス %(host)s で待ち受けることができません。"),
            N_("KESSAI_HOST にこの機械のアドレスを指定してください。"),
            host=host,
        ) from error


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _lock(home: Path) -> int:
    descriptor = os.open(home / place.SUPERVISOR, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(descriptor, 32).decode(errors="replace").strip()
        os.close(descriptor)
        raise CannotRunTwice(
            N_("この KESSAI_HOME(%(home)s)では kessai がすでに動いています(プロセス %(process)s)。"),
            N_("それを止めるか、KESSAI_HOME と KESSAI_PORT に別のものを指定してください。"),
            home=str(home),
            process=holder,
        ) from None
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _tend_database() -> None:
    if not database.is_embedded() or embedded.process_id(database.here()) is not None:
        return
    sys.stderr.write("kessai: the database has ended, starting it again\n")
    try:
        database.ensure_running()
    except Cannot as refusal:
        sys.stderr.write(f"kessai: {refusal.what}\n")


def _stop_all(children: list[Child]) -> None:
    running = [(child.word, child.process) for child in children if child.process is not None]
    for _, process in running:
        process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for word, process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            sys.stderr.write(f"kessai {word}: did not stop, killed\n")
            process.kill()
            process.wait()
