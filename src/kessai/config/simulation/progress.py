"""How far a run is, on stderr: a bar that moves on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

from django.utils.translation import gettext

from kessai.config.simulation.tally import DECIDED, Tally

WIDTH = 24
MOVES_EVERY, SPEAKS_EVERY = 0.2, 10.0


class Progress:
    """Shown while it is used in a ``with``; what stays on the screen afterwards is the last state."""

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self.total = total
        self.stream = stream if stream is not None else sys.stderr
        self.moving = self.stream.isatty()
        self.began = self.shown = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self.moving:
            self.stream.write("\n")
            self.stream.flush()

    def show(self, tally: Tally) -> None:
        """The state after one more row; shown when it is time, and at the end."""
        now = time.monotonic()
        due = now - self.shown >= (MOVES_EVERY if self.moving else SPEAKS_EVERY)
        if not due and tally.tried < self.total:
            return
        self.shown = now
        words = self._words(tally, now)
        if self.moving:
            room = shutil.get_terminal_size().columns - WIDTH - 3
            self.stream.write(f"\r{self._bar(tally.tried)} {words[: max(room, 0)]}\x1b[K")
        else:
            self.stream.write(words + "\n")
        self.stream.flush()

    def _bar(self, done: int) -> str:
        full = WIDTH * done // self.total if self.total else WIDTH
        return "█" * full + "░" * (WIDTH - full)

    def _words(self, tally: Tally, now: float) -> str:
        seconds = max(now - self.began, 1e-9)
        left = (self.total - tally.tried) * seconds / max(tally.tried, 1)
        return gettext("%(done)s/%(total)s件 決裁%(decided)s 毎秒%(rate).0f操作 残り%(left).0f秒") % {
            "done": f"{tally.tried:,}",
            "total": f"{self.total:,}",
            "decided": f"{tally.ends[DECIDED]:,}",
            "rate": tally.acts.total() / seconds,
            "left": left,
        }
