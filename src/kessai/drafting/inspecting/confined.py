"""Work on files of strangers in a process of its own, bounded in memory and time."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence

LOOK_MEMORY, LOOK_SECONDS = 2_000_000_000, 60
"""Bytes of address space and seconds of one look into a file."""

GRACE_SECONDS = 5


class CannotFinish(Exception):
    """The process came to no end in its time, or ended badly; ``so_far`` is what it had printed."""

    def __init__(self, so_far: bytes = b"") -> None:
        self.so_far = so_far
        super().__init__()


def confine(*, memory: int, seconds: int) -> None:
    """From here on this process ends when it wants more than that; it is the last to be served."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + GRACE_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)


def run(module: str, *arguments: str, seconds: int) -> bytes:
    """Run a module of this package as a program; what it printed. Errors: CannotFinish."""
    command: Sequence[str] = (sys.executable, "-P", "-m", module, *arguments)
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    # A session of its own, so that what the program starts is ended with it.
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise CannotFinish(error.stdout or b"") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        raise CannotFinish(printed)
    return printed
