"""Texts that pure code says to people: a Japanese message with named parameters, translated where it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Plain = str | int | None


def N_(message: str) -> str:
    """Mark a message for translation without translating it."""
    return message


def NN_(message: str) -> str:
    """Mark a message for translation that counts something, as ``%(n)s``: other languages say one differently."""
    return message


@dataclass(frozen=True, slots=True)
class Text:
    """A message (Japanese, ``%(name)s`` placeholders) and its parameters."""

    message: str
    params: Mapping[str, Plain] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % dict(self.params)
