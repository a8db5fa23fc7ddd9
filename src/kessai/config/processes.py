"""Processes that do not outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals) -> None:
    """Get this signal when the process that started this one is gone. On Linux; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def bound_to(parent: int) -> Callable[[], None]:
    """What a child of ``parent`` does between fork and exec: die with it, and leave Ctrl-C to it."""

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        die_with_parent(signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


def on_stop(stop: Callable[[], None]) -> None:
    """Call ``stop``, once, when one of the signals that end a process comes; the others pass.

    A thread of its own waits for them, and no other thread receives them: Python runs handlers in the main
    thread only and does not wake it when two signals come at once and another thread takes both. So it
    happens on Ctrl-C, which a terminal sends to the whole group and the supervisor follows up.
    To be called before other threads are started.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)

    def watch() -> None:
        signal.sigwait(STOP_SIGNALS)
        stop()

    threading.Thread(target=watch, daemon=True).start()


class Stop:
    """Whether one of the signals that end a process has come, for a process of one thread.

    A handler that sets a ``threading.Event`` can lock up the main thread waiting on it; writing to a pipe cannot.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self.asked = False
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask)

    def wait(self, seconds: float) -> None:
        """Wait so long, or until asked to stop."""
        if not self.asked:
            select.select([self._read], [], [], seconds)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if not self.asked:
            self.asked = True
            os.write(self._write, b"!")
