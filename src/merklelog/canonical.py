"""Canonical JSON: exactly one byte string for each value, so that a hash of a record means the record.

Source: RFC 8785, restricted: integers within ±(2^53 - 1) and no other numbers. Strings are kept as they
are (no Unicode normalisation, RFC 8785 §3.1); lone surrogates are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 64

_string = json.JSONEncoder(ensure_ascii=False).encode


class NotCanonical(ValueError):
    """The value has no canonical form, or the bytes are not one."""


def canonical(value: Json) -> bytes:
    """The canonical UTF-8 bytes of a value made of ``None``, bool, int, str, list or tuple, and dict.

    Keys are sorted by their UTF-16 code units (RFC 8785 §3.2.3). Raises ``NotCanonical`` for a float, an
    integer beyond ±(2^53 - 1), a key that is not a string, a lone surrogate, any other type, or nesting
    deeper than ``MAX_DEPTH``.
    """
    try:
        return "".join(_pieces(value, MAX_DEPTH)).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("a string holds a lone surrogate") from error


def parse_canonical(data: bytes) -> Json:
    """The value whose canonical form is ``data``.

    Raises ``NotCanonical`` for every other spelling of a value (white space, another order of keys or one
    twice, needless escapes, ``-0``) and for what is not JSON.
    """
    try:
        value: Json = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotCanonical("not JSON in UTF-8") from error
    if canonical(value) != data:
        raise NotCanonical("not the canonical spelling of this value")
    return value


def _pieces(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield _string(value)
    elif value is None or isinstance(value, bool):
        yield json.dumps(value)
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonical(f"integer beyond ±(2^53 - 1): {value}")
        yield int.__repr__(value)
    elif depth == 0:
        raise NotCanonical(f"nested deeper than {MAX_DEPTH}")
    elif isinstance(value, list | tuple):
        yield from _joined("[]", (_pieces(item, depth - 1) for item in value))
    elif isinstance(value, dict):
        yield from _joined("{}", (_member(key, value[key], depth - 1) for key in _sorted(value)))
    else:
        raise NotCanonical(f"a {type(value).__name__} has no canonical form")


def _joined(brackets: str, items: Iterator[Iterator[str]]) -> Iterator[str]:
    yield brackets[0]
    for position, item in enumerate(items):
        if position:
            yield ","
        yield from item
    yield brackets[1]


def _member(key: str, value: object, depth: int) -> Iterator[str]:
    yield _string(key) + ":"
    yield from _pieces(value, depth)


def _sorted(value: dict[object, object]) -> list[str]:
    keys = [key for key in value if isinstance(key, str)]
    if len(keys) != len(value):
        raise NotCanonical("a key of an object is not a string")
    return sorted(keys, key=_utf16)


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")
