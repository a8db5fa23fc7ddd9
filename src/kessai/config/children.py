"""The processes that the supervisor keeps running, each of them a command of kessai."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field

from kessai.config import processes

FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, STEADY_AFTER_SECONDS = 0.5, 30.0, 60.0


@dataclass
class Child:
    """One of the processes kept running."""

    word: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = FIRST_DELAY_SECONDS
    due: float = field(default=0.0)

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kessai", self.word],
            stdin=subprocess.DEVNULL,
            preexec_fn=processes.bound_to(os.getpid()),
        )

    def tend(self, now: float) -> None:
        """Start it when it is due; when it has died, set when to start it again."""
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.process = None
        if now - self.started > STEADY_AFTER_SECONDS:
            self.delay = FIRST_DELAY_SECONDS
        self.due = now + self.delay
        sys.stderr.write(f"kessai {self.word}: ended with {code}, starting again in {self.delay:g} s\n")
        self.delay = min(self.delay * 2, LONGEST_DELAY_SECONDS)
