"""A small case with its log, witnesses and timestamp authority, the same bytes every time.

Signatures are made here with bare keys, not by the library that checks them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merklelog._encoding import b64encode
from merklelog.canonical import canonical
from merklelog.commitment import digests, field_salt
from merklelog.evidence.acts import Act, Disclosed
from merklelog.evidence.container import Content, content
from merklelog.tree import inclusion_path, leaf_hash, root_of

ORIGIN = "log.example/901"
CASE = "0192f0c4-7a1e-7000-8000-000000000001"
OTHER_CASE = "0192f0c4-7a1e-7000-8000-000000000002"
LOG = 901
SIZE = 7
PLACES = (2, 3, 5)
"""Where the three acts stand in the log; the other entries belong to other cases."""

ATTACHMENT = b"%PDF-1.7 estimate\n"
ORIGINAL = canonical({"case": CASE, "number": "総行市第123号", "title": "備品の購入について"})


def hex_of(data: bytes) -> str:
    return sha256(data).hexdigest()


@dataclass(frozen=True)
class Key:
    """An Ed25519 key of a log (kind 1) or of a witness (kind 4)."""

    name: str
    seed: int
    kind: int = 1

    @property
    def secret(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)

    @property
    def public(self) -> bytes:
        return self.secret.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.kind]) + self.public)}"

    def line(self, text: str, *, time: int = 0) -> str:
        """The signature line under a note text."""
        made = self.secret.sign(text.encode())
        if self.kind == 4:
            said = f"cosignature/v1\ntime {time}\n{text}"
            made = time.to_bytes(8, "big") + self.secret.sign(said.encode())
        return f"— {self.name} {b64encode(self.id + made)}\n"


LOG_KEY = Key(ORIGIN, 1)
NEXT_LOG_KEY = Key(ORIGIN, 6)
ARCHIVE = Key("witness.archive.example", 2, 4)
COURT = Key("witness.court.example", 3, 4)
PRESS = Key("witness.press.example", 4, 4)
WITNESSES = {"archive": ARCHIVE, "court": COURT, "press": PRESS}
SEEN_AT = 1_796_000_000


def policy(*, logs: Sequence[Key] = (LOG_KEY,), quorum: str = "two-of-three") -> bytes:
    lines = [f"log {key.vkey}" for key in logs]
    lines += [f"witness {name} {key.vkey}" for name, key in WITNESSES.items()]
    lines += [f"group two-of-three 2 {' '.join(WITNESSES)}", f"quorum {quorum}"]
    return "".join(f"{line}\n" for line in lines).encode()


def master(seq: int) -> bytes:
    return sha256(f"master salt of act {seq}".encode()).digest()


def _who(name: str, title: str) -> dict[str, Any]:
    return {"name": name, "post_title": title, "unit": "総務課"}


FIELDS: list[dict[str, Any]] = [
    {
        "kind": "submitted",
        "time": "2026-11-24T01:02:03.000000Z",
        **_who("山田 太郎", "係員"),
        "remark": "",
        "content.title": "備品の購入について",
        "content.text": "別紙見積書のとおり購入してよろしいか伺います。",
        "content.amount": 480_000,
        "attachment.1.title": "見積書",
        "attachment.1.filename": "見積書.PDF",
        "attachment.1.sha256": hex_of(ATTACHMENT),
    },
    {
        "kind": "approved",
        "time": "2026-11-24T05:00:00.000000Z",
        **_who("髙橋 花子", "課長補佐"),
        "remark": '至急\n"年度内"',
    },
    {
        "kind": "decided",
        "time": "2026-11-25T00:30:00.123456Z",
        **_who("佐藤 一郎", "課長"),
        "remark": "",
        "payload.number": "総行市第123号",
        "payload.original": hex_of(ORIGINAL),
    },
]


def leaf_of(seq: int, fields: Mapping[str, Any], *, case: str = CASE, log: int = LOG) -> bytes:
    made = digests(master(seq), fields)
    return canonical({"v": 1, "log": log, "case": case, "seq": seq, "fields": made})


def shown(seq: int, fields: Mapping[str, Any]) -> dict[str, Disclosed]:
    return {name: Disclosed(field_salt(master(seq), name), value) for name, value in fields.items()}


@dataclass(frozen=True)
class Log:
    """All leaves of a log, and what was signed of it."""

    leaves: Sequence[bytes]
    origin: str = ORIGIN

    @property
    def root(self) -> bytes:
        return root_of([leaf_hash(leaf) for leaf in self.leaves])

    def proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        def node(level: int, at: int) -> bytes:
            return root_of([leaf_hash(leaf) for leaf in self.leaves[at << level : (at + 1) << level]])

        return tuple(inclusion_path(index, size or len(self.leaves), node))

    @property
    def text(self) -> str:
        return f"{self.origin}\n{len(self.leaves)}\n{b64encode(self.root)}\n"

    def note(self, *, keys: Sequence[Key] = (LOG_KEY, ARCHIVE, PRESS)) -> bytes:
        lines = [key.line(self.text, time=SEEN_AT + key.seed) for key in keys]
        return f"{self.text}\n{''.join(lines)}".encode()


def log_of(acts: Sequence[Mapping[str, Any]] = FIELDS, places: Sequence[int] = PLACES) -> Log:
    leaves = [leaf_of(n, {"kind": "approved"}, case=OTHER_CASE) for n in range(1, SIZE + 1)]
    for seq, (place, fields) in enumerate(zip(places, acts, strict=True), start=1):
        leaves[place] = leaf_of(seq, fields)
    return Log(leaves)


def acts_of(log: Log, acts: Sequence[Mapping[str, Any]] = FIELDS) -> list[Act]:
    return [
        Act(log.leaves[place], place, log.proof(place), shown(seq, fields))
        for seq, (place, fields) in enumerate(zip(PLACES, acts, strict=True), start=1)
    ]


def without(act: Act, *names: str) -> Act:
    """The act with some fields withheld."""
    return replace(act, fields={name: each for name, each in act.fields.items() if name not in names})


def contents() -> dict[str, Content]:
    return {hex_of(each): content(each) for each in (ATTACHMENT, ORIGINAL)}
