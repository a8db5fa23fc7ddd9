"""The ZIP file of a bundle: stored members in one form only, so that each content is one byte string.

Source: docs/evidence/format.md, section 1; the records are those of PKWARE's APPNOTE 4.3.7, 4.3.12, 4.3.16.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

BASE = "evidence/"
MAX_FILE = 2**32 - 1
MAX_MEMBERS = 65_534
MAX_SMALL = 16 * 2**20

LARGE = re.compile(re.escape(BASE) + r"data/(files/.*|cover-sheet\.pdf)", re.ASCII)
"""The members that may be larger than ``MAX_SMALL``."""

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION = 10
_DAY = 0x21
_CHUNK = 2**20
_LETTERS = "latin-1"
"""Names are bytes here: one letter for each."""


class ContainerInvalid(ValueError):
    """The file is not a ZIP file of this form; the message says where."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a member, measured: bytes, CRC-32, hex SHA-256, and how to read it, once more each time."""

    size: int
    crc: int
    sha256: str
    chunks: Callable[[], Iterator[bytes]]

    def read(self) -> bytes:
        """All of it; for small ones."""
        return b"".join(self.chunks())


def content(data: bytes) -> Content:
    """Bytes as content."""
    return Content(len(data), zlib.crc32(data), sha256(data).hexdigest(), lambda: iter((data,)))


def measured(chunks: Callable[[], Iterator[bytes]]) -> Content:
    """Content that is read piece by piece, and never held whole."""
    size, crc, digest = 0, 0, sha256()
    for chunk in chunks():
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        digest.update(chunk)
    return Content(size, crc, digest.hexdigest(), chunks)


def packed_size(members: Mapping[str, Content]) -> int:
    """The size of the file that ``packed`` gives."""
    heads = sum(_LOCAL.size + _CENTRAL.size + 2 * len(name) for name in members)
    return heads + sum(each.size for each in members.values()) + _END.size


def packed(members: Mapping[str, Content]) -> Iterator[bytes]:
    """The ZIP file, piece by piece."""
    central = []
    offset = 0
    for name, each in sorted(members.items()):
        head = _local(name, each)
        central.append(_central(name, each, offset))
        yield head
        yield from each.chunks()
        offset += len(head) + each.size
    yield _directory(central, offset)


def unpacked(file: BinaryIO) -> dict[str, Content]:
    """The members of the file by name, their CRC checked; which names are fine is not asked here.

    Their content is read from ``file`` when asked for. Raises ``ContainerInvalid``.
    """
    length = file.seek(0, 2)
    if length > MAX_FILE:
        raise ContainerInvalid("the file is larger than 4 GiB")
    members: dict[str, Content] = {}
    central: list[bytes] = []
    offset, last = 0, ""
    while (head := _at(file, offset, _LOCAL.size))[:4] == _LOCAL_MARK:
        if len(members) == MAX_MEMBERS:
            raise ContainerInvalid("too many members")
        name, start, size, crc = _member(file, head, offset)
        if name <= last:
            raise ContainerInvalid(f"{name} is there twice or out of order")
        if start + size > length or (size > MAX_SMALL and not LARGE.fullmatch(name)):
            raise ContainerInvalid(f"{name} is larger than it may be")
        each = measured(lambda start=start, size=size: _pieces(file, start, size))  # type: ignore[misc]
        if each.crc != crc or _local(name, each) != _at(file, offset, start - offset):
            raise ContainerInvalid(f"the header of {name} is not the one of its content")
        central.append(_central(name, each, offset))
        members[name] = each
        offset, last = start + size, name
    rest = _directory(central, offset)
    if length != offset + len(rest) or _at(file, offset, len(rest)) != rest:
        raise ContainerInvalid(
            "the directory at the end is not the one of the members, or something follows it"
        )
    return members


def _member(file: BinaryIO, head: bytes, offset: int) -> tuple[str, int, int, int]:
    if len(head) < _LOCAL.size:
        raise ContainerInvalid("the file ends within a header")
    *_, crc, _, size, name_length, _ = _LOCAL.unpack(head)
    name = _at(file, offset + _LOCAL.size, name_length).decode(_LETTERS)
    return name, offset + _LOCAL.size + name_length, size, crc


def _local(name: str, each: Content) -> bytes:
    raw = name.encode(_LETTERS)
    return (
        _LOCAL.pack(_LOCAL_MARK, _VERSION, 0, 0, 0, _DAY, each.crc, each.size, each.size, len(raw), 0) + raw
    )


def _central(name: str, each: Content, offset: int) -> bytes:
    raw = name.encode(_LETTERS)
    sizes = (each.crc, each.size, each.size, len(raw))
    return (
        _CENTRAL.pack(_CENTRAL_MARK, _VERSION, _VERSION, 0, 0, 0, _DAY, *sizes, 0, 0, 0, 0, 0, offset) + raw
    )


def _directory(central: list[bytes], offset: int) -> bytes:
    body = b"".join(central)
    return body + _END.pack(_END_MARK, 0, 0, len(central), len(central), len(body), offset, 0)


def _at(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _pieces(file: BinaryIO, start: int, size: int) -> Iterator[bytes]:
    end = start + size
    while start < end:
        piece = _at(file, start, min(_CHUNK, end - start))
        if not piece:
            raise ContainerInvalid("the file ended while it was read")
        yield piece
        start += len(piece)
