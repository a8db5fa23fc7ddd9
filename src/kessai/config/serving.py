"""The web server: granian, in as many processes as KESSAI_WEB_WORKERS says."""

from __future__ import annotations

import os
import signal
import threading

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from kessai.config import environment, processes

# Each thread holds at most one of its process's database connections; settings.DATABASES pools that many.
THREADS = 16

GRACE_SECONDS = 5.0
"""For the requests under way when a worker is told to stop; the server itself waits twice as long."""


def serve() -> None:
    """Serve until SIGTERM or SIGINT."""
    server = Granian(
        "kessai.config.serving:load",
        address=environment.host(),
        port=environment.port(),
        interface=Interfaces.WSGI,
        factory=True,
        workers=environment.web_workers(),
        blocking_threads=min(THREADS, (os.cpu_count() or 1) * 2 + 1),
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.debug if environment.log_level() == "DEBUG" else LogLevels.warning,
    )
    server.on_startup(lambda: processes.on_stop(server.signal_handler_interrupt))
    server.serve()


def load() -> object:
    """The application, in a process of the server that does not outlive the server."""
    processes.die_with_parent(signal.SIGKILL)
    # Out of the group that a terminal signals: the server would take a worker that stops by itself for one
    # that failed, and start another.
    os.setpgid(0, 0)
    _stop_worker_on_signal()
    from kessai.config.wsgi import application

    return application


def _stop_worker_on_signal() -> None:
    # Until granian sets the worker's handler, which it does after calling load, the server's is inherited.
    inherited = signal.getsignal(signal.SIGTERM)

    def stop() -> None:
        # A worker that does not come to an end is ended: an act is one transaction, none is left half done.
        ending = threading.Timer(GRACE_SECONDS, os._exit, (0,))
        ending.daemon = True
        ending.start()
        handler = signal.getsignal(signal.SIGTERM)
        if handler is inherited or not callable(handler):
            os._exit(0)
        handler(signal.SIGTERM, None)

    processes.on_stop(stop)
