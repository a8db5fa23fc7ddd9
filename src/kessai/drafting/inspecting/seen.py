"""What a look into a file found: plain values, as the program that looks prints them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

TEXT_LONGEST = 400_000
"""Characters of text that are kept of one file: some three hundred pages."""


@dataclass(frozen=True, slots=True)
class Seen:
    """``media_type`` by the content alone. ``unread``: the look did not come to its end.

    ``width``, ``height``: of the first page, in whatever unit it has: what its picture will be like.
    """

    media_type: str
    macros: bool = False
    encrypted: bool = False
    broken: bool = False
    unread: bool = False
    pages: int = 0
    width: int = 0
    height: int = 0
    text: str = ""
    text_cut: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


NAMES = tuple(field.name for field in fields(Seen))
UNREAD = Seen("application/octet-stream", unread=True)
