"""The base of every refusal. Rooms subclass it as ``Cannot…`` beside the function that raises it."""

from __future__ import annotations

from kessai.kernel.words import Plain, Text


class Cannot(Exception):
    """An act or a reading that is refused; nothing has changed.

    ``what`` says why, ``remedy`` what the user can do about it; both are Japanese messages with named
    parameters, translated where they are shown.
    """

    def __init__(self, what: str, remedy: str = "", **params: Plain) -> None:
        self.what = Text(what, params)
        self.remedy = Text(remedy, params)
        super().__init__(str(self.what))


class NotFound(Cannot):
    """There is no such thing, or the actor may not know of it: told apart by nobody."""
