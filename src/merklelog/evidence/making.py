"""Making a bundle from its parts. What it holds is decided by whoever calls; how it is laid out is decided here.

Source: docs/evidence/format.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files as resources

from merklelog._encoding import b64encode
from merklelog.canonical import Json, canonical
from merklelog.checkpoint import Checkpoint
from merklelog.evidence import bag
from merklelog.evidence.acts import Act, parse_leaf
from merklelog.evidence.container import BASE, Content, content, packed, packed_size
from merklelog.evidence.files import Bound, bound_files
from merklelog.evidence.names import (
    BUNDLE,
    CHECKPOINT,
    COVER_SHEET,
    EXPLANATION,
    FORMAT,
    POLICY,
    TSA,
    act_name,
    token_name,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What goes into a bundle.

    ``certificates``: of the timestamp authorities, DER; ``files``: contents by the hex SHA-256 that acts bind.
    """

    acts: Sequence[Act]
    checkpoint: bytes
    policy: bytes
    tokens: Sequence[bytes] = ()
    certificates: Sequence[bytes] = ()
    files: Mapping[str, Content] = field(default_factory=dict)
    cover_sheet: Content | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle, laid out. ``size``: of the whole file in bytes; ``chunks`` reads it."""

    members: Mapping[str, Content]

    @property
    def size(self) -> int:
        return packed_size(self.members)

    def chunks(self) -> Iterator[bytes]:
        return packed(self.members)

    def to_bytes(self) -> bytes:
        """All of it; for small ones."""
        return b"".join(self.chunks())


def explanation() -> bytes:
    """The page that explains a bundle, the same in every one."""
    return (resources("merklelog.evidence") / "explanation.html").read_bytes()


def pem_of(certificates: Sequence[bytes]) -> bytes:
    """Certificates (DER) in the spelling of a bundle."""
    return "".join(map(_pem, certificates)).encode()


def _pem(certificate: bytes) -> str:
    text = b64encode(certificate)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))


def lay_out(parts: Parts) -> Bundle:
    """The bundle of these parts."""
    text = parts.checkpoint.decode().rpartition("\n\n")[0] + "\n"
    checkpoint = Checkpoint.parse(text)
    first = parse_leaf(parts.acts[0].leaf)
    bound, placed = _bound(parts.acts), {}
    for each in bound:
        if each.sha256 in parts.files and each.path and each.sha256 not in placed:
            placed[each.sha256] = each.path
    withheld = any(act.fields.keys() != parse_leaf(act.leaf).digests.keys() for act in parts.acts)
    full = not withheld and all(each.sha256 in placed for each in bound)
    claim: dict[str, Json] = {
        "acts": len(parts.acts),
        "case": first.case,
        "format": FORMAT,
        "kind": "full" if full else "redacted",
        "log": first.log,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
    }
    members = {
        BUNDLE: content(canonical(claim)),
        CHECKPOINT: content(parts.checkpoint),
        POLICY: content(parts.policy),
        EXPLANATION: content(explanation()),
        **{act_name(n): content(act.to_bytes()) for n, act in enumerate(parts.acts, start=1)},
        **{token_name(n): content(token) for n, token in enumerate(parts.tokens, start=1)},
        **({TSA: content(pem_of(parts.certificates))} if parts.tokens else {}),
        **{path: parts.files[sha256] for sha256, path in placed.items()},
        **({COVER_SHEET: parts.cover_sheet} if parts.cover_sheet else {}),
    }
    return sealed(first.case, members)


def sealed(case: str, members: Mapping[str, Content]) -> Bundle:
    """The payload with its bag around it."""
    every = {**members, **bag.tags(case, members)}
    return Bundle({BASE + name: each for name, each in every.items()})


def _bound(acts: Sequence[Act]) -> list[Bound]:
    return [
        each
        for n, act in enumerate(acts, start=1)
        for each in bound_files(n, {name: shown.value for name, shown in act.fields.items()})
    ]
