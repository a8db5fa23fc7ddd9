"""Processes that do not outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals) -> None:
    """Get this signal when the process that started this one is gone. On Linux; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def bound_to(parent: int) -> Callable[[], None]:
    """What a child of ``parent`` does between fork and exec: die with it, and leave Ctrl-C to it."""

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        die_with_parent(signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
