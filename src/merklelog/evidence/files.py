"""Documents in a bundle: which file the disclosed fields of an act bind, and under which name it stands.

Source: docs/evidence/format.md, section 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from merklelog.canonical import Json

ORIGINAL = "payload.original"

_NUMBERED = re.compile(r"((?:attachment|payload\.received)\.[1-9][0-9]*)\.sha256", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_EXTENSION = re.compile(r"[a-z0-9]{1,8}", re.ASCII)
_BINDING = re.compile(r"[a-z0-9_.]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bound:
    """A file that act ``seq`` binds as ``binding`` by its hex SHA-256; ``filename``: None if none is disclosed."""

    seq: int
    binding: str
    sha256: str
    filename: str | None

    @property
    def path(self) -> str | None:
        """The only name under which it may stand in the bundle; None if there is none."""
        if not _BINDING.fullmatch(self.binding):
            return None
        return f"data/files/{self.seq:05}/{self.binding}.{extension(self.filename)}"


def extension(filename: str | None) -> str:
    """What follows the last dot, in lower case, if it is short and plain; else ``bin``."""
    _, dot, last = (filename or "").rpartition(".")
    lowered = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in last)
    return lowered if dot and _EXTENSION.fullmatch(lowered) else "bin"


def bound_files(seq: int, fields: Mapping[str, Json]) -> list[Bound]:
    """Every file that the disclosed fields of an act bind, in the order of the fields' names."""
    found = (each for name in sorted(fields) for each in _of_field(seq, name, fields))
    return [each for each in found if _HASH.fullmatch(each.sha256)]


def _of_field(seq: int, name: str, fields: Mapping[str, Json]) -> Iterator[Bound]:
    value = fields[name]
    numbered = _NUMBERED.fullmatch(name)
    if numbered and isinstance(value, str):
        filename = fields.get(f"{numbered[1]}.filename")
        yield Bound(seq, numbered[1], value, filename if isinstance(filename, str) else None)
    elif name == ORIGINAL and isinstance(value, str):
        yield Bound(seq, name, value, "original.json")
    elif name.startswith("payload.") and isinstance(value, dict):
        yield from _of_object(seq, name, value)
    elif name.startswith("payload.") and isinstance(value, list):
        for number, element in enumerate(value, start=1):
            yield from _of_object(seq, f"{name}.{number}", element)


def _of_object(seq: int, binding: str, value: Json) -> Iterator[Bound]:
    if isinstance(value, dict):
        sha256, filename = value.get("sha256"), value.get("filename")
        if isinstance(sha256, str) and isinstance(filename, str):
            yield Bound(seq, binding, sha256, filename)
