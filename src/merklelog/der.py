"""A strict reader of DER, as far as a time-stamp token needs it. Source: X.690, clauses 8, 10 and 11.

Whatever has a second spelling is refused: lengths that are longer than need be or indefinite, sets out of
order. Values are not decoded here; callers compare the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

BOOLEAN = 0x01
INTEGER = 0x02
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
GENERALIZED_TIME = 0x18
SEQUENCE = 0x30
SET = 0x31

_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_LONG_LENGTH = 0x80


class DerInvalid(ValueError):
    """Not DER, or not the element that belongs here; the message says which."""


def context(number: int) -> int:
    """The tag byte of a constructed element ``[number]``."""
    return 0xA0 | number


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its tag byte, its content, and both with the length between them as they were read."""

    tag: int
    content: bytes
    encoded: bytes

    def of(self, tag: int) -> Element:
        """This element, which has this tag."""
        if self.tag != tag:
            raise DerInvalid(f"an element with the tag {tag:#04x} is missing")
        return self

    def parts(self) -> tuple[Element, ...]:
        """The elements inside a constructed one."""
        found: list[Element] = []
        rest = self.content
        while rest:
            element, rest = _read(rest)
            found.append(element)
        return tuple(found)

    def fields(self) -> Fields:
        """The elements inside, to be taken in their order."""
        return Fields(self.parts())

    def sorted_parts(self) -> tuple[Element, ...]:
        """The elements of a SET OF: ascending by their bytes, none twice. X.690, 11.6."""
        found = self.parts()
        encodings = [element.encoded for element in found]
        if any(one >= other for one, other in pairwise(encodings)):
            raise DerInvalid("a set is not in order, or has an element twice")
        return found


class Fields:
    """The elements of a SEQUENCE, taken one by one; raises ``DerInvalid`` where another comes."""

    def __init__(self, parts: tuple[Element, ...]) -> None:
        self._rest = list(parts)

    def take(self, tag: int) -> Element:
        """The next element, which has this tag."""
        element = self.maybe(tag)
        if element is None:
            raise DerInvalid(f"an element with the tag {tag:#04x} is missing")
        return element

    def maybe(self, tag: int) -> Element | None:
        """The next element if it has this tag."""
        return self._rest.pop(0) if self._rest and self._rest[0].tag == tag else None

    def end(self) -> None:
        """There is nothing more."""
        if self._rest:
            raise DerInvalid(f"an element with the tag {self._rest[0].tag:#04x} is one too many")


def read(data: bytes, tag: int) -> Element:
    """The one element that the bytes are, which has this tag."""
    element, rest = _read(data)
    if rest:
        raise DerInvalid("something follows the end")
    return element.of(tag)


def encode(tag: int, *contents: bytes) -> bytes:
    """An element with this tag and the contents one after the other."""
    content = b"".join(contents)
    size = len(content)
    if size < _LONG_LENGTH:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG_LENGTH | len(length)]) + length + content


def identifier(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER, from its numbers joined by dots."""
    first, second, *arcs = (int(arc) for arc in dotted.split("."))
    return encode(OBJECT_IDENTIFIER, *(_base128(arc) for arc in (40 * first + second, *arcs)))


def _base128(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.append(0x80 | arc & 0x7F)
    return bytes(reversed(digits))


def _read(data: bytes) -> tuple[Element, bytes]:
    if len(data) < 2:
        raise DerInvalid("an element ends early")
    tag, length, start = data[0], data[1], 2
    if tag & _LONG_TAG == _LONG_TAG:
        raise DerInvalid("an element has a tag of several bytes")
    if length >= _LONG_LENGTH:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    element = Element(tag, data[start : start + length], data[: start + length])
    if encode(tag, element.content) != element.encoded:
        raise DerInvalid("a length is not written in the shortest way, or an element ends early")
    return element, data[start + length :]
