"""How far the run is, on stderr: each phase with a bar on a terminal, elsewhere a line when it ends."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from django.utils.translation import gettext

from kessai.config.simulation.progress import MOVES_EVERY, WIDTH


class Shown:
    """Phases one after the other; ``seconds``: how long each took, by its key."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream if stream is not None else sys.stderr
        self.moving = self.stream.isatty()
        self.seconds: dict[str, float] = {}
        self.words, self.total, self.done, self.last = "", 0, 0, 0.0

    @contextmanager
    def phase(self, key: str, words: str, total: int = 0) -> Iterator[None]:
        """A part of the run. Seconds of parts with one key are added up."""
        self.words, self.total, self.done, self.last = gettext(words), total, 0, 0.0
        began = time.monotonic()
        self._draw()
        try:
            yield
        finally:
            took = time.monotonic() - began
            self.seconds[key] = self.seconds.get(key, 0.0) + took
            self.stream.write(("\r\x1b[K" if self.moving else "") + f"{self.words} {took:.1f}s\n")
            self.stream.flush()

    def step(self, count: int = 1) -> None:
        """So much more of the phase is done."""
        self.done += count
        if time.monotonic() - self.last >= MOVES_EVERY:
            self._draw()

    def _draw(self) -> None:
        if not self.moving:
            return
        self.last = time.monotonic()
        full = WIDTH * min(self.done, self.total) // self.total if self.total else 0
        words = f"{self.words} {self.done:,}/{self.total:,}" if self.total else self.words
        room = max(shutil.get_terminal_size().columns - WIDTH - 3, 0)
        self.stream.write("\r" + "█" * full + "░" * (WIDTH - full) + f" {words[:room]}\x1b[K")
        self.stream.flush()
