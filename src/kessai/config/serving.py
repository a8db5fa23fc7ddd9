"""The web server: granian, in as many processes as KESSAI_WEB_WORKERS says."""

from __future__ import annotations

import os
import signal

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from kessai.config import environment, processes

# Each thread holds at most one of its process's database connections; settings.DATABASES pools that many.
THREADS = 16


def serve() -> None:
    """Serve until SIGTERM or SIGINT."""
    Granian(
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
    ).serve()


def load() -> object:
    """The application, in a process of the server that does not outlive the server."""
    processes.die_with_parent(signal.SIGKILL)
    # A signal to the whole group, as of Ctrl-C, would reach it twice, the second time from the server that
    # stops it: granian's worker hangs on that.
    os.setpgid(0, 0)
    from kessai.config.wsgi import application

    return application
