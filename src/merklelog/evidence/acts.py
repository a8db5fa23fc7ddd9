"""An act in a bundle: its entry of the log, the proof that it is there, and the fields that are disclosed.

Source: docs/evidence/format.md, sections 3 to 5.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from merklelog._encoding import b64decode, b64encode
from merklelog.canonical import MAX_INTEGER, Json, NotCanonical, canonical, parse_canonical
from merklelog.commitment import MASTER_SIZE, field_digest
from merklelog.tree import HASH_SIZE

MAX_PROOF = 64
LEAF_VERSION = 1


class ActMalformed(ValueError):
    """The file of an act does not have its form."""


class LeafMalformed(ValueError):
    """The entry of the log is not that of an act."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A field that is shown, with its 32-byte salt."""

    salt: bytes
    value: Json


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry of the log: which act of which case, and the 32-byte digest of each field by name."""

    log: int
    case: str
    seq: int
    digests: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Act:
    """``leaf``: the entry's bytes; ``index``: its place in the log; ``proof``: the siblings, the lowest first."""

    leaf: bytes
    index: int
    proof: tuple[bytes, ...]
    fields: Mapping[str, Disclosed]

    @classmethod
    def parse(cls, data: bytes) -> Act:
        """Read the file of an act; raises ``ActMalformed``."""
        try:
            given = _object(parse_canonical(data), {"fields", "index", "leaf", "proof"})
            index, proof, fields = given["index"], given["proof"], given["fields"]
            if type(index) is not int or index < 0 or not isinstance(proof, list) or len(proof) > MAX_PROOF:
                raise ValueError("index or proof")
            if not isinstance(fields, dict):
                raise ValueError("fields")
            hashes = tuple(_exactly(HASH_SIZE, b64decode(_text(each))) for each in proof)
            shown = {name: _disclosed(each) for name, each in fields.items()}
            return cls(b64decode(_text(given["leaf"])), index, hashes, shown)
        except ValueError as error:
            raise ActMalformed(str(error)) from error

    def to_bytes(self) -> bytes:
        """The file of the act."""
        return canonical(
            {
                "fields": {
                    name: {"salt": b64url(each.salt), "value": each.value}
                    for name, each in self.fields.items()
                },
                "index": self.index,
                "leaf": b64encode(self.leaf),
                "proof": [b64encode(each) for each in self.proof],
            }
        )


def parse_leaf(data: bytes) -> Leaf:
    """Read an entry of the log; raises ``LeafMalformed``."""
    try:
        given = _object(parse_canonical(data), {"case", "fields", "log", "seq", "v"})
        log, case, seq, fields = given["log"], given["case"], given["seq"], given["fields"]
        whole = type(log) is int and type(seq) is int and type(given["v"]) is int
        if not whole or given["v"] != LEAF_VERSION or not 0 <= log <= MAX_INTEGER or seq < 1:
            raise ValueError("version, log or number")
        if not isinstance(fields, dict) or not fields:
            raise ValueError("fields")
        digests = {name: _exactly(HASH_SIZE, b64url_decode(_text(each))) for name, each in fields.items()}
        return Leaf(log, _text(case), seq, digests)
    except ValueError as error:
        raise LeafMalformed(str(error)) from error


def differing(leaf: Leaf, fields: Mapping[str, Disclosed]) -> list[str]:
    """The names of disclosed fields that the leaf does not have, or has with another digest."""
    return [
        name
        for name, each in sorted(fields.items())
        if leaf.digests.get(name) != field_digest(each.salt, name, each.value)
    ]


def b64url(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Decode base64url without padding; ``ValueError`` for any spelling but the one ``b64url`` gives."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if b64url(data) != text:
        raise ValueError("base64url is not in its canonical spelling")
    return data


def _disclosed(value: Any) -> Disclosed:
    given = _object(value, {"salt", "value"})
    return Disclosed(_exactly(MASTER_SIZE, b64url_decode(_text(given["salt"]))), given["value"])


def _object(value: Any, names: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != names:
        raise NotCanonical(f"not an object of {', '.join(sorted(names))}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _exactly(size: int, data: bytes) -> bytes:
    if len(data) != size:
        raise ValueError(f"{len(data)} bytes where {size} are wanted")
    return data
