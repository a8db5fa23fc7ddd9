"""How far a long act is, on stderr: a bar that moves on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

from django.utils.translation import gettext

WIDTH = 24
MOVES_EVERY, SPEAKS_EVERY = 0.2, 10.0


class Bar:
    """Shown while it is used in a ``with``. ``show`` fits whatever asks for a progress."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream if stream is not None else sys.stderr
        self.moving = self.stream.isatty()
        self.shown = time.monotonic()
        self.written = False

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self.written and self.moving:
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def show(self, what: str, done: int, of: int) -> None:
        """``what`` is being done (a Japanese message); ``done`` of it is."""
        now = time.monotonic()
        begins_or_ends = self.moving and done in (0, of)
        if now - self.shown < (MOVES_EVERY if self.moving else SPEAKS_EVERY) and not begins_or_ends:
            return
        self.shown, self.written = now, True
        part = done / of if of else 1.0
        words = f"{gettext(what)} {part:.0%}"
        if self.moving:
            full = int(WIDTH * part)
            room = shutil.get_terminal_size().columns - WIDTH - 3
            self.stream.write(f"\r{'█' * full}{'░' * (WIDTH - full)} {words[: max(room, 0)]}\x1b[K")
        else:
            self.stream.write(words + "\n")
        self.stream.flush()
